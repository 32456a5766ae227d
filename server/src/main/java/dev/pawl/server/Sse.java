package dev.pawl.server;

import dev.pawl.api.Json;
import io.helidon.http.HeaderNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/**
 * An answer that goes on for as long as there is something to tell
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). Each write goes out at once,
 * and waits for its client only as long as {@link Patience} lets it.
 */
final class Sse implements AutoCloseable {
    static final String MEDIA_TYPE = "text/event-stream";
    private static final byte[] HEARTBEAT = ": still here\n\n".getBytes(StandardCharsets.UTF_8);

    /** The client has hung up, or was cut off. */
    static final class Gone extends IOException {
        private static final long serialVersionUID = 1;

        Gone(Exception cause) {
            super(cause);
        }
    }

    private final Patience patience;
    private final OutputStream out;

    Sse(Exchange exchange, String mediaType) throws Gone {
        this.patience = exchange.patience();
        exchange.response().headers().set(HeaderNames.CONTENT_TYPE, mediaType);
        exchange.response().headers().set(HeaderNames.CACHE_CONTROL, "no-store");
        this.out = exchange.response().outputStream();
    }

    /** An event without data sets only where the client is. */
    void begin(String id) throws Gone {
        write(("retry: 1000\nid: " + id + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    void event(String name, String id, JsonNode data) throws Gone {
        var bytes = new ByteArrayOutputStream(256);
        String head = "event: " + name + (id.isEmpty() ? "" : "\nid: " + id) + "\ndata: ";
        bytes.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(Json.bytes(data));
        bytes.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
        write(bytes.toByteArray());
    }

    /** A comment: nobody hears it, but whoever is gone is found out. */
    void heartbeat() throws Gone {
        write(HEARTBEAT);
    }

    void write(byte[] bytes) throws Gone {
        try (var _ = patience.waiting()) {
            out.write(bytes);
            out.flush();
        } catch (IOException | RuntimeException e) {
            // The web server's ways to say that the client is gone.
            throw new Gone(e);
        }
    }

    @Override
    public void close() throws Gone {
        try (var _ = patience.waiting()) {
            out.close();
        } catch (IOException | RuntimeException e) {
            throw new Gone(e);
        }
    }
}
