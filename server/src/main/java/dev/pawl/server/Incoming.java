package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.ErrorCode;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A request's body as it arrives. It is bounded in size, and in how slowly it may come: a client
 * that sends a byte now and then would hold its connection for ever. Over a bound, or when it ends
 * early, a read throws {@link Refused}, so that what is read from it is whole or is not used. Of
 * one thread.
 */
public final class Incoming extends InputStream {
    /** Slower than this, after {@link Bounds#time}, no body may be. */
    private static final long BYTES_PER_SECOND = 16 << 10;

    /** Without a byte for so long, a body that is dropped is at its end. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    /** Stretches of {@link #QUIET} in which a body is dropped; the connection ends then. */
    private static final int STRETCHES = 15;

    private final ServerRequest request;
    private final Patience patience;
    private final InputStream in;
    private final Bounds bounds;
    private final OptionalLong length;
    private final long startNanos;
    private long bytes;

    /**
     * What a body is held to.
     *
     * @param bytes that it may have
     * @param time that it may take, and a second more for each 16 KiB of it
     * @param advice what to do when it is larger
     */
    public record Bounds(long bytes, Duration time, String advice) {}

    private Incoming(ServerRequest request, Patience patience, Bounds bounds) {
        this.request = request;
        this.patience = patience;
        this.bounds = bounds;
        var content = request.content();
        this.in = content.hasEntity() ? content.inputStream() : InputStream.nullInputStream();
        this.length = request.headers().contentLength();
        this.startNanos = patience.time().nanos();
    }

    /**
     * The body, from its beginning.
     *
     * @throws Refused when its length says that it is too large
     */
    public static Incoming of(ServerRequest request, Patience patience, Bounds bounds) {
        var incoming = new Incoming(request, patience, bounds);
        if (incoming.length.orElse(0) > bounds.bytes()) throw incoming.tooLarge();
        return incoming;
    }

    static Incoming of(Exchange exchange, long bytesMax, String advice) {
        return of(
                exchange.request(),
                exchange.patience(),
                new Bounds(bytesMax, exchange.options().bodyTime(), advice));
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int offset, int count) {
        int read = arrived(buffer, offset, count);
        if (read < 0) {
            if (length.isPresent() && bytes < length.getAsLong())
                throw endedEarly("%d of %d bytes came".formatted(bytes, length.getAsLong()));
            return -1;
        }
        bytes += read;
        if (bytes > bounds.bytes()) throw tooLarge();
        if (elapsedSeconds() > bounds.time().toSeconds() + bytes / BYTES_PER_SECOND)
            throw tooSlow();
        return read;
    }

    private int arrived(byte[] buffer, int offset, int count) {
        try (var _ = patience.waiting()) {
            return in.read(buffer, offset, count);
        } catch (IOException | RuntimeException e) {
            // Also the web server's ways to say that the client is gone, or sends no chunk.
            throw endedEarly(String.valueOf(e.getMessage()));
        }
    }

    private long elapsedSeconds() {
        return (patience.time().nanos() - startNanos) / 1_000_000_000;
    }

    static Refused endedEarly(String how) {
        return Exchange.badRequest("the body ended early: " + how);
    }

    private Refused tooSlow() {
        return new Refused(
                Problem.of(
                        408,
                        "request_timeout",
                        "The request took too long",
                        "after %d s only %,d bytes of the body had arrived"
                                .formatted(elapsedSeconds(), bytes)));
    }

    private Refused tooLarge() {
        return new Refused(
                        ErrorCode.INPUT_TOO_LARGE,
                        "the body has more than %,d bytes; %s"
                                .formatted(bounds.bytes(), bounds.advice()))
                .withRest(this);
    }

    /**
     * Reads what is left and keeps none of it, so that a client that writes all before it reads
     * gets to the answer: a connection that is closed with bytes unread is reset, and takes the
     * answer back. Blocks while bytes come, at most half a minute.
     */
    void drop() {
        boolean waits = request.headers().contains(HeaderValues.EXPECT_100);
        if (waits && bytes == 0) return;
        var dropped = new AtomicLong();
        Thread reader =
                Thread.ofVirtual().name("drop-" + request.socketId()).start(() -> readAll(dropped));
        try {
            long before = -1;
            for (int i = 0; i < STRETCHES && dropped.get() > before; i++) {
                before = dropped.get();
                if (reader.join(QUIET)) return;
            }
            // Which closes the connection under it.
            reader.interrupt();
            reader.join();
        } catch (InterruptedException e) {
            reader.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void readAll(AtomicLong count) {
        byte[] buffer = new byte[64 << 10];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer))
                count.addAndGet(read);
        } catch (IOException | RuntimeException e) {
            // The client is gone, or was waited for long enough.
        }
    }
}
