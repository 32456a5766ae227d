package dev.pawl.api;

import dev.pawl.core.EngineListener;
import dev.pawl.core.JobId;
import dev.pawl.core.Time;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A thread that asks a server for hints, and tells one listener, until it is closed. */
final class ServerWatch implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(30);

    /** Hints come in bursts: so long they gather. */
    private static final Duration GATHER = Duration.ofMillis(25);

    private static final Duration AWAY = Duration.ofSeconds(2);

    private final WorkerClient client;
    private final EngineListener listener;
    private final Time time;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable CompletableFuture<HttpResponse<byte[]>> asked;

    /** Starts at once. */
    ServerWatch(WorkerClient client, EngineListener listener, Time time) {
        this.client = client;
        this.listener = listener;
        this.time = time;
        this.thread = Thread.ofPlatform().daemon().name("pawl-hints").start(this::run);
    }

    private void run() {
        long after = 0;
        try {
            while (!closed) {
                JsonNode hints = ask(after);
                if (hints == null) {
                    time.sleep(AWAY);
                    continue;
                }
                after = hints.path("next").longValue(0);
                tell(hints);
                time.sleep(GATHER);
            }
        } catch (InterruptedException e) {
            // Only close() interrupts.
        }
    }

    /** Null while the server is away: the loops find out themselves, and say so. */
    private @Nullable JsonNode ask(long after) {
        CompletableFuture<HttpResponse<byte[]>> answer = client.hints(after, WAIT);
        asked = answer;
        if (closed) answer.cancel(true);
        try {
            HttpResponse<byte[]> response = answer.join();
            boolean good = response.statusCode() == 200;
            return good && Json.read(response.body()) instanceof Json.Reading.Read(var node)
                    ? node
                    : null;
        } catch (CompletionException | CancellationException e) {
            return null;
        }
    }

    private void tell(JsonNode hints) {
        for (JsonNode job : hints.path("stop").values())
            JobId.parse(job.stringValue("")).ifPresent(listener::stopWanted);
        if (hints.path("ready").booleanValue(false)) listener.jobsReady();
    }

    @Override
    public void close() {
        closed = true;
        CompletableFuture<HttpResponse<byte[]>> answer = asked;
        if (answer != null) answer.cancel(true);
        thread.interrupt();
    }
}
