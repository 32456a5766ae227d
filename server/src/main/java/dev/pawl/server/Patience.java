package dev.pawl.server;

import dev.pawl.core.Time;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsUpgrader;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * HTTP/1.1 connections that wait only so long for a client that doesn't go on: with its headers,
 * its body, or with taking what it is sent.
 *
 * <p>The web server's own watch over idle connections asks those to close from which no request
 * came for a while, and ends at once only those that are between two requests. Here it also ends
 * those whose thread stands still because of the client. Thread-safe.
 */
public final class Patience implements ServerConnectionSelector, Http1ConnectionListener {
    /** A stretch in which the thread is the client's. */
    public interface Stretch extends AutoCloseable {
        @Override
        void close();
    }

    /** How sockets are spoken over; a web server that has some is given it too. */
    static final WsConfig SOCKETS = WsConfig.builder().maxFrameLength(Listener.MESSAGE_MAX).build();

    private final Http1ConnectionSelector http =
            Http1ConnectionSelector.builder()
                    .addUpgrader(WsUpgrader.create(SOCKETS))
                    .config(Http1Config.builder().addReceiveListener(this).build())
                    .build();

    /** Since when each connection's thread waits for its client. */
    private final Map<Thread, Long> waiting = new ConcurrentHashMap<>();

    private final AtomicInteger open = new AtomicInteger();

    /** What each connection's thread serves. */
    private final Map<Thread, ConnectionContext> connections = new ConcurrentHashMap<>();

    /** Threads whose clients are listened to. */
    private final Set<Thread> heard = ConcurrentHashMap.newKeySet();

    /** Threads that are in a conversation: it says itself when it is the client's turn. */
    private final Set<Thread> talking = ConcurrentHashMap.newKeySet();

    private final Time time;
    private final Duration longest;

    /**
     * @param longest how long a client may leave a thread waiting; it is ended at the next look
     */
    public Patience(Time time, Duration longest) {
        this.time = time;
        this.longest = longest;
    }

    Time time() {
        return time;
    }

    /** How many connections are open. */
    int open() {
        return open.get();
    }

    /** From here on the thread waits for its client. */
    public Stretch waiting() {
        Thread thread = Thread.currentThread();
        waiting.put(thread, time.nanos());
        return () -> goesOn(thread);
    }

    /** From here on that connection's thread is in a conversation, until the connection ends. */
    void talks(Thread connection) {
        talking.add(connection);
    }

    /** From here on that connection's thread, which talks, waits for its client. */
    void waits(Thread connection) {
        // Who followed something for it may say so when the connection has ended.
        if (talking.contains(connection)) waiting.put(connection, time.nanos());
    }

    void goesOn(Thread connection) {
        waiting.remove(connection);
    }

    /**
     * Whether this thread's client is still there, to be asked until the answer: for a request that
     * waits for something that would be lost on a client that has gone. One that closes its half of
     * the connection counts as gone.
     *
     * <p>A thread reads the connection until then, so {@link #hangUp} has to end it after the
     * answer.
     */
    BooleanSupplier listening() {
        ConnectionContext connection = connections.get(Thread.currentThread());
        if (connection == null) throw new IllegalStateException("no connection's thread");
        heard.add(Thread.currentThread());
        var gone = new AtomicBoolean();
        var _ =
                Thread.ofVirtual()
                        .name("listen-" + connection.socketId())
                        .start(() -> {
                            try {
                                connection.dataReader().pullData();
                            } catch (RuntimeException e) {
                                // The web server's way to say that nothing will come any more.
                                gone.set(true);
                            }
                        });
        return () -> !gone.get();
    }

    /** Ends this thread's connection, after the answer, where its client was listened to. */
    void hangUp() {
        if (heard.remove(Thread.currentThread()))
            throw new CloseConnectionException("it was listened to");
    }

    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
        waiting.put(Thread.currentThread(), time.nanos());
    }

    @Override
    public void headers(ConnectionContext connection, Headers headers) {
        waiting.remove(Thread.currentThread());
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        return new Patient(http.connection(context), context);
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    /** A connection, and the thread that serves it. */
    private final class Patient implements ServerConnection {
        private final ServerConnection connection;
        private final ConnectionContext context;
        private volatile Thread thread = Thread.currentThread();

        Patient(ServerConnection connection, ConnectionContext context) {
            this.context = context;
            this.connection = connection;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            thread = Thread.currentThread();
            open.incrementAndGet();
            connections.put(thread, context);
            try {
                connection.handle(limit);
            } finally {
                connections.remove(thread);
                heard.remove(thread);
                talking.remove(thread);
                waiting.remove(thread);
                open.decrementAndGet();
            }
        }

        @Override
        public Duration idleTime() {
            return connection.idleTime();
        }

        /** Interrupting a thread that waits for its client closes the connection. */
        @Override
        public void close(boolean interrupt) {
            Long since = waiting.get(thread);
            boolean tooLong = since != null && time.nanos() - since >= longest.toNanos();
            // In a conversation, silence of the client alone is no reason.
            if (!interrupt && !tooLong && talking.contains(thread)) return;
            connection.close(interrupt || tooLong);
        }
    }
}
