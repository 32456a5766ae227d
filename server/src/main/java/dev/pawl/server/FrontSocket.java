package dev.pawl.server;

import java.util.function.Function;

/**
 * One path of a front over which its clients talk by WebSocket
 * (https://www.rfc-editor.org/rfc/rfc6455).
 *
 * @param talk makes this side of a conversation, for each client one
 */
public record FrontSocket(String path, String summary, Function<FrontSession, Talk> talk) {
    /** This side of one conversation. Called by one thread. */
    public interface Talk {
        /**
         * The client said this. What it throws ends the conversation, but for {@link
         * FrontSession.Gone}, which says that it has ended.
         */
        void heard(String text) throws FrontSession.Gone;
    }
}
