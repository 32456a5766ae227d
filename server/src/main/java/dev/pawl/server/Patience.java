package dev.pawl.server;

import dev.pawl.core.Time;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * HTTP/1.1 connections that wait only so long for a client that doesn't go on: with its headers,
 * its body, or with taking what it is sent.
 *
 * <p>The web server's own watch over idle connections asks those to close from which no request
 * came for a while, and ends at once only those that are between two requests. Here it also ends
 * those whose thread stands still because of the client.
 */
final class Patience implements ServerConnectionSelector, Http1ConnectionListener {
    /** A stretch in which the thread is the client's. */
    interface Stretch extends AutoCloseable {
        @Override
        void close();
    }

    private final Http1ConnectionSelector http =
            Http1ConnectionSelector.builder()
                    .config(Http1Config.builder().addReceiveListener(this).build())
                    .build();

    /** Since when each connection's thread waits for its client. */
    private final Map<Thread, Long> waiting = new ConcurrentHashMap<>();

    private final AtomicInteger open = new AtomicInteger();
    private final Time time;
    private final Duration longest;

    /**
     * @param longest how long a client may leave a thread waiting; it is ended at the next look
     */
    Patience(Time time, Duration longest) {
        this.time = time;
        this.longest = longest;
    }

    /** How many connections are open. */
    int open() {
        return open.get();
    }

    /** From here on the thread waits for its client. */
    Stretch waiting() {
        Thread thread = Thread.currentThread();
        waiting.put(thread, time.nanos());
        return () -> waiting.remove(thread);
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
        return new Patient(http.connection(context));
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
        private volatile Thread thread = Thread.currentThread();

        Patient(ServerConnection connection) {
            this.connection = connection;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            thread = Thread.currentThread();
            open.incrementAndGet();
            try {
                connection.handle(limit);
            } finally {
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
            connection.close(interrupt || tooLong);
        }
    }
}
