package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/**
 * A request's body as it arrives. It is bounded in size, and in how slowly it may come: a client
 * that sends a byte now and then would hold its connection for ever. Over a bound, or when it ends
 * early, a read throws {@link Refused}, so that what is read from it is whole or is not used.
 */
final class Incoming extends InputStream {
    /** Slower than this, after {@link ServerOptions#bodyTime}, no body may be. */
    private static final long BYTES_PER_SECOND = 16 << 10;

    private final Exchange exchange;
    private final InputStream in;
    private final long bytesMax;
    private final String advice;
    private final OptionalLong length;
    private final long startNanos;
    private long bytes;

    private Incoming(Exchange exchange, InputStream in, long bytesMax, String advice) {
        this.exchange = exchange;
        this.in = in;
        this.bytesMax = bytesMax;
        this.advice = advice;
        this.length = exchange.request().headers().contentLength();
        this.startNanos = exchange.site().time().nanos();
    }

    /**
     * The body, from its beginning.
     *
     * @param advice what to do when it is larger than {@code bytesMax}
     */
    static Incoming of(Exchange exchange, long bytesMax, String advice) {
        var content = exchange.request().content();
        InputStream in =
                content.hasEntity() ? content.inputStream() : InputStream.nullInputStream();
        var incoming = new Incoming(exchange, in, bytesMax, advice);
        if (incoming.length.orElse(0) > bytesMax) throw incoming.tooLarge();
        return incoming;
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
        if (bytes > bytesMax) throw tooLarge();
        if (elapsedSeconds() > bodySeconds() + bytes / BYTES_PER_SECOND) throw tooSlow();
        return read;
    }

    private int arrived(byte[] buffer, int offset, int count) {
        try (var _ = exchange.patience().waiting()) {
            return in.read(buffer, offset, count);
        } catch (IOException | RuntimeException e) {
            // Also the web server's ways to say that the client is gone, or sends no chunk.
            throw endedEarly(String.valueOf(e.getMessage()));
        }
    }

    private long elapsedSeconds() {
        return (exchange.site().time().nanos() - startNanos) / 1_000_000_000;
    }

    private long bodySeconds() {
        return exchange.options().bodyTime().toSeconds();
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
                "the body has more than %,d bytes; %s".formatted(bytesMax, advice));
    }
}
