package dev.pawl.server;

import dev.pawl.api.Problem;
import java.util.List;

/**
 * An HTTP surface that an existing client already speaks, on an address of its own beside the
 * native API and on the same engine. One lives in a package of its own under this one, which this
 * one doesn't know; whoever starts a server gives it its fronts. Thread-safe.
 */
public interface Front {
    /** Its name, as in {@code --front NAME:PORT}. */
    String name();

    /** All its routes. The first that matches a request has it. */
    List<FrontRoute> routes();

    /** The paths over which its clients talk by WebSocket. */
    default List<FrontSocket> sockets() {
        return List.of();
    }

    /**
     * Answers a request that was refused, by a route or before one was found, with the error body
     * that this front's clients know.
     */
    void refuse(FrontExchange exchange, Problem problem);
}
