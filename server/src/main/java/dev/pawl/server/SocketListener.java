package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.Role;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.websocket.WsCloseCodes;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import io.helidon.websocket.WsUpgradeException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to one client of a front's socket: asks who it is, puts together what it says in parts,
 * and hands it on. Of one connection's thread.
 */
final class SocketListener implements WsListener {
    private static final Logger log = LoggerFactory.getLogger(SocketListener.class);

    /** Makes the conversation, when there is one. */
    interface Opening {
        FrontSession open(WsSession socket, Caller caller);
    }

    private final FrontSocket front;
    private final Access access;
    private final Origins origins;
    private final Opening opening;
    private final StringBuilder text = new StringBuilder();
    private Caller caller = Caller.anonymous(Role.VIEWER);
    private @Nullable FrontSession session;
    private FrontSocket.@Nullable Talk talk;

    SocketListener(FrontSocket front, Access access, Origins origins, Opening opening) {
        this.front = front;
        this.access = access;
        this.origins = origins;
        this.opening = opening;
    }

    /**
     * A browser lets a page of any origin open a socket to any other, with cookies, and only says
     * whose page it is (https://www.rfc-editor.org/rfc/rfc6455#section-10.2). Who opens one stays
     * who it was then.
     */
    @Override
    public Optional<Headers> onHttpUpgrade(HttpPrologue prologue, Headers headers)
            throws WsUpgradeException {
        Optional<String> foreign = origins.foreign(headers);
        if (foreign.isPresent()) throw new WsUpgradeException(foreign.get());
        try {
            caller = access.caller(headers, Method.GET, Need.VIEWER, origins);
        } catch (Refused e) {
            throw new WsUpgradeException(e.problem().detail(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WsUpgradeException("the server stops", e);
        }
        return Optional.empty();
    }

    /** Answers a request for a socket that isn't one, or that was not let in. */
    static void refuse(Exchange exchange, Origins origins) {
        Optional<String> foreign = origins.foreign(exchange.request().headers());
        if (foreign.isPresent())
            throw new Refused(Problem.of(403, "forbidden", "Not allowed", foreign.get()));
        exchange.response().headers().set(HeaderNames.UPGRADE, "websocket");
        throw new Refused(
                Problem.of(
                        426,
                        "upgrade_required",
                        "Only a WebSocket can be opened here",
                        "want the headers Upgrade: websocket and Connection: Upgrade"));
    }

    @Override
    public void onOpen(WsSession socket) {
        session = opening.open(socket, caller);
        talk = front.talk().apply(session);
    }

    @Override
    public void onMessage(WsSession socket, String part, boolean last) {
        text.append(part);
        if (text.length() > Listener.MESSAGE_MAX) {
            socket.close(WsCloseCodes.TOO_BIG, "more than " + Listener.MESSAGE_MAX);
            return;
        }
        if (!last || talk == null || session == null) return;
        String whole = text.toString();
        text.setLength(0);
        session.hear(talk, whole);
    }

    @Override
    public void onClose(WsSession socket, int status, String reason) {
        if (session != null) session.end();
    }

    @Override
    public void onError(WsSession socket, Throwable error) {
        log.debug("a socket ends", error);
        if (session != null) session.end();
    }
}
