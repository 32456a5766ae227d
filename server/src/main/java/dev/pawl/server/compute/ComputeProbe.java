package dev.pawl.server.compute;

import dev.pawl.api.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/** Asks a compute server, this program's or the original's, whether it could solve. */
public final class ComputeProbe {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** Longer than a compute server asks its Rhino.Compute. */
    private static final Duration WHOLE = Duration.ofSeconds(10);

    private static final int ANSWER_BYTES_MAX = 64 << 10;
    private static final int SHOWN = 200;

    private ComputeProbe() {}

    /**
     * Why it is not ready; empty when it is. Blocks for ten seconds at most.
     *
     * @param address as {@code http://host:8080}, or that of a solve below it
     */
    public static Optional<String> trouble(String address) throws InterruptedException {
        URI ready;
        try {
            ready = URI.create(address.replaceFirst("/gh/.*$|/+$", "") + "/ready");
            if (ready.getHost() == null) return Optional.of("this is no address of a server");
        } catch (IllegalArgumentException e) {
            return Optional.of("this is no address: " + e.getMessage());
        }
        HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
        try {
            var request = HttpRequest.newBuilder(ready).build();
            var body = BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX);
            return trouble(
                    client.sendAsync(request, body).get(WHOLE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.of(
                    "gives no answer to /ready within %d s".formatted(WHOLE.toSeconds()));
        } catch (ExecutionException e) {
            return Optional.of(reason(e.getCause() == null ? e : e.getCause()));
        } catch (IllegalArgumentException e) {
            return Optional.of("can't be asked: " + e.getMessage());
        } finally {
            // The client's own close would wait for an answer that is too late.
            client.shutdownNow();
        }
    }

    private static Optional<String> trouble(HttpResponse<byte[]> answer) {
        if (answer.statusCode() == 200) return Optional.empty();
        String said = "answers %d to /ready".formatted(answer.statusCode());
        if (!(Json.read(answer.body()) instanceof Json.Reading.Read(JsonNode node)))
            return Optional.of(said);
        String reason = node.path("reason").asString(node.path("message").asString(""));
        return Optional.of(
                reason.isEmpty()
                        ? said
                        : "%s: %s"
                                .formatted(
                                        said,
                                        reason.substring(0, Math.min(SHOWN, reason.length()))));
    }

    private static String reason(Throwable e) {
        if (e instanceof ConnectException) return "can't be reached";
        return e instanceof IOException && e.getMessage() != null
                ? "breaks off: " + e.getMessage()
                : "can't be asked: " + e;
    }
}
