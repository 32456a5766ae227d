package dev.pawl.e2e;

import dev.pawl.core.Time;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the tool-runner front's {@code /ws}, as the original's page is one. */
final class FrontSocket implements WebSocket.Listener, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * What was said, and when that arrived.
     *
     * @param nanos on this machine's monotonic clock
     */
    record Said(JsonNode message, long nanos) {}

    private final LinkedBlockingQueue<Said> heard = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final Time time;
    private final WebSocket socket;

    /**
     * @param front address of the front, as it is printed
     */
    FrontSocket(HttpClient client, String front, Time time) {
        this.time = time;
        socket =
                client.newWebSocketBuilder()
                        .buildAsync(URI.create(front.replace("http:", "ws:") + "/ws"), this)
                        .join();
    }

    FrontSocket subscribe(String job) {
        socket.sendText("{\"action\":\"subscribe\",\"job_id\":\"%s\"}".formatted(job), true).join();
        return this;
    }

    /** The next message of that kind; others before it are passed over. */
    Said until(Predicate<JsonNode> wanted) throws InterruptedException {
        while (true) {
            Said next = heard.poll(60, TimeUnit.SECONDS);
            if (next == null) throw new AssertionError("nothing was said");
            if (wanted.test(next.message)) return next;
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            heard.add(new Said(JSON.readTree(text.toString()), time.nanos()));
            text.setLength(0);
        }
        from.request(1);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
