package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Role;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.websocket.WsRouting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address with the routes that are served there: the native API's, or a front's. Thread-safe;
 * closing twice, or before the start, is fine.
 */
final class Listener implements AutoCloseable {
    /** Bytes of what one says in a conversation. */
    static final int MESSAGE_MAX = 64 << 10;

    private static final Logger log = LoggerFactory.getLogger(Listener.class);

    /** As which a request is counted that found no route. */
    private static final String NO_ROUTE = "(none)";

    private final Shared shared;
    private final ServerOptions options;
    private final Speech speech;
    private final WebServer web;

    /** What all listeners of a server share. */
    record Shared(Site site, Patience patience, EventTail tail, Access access, Metrics metrics) {}

    /** A way through the address. */
    record Way(Method method, String path, Need need, Exchange.Handler handler) {}

    /** What is said there. */
    interface Speech {
        List<Way> ways();

        /** Answers a request that is refused. */
        void refuse(Exchange exchange, Problem problem);

        /** The paths over which is talked by WebSocket. */
        default List<FrontSocket> sockets() {
            return List.of();
        }

        /** What its requests are counted under. */
        String name();

        /** Whose pages may ask, beside its own. */
        default Origins origins() {
            return Origins.NONE;
        }

        /** The flag that chooses the port. */
        String flag();
    }

    /** Listens to nothing yet. */
    Listener(Shared shared, ServerOptions options, Speech speech) {
        this.shared = shared;
        this.options = options;
        this.speech = speech;
        this.web =
                WebServer.builder()
                        .host(options.host())
                        .port(options.port())
                        .maxTcpConnections(options.connectionsMax())
                        .idleConnectionTimeout(options.idle())
                        .idleConnectionPeriod(options.idle().dividedBy(2).plusSeconds(1))
                        .shutdownGracePeriod(Duration.ofSeconds(1))
                        .shutdownHook(false)
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(shared.patience())
                        .addProtocol(Patience.SOCKETS)
                        .routing(this::route)
                        .addRouting(sockets())
                        .build();
    }

    private WsRouting.Builder sockets() {
        var routing = WsRouting.builder();
        for (FrontSocket socket : speech.sockets())
            routing.endpoint(
                    socket.path(),
                    () ->
                            new SocketListener(
                                    socket,
                                    shared.access(),
                                    speech.origins(),
                                    (at, caller) -> new FrontSession(shared, at, caller)));
        return routing;
    }

    private void route(HttpRouting.Builder routing) {
        for (Way way : speech.ways())
            routing.route(
                    way.method(),
                    way.path(),
                    (request, response) -> handle(way, request, response));
        for (FrontSocket socket : speech.sockets()) {
            var way =
                    new Way(
                            Method.GET,
                            socket.path(),
                            Need.VIEWER,
                            exchange -> SocketListener.refuse(exchange, speech.origins()));
            routing.get(socket.path(), (request, response) -> handle(way, request, response));
        }
        routing.any((request, response) -> notThere(request, response));
        routing.error(Throwable.class, this::bug);
    }

    private void handle(Way way, ServerRequest request, ServerResponse response) {
        Exchange exchange = exchange(request, response);
        long begun = shared.site().time().nanos();
        try {
            way.handler()
                    .handle(
                            exchange.by(
                                    shared.access().caller(request, way.need(), speech.origins())));
        } catch (Refused e) {
            speech.refuse(exchange, e.problem());
            e.drop();
        } catch (PawlException e) {
            if (e.code().blame() == ErrorCode.Blame.SERVER)
                log.warn("{} {}: {}", way.method(), way.path(), e.getMessage());
            speech.refuse(exchange, Problem.of(e.code(), String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            speech.refuse(
                    exchange, Problem.of(503, "stopping", "The server stops", "ask again soon"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            served(way.method().text(), way.path(), response, begun);
        }
        shared.patience().hangUp();
    }

    private void served(String method, String route, ServerResponse response, long begun) {
        shared.metrics()
                .served(
                        new Metrics.Request(speech.name(), method, route, response.status().code()),
                        shared.site().time().nanos() - begun);
    }

    /** Before anybody asked who it is. */
    private Exchange exchange(ServerRequest request, ServerResponse response) {
        Caller nobody = Caller.anonymous(Role.VIEWER);
        speech.origins().allow(request, response);
        return new Exchange(shared.site(), options, shared.patience(), nobody, request, response);
    }

    /** Nothing is there for this method, or for this path at all. */
    private void notThere(ServerRequest request, ServerResponse response) {
        String path = request.path().path();
        var methods = new TreeSet<String>();
        for (Way way : speech.ways())
            if (PathMatchers.create(way.path()).match(request.path()).accepted())
                methods.add(way.method().text());
        Exchange exchange = exchange(request, response);
        if (speech.origins().answered(request, response)) return;
        if (methods.isEmpty()) {
            speech.refuse(
                    exchange,
                    Problem.of(404, "not_found", "There is nothing here", "no route is " + path));
            served("any", NO_ROUTE, response, shared.site().time().nanos());
            return;
        }
        response.headers().set(HeaderNames.ALLOW, String.join(", ", methods));
        speech.refuse(
                exchange,
                Problem.of(
                        405,
                        "method_not_allowed",
                        "Not with this method",
                        "%s takes %s".formatted(path, String.join(" and ", methods))));
    }

    private void bug(ServerRequest request, ServerResponse response, Throwable e) {
        Exchange exchange = exchange(request, response);
        if (e instanceof HttpException http) {
            int status = http.status().code();
            speech.refuse(
                    exchange,
                    Problem.of(
                            Math.max(400, status),
                            "bad_request",
                            "The request can't be read",
                            String.valueOf(e.getMessage())));
            return;
        }
        log.error("{} {} hit a bug", request.prologue().method(), request.path().path(), e);
        speech.refuse(
                exchange,
                Problem.of(
                        500,
                        "bug",
                        "A bug in Pawl",
                        "the server's log says more; please report it"));
    }

    /**
     * Listens.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} when the address is taken
     */
    void start() {
        requireFree();
        web.start();
        // It logs why, and throws nothing.
        if (!web.isRunning()) throw taken("the log says why", new IOException("not running"));
    }

    /** The web server would say less clearly what is wrong. */
    private void requireFree() {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(options.host(), options.port()));
        } catch (IOException e) {
            throw taken(String.valueOf(e.getMessage()), e);
        }
    }

    private PawlException taken(String why, Throwable cause) {
        return new PawlException(
                ErrorCode.CONFIGURATION_INVALID,
                "%s:%d can't be listened on (%s); is it in use? Choose another with %s"
                        .formatted(options.host(), options.port(), why, speech.flag()),
                cause);
    }

    int port() {
        return web.port();
    }

    /** Ends open requests after a second. */
    @Override
    public void close() {
        web.stop();
    }
}
