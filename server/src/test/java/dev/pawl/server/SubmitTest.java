package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.QueueEntry;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a submit over real HTTP answers, to good bodies and to bad ones. */
final class SubmitTest {
    private static final int MAX = 10_000;
    private static final String GOOD = "{\"tool\":\"shout\",\"input\":{\"text\":\"hi\"}}";

    @TempDir Path folder;
    private Running on;

    @BeforeEach
    void start() throws IOException {
        on = new Running(folder, ServerOptions.defaults().withJsonBytesMax(MAX));
    }

    @AfterEach
    void stop() {
        assertThat(on.get("/livez").status()).as("the server is healthy afterwards").isEqualTo(200);
        on.close();
    }

    @Test
    void aGoodJobIsAcceptedAndThere() {
        var answer =
                on.post(
                        "/v1/jobs",
                        """
                        {"tool": "shout@1", "input": {"text": "hi"}, "queue": "loud", "priority": 7,
                         "tags": ["a", "b"], "ttl_ms": 60000}
                        """,
                        "x-correlation-id",
                        "flow-1");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json().path("state").stringValue()).isEqualTo("queued");
        String id = answer.json().path("id").stringValue();
        assertThat(answer.header("Location")).isEqualTo("/v1/jobs/" + id);
        Job job = on.store.find(JobId.parse(id).orElseThrow()).orElseThrow();
        assertThat(job.submission().queue()).isEqualTo("loud");
        assertThat(job.submission().priority()).isEqualTo(7);
        assertThat(job.submission().tags()).containsExactly("a", "b");
        assertThat(job.submission().correlationId()).isEqualTo("flow-1");
        assertThat(job.submission().input()).contains("\"times\":1");
    }

    @Test
    void theTraceOfASubmitIsKeptWithItsJobAndWhatIsNoneIsIgnored() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        String none = "00-00000000000000000000000000000000-b7ad6b7169203331-01";
        for (String sent : new String[] {trace, none, "x"}) {
            var answer = on.post("/v1/jobs", GOOD.replace("hi", "to " + sent), "traceparent", sent);
            assertThat(answer.status()).isEqualTo(202);
            var job = on.get("/v1/jobs/" + answer.json().path("id").stringValue()).json();
            assertThat(job.path("traceparent").stringValue(""))
                    .isEqualTo(sent.equals(trace) ? trace : "");
        }
    }

    @Test
    void theSameKeyAndInputIsTheSameJobAndAnotherInputIsRefused() {
        var first = on.post("/v1/jobs", GOOD, "Idempotency-Key", "k");
        var again = on.post("/v1/jobs", GOOD, "Idempotency-Key", "k");
        var other = on.post("/v1/jobs", GOOD.replace("hi", "ho"), "Idempotency-Key", "k");

        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("idempotency_conflict");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        var answer =
                on.post("/v1/jobs", "{\"tool\":\"shout\",\"input\":{\"times\":10,\"volume\":3}}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.pointers())
                .containsExactlyInAnyOrder("/input/times", "/input/volume", "/input/text");
        assertNothingIsStored();
    }

    @Test
    void anUnknownFieldIsNamed() {
        var answer =
                on.post(
                        "/v1/jobs",
                        "{\"tool\":\"shout\",\"input\":{\"text\":\"hi\"},\"prio\":1,\"ttl_ms\":\"x\"}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.pointers()).containsExactlyInAnyOrder("/prio", "/ttl_ms");
        assertNothingIsStored();
    }

    @Test
    void anUnknownToolNamesTheNearest() {
        var answer = on.post("/v1/jobs", GOOD.replace("shout", "shoot"));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("tool_not_found");
        assertThat(answer.json().path("detail").stringValue()).contains("\"shout\"");
    }

    @Test
    void aWrongFieldOfTheBodyHidesNoneOfTheInput() {
        var answer =
                on.post(
                        "/v1/jobs",
                        "{\"tool\":\"shout\",\"prio\":1,\"input\":{\"times\":0,\"more\":1}}");

        assertThat(answer.pointers())
                .containsExactlyInAnyOrder("/prio", "/input/text", "/input/times", "/input/more");
    }

    @Test
    void whatIsNoJsonIsRefused() {
        for (String bad : new String[] {"", "{", "{\"a\":1,\"a\":2}", "nope", "{} {}", "[1,]"}) {
            var answer = on.post("/v1/jobs", bad);
            assertThat(answer.status()).as(bad).isEqualTo(400);
            assertThat(answer.code()).as(bad).isEqualTo("not_json");
            assertThat(answer.json().path("detail").stringValue())
                    .doesNotContain("REDACTED", "INCLUDE_SOURCE");
        }
        assertThat(on.post("/v1/jobs", "[]").status()).isEqualTo(422);
    }

    @Test
    void anotherContentTypeIsRefused() {
        var answer =
                on.send(
                        on.request("/v1/jobs")
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString(GOOD)));

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.code()).isEqualTo("unsupported_media_type");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedByItsHeader() {
        var answer = on.post("/v1/jobs", "\"" + "x".repeat(MAX) + "\"");

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo("input_too_large");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedWhileItStreams() {
        var endless = new Endless(MAX * 3L);
        var answer =
                on.send(
                        on.request("/v1/jobs")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> endless)));

        assertThat(answer.status()).isEqualTo(413);
    }

    @Test
    void aFullQueueSaysWhenToComeBack() {
        on.store.setQueue(new QueueEntry("default", false, 1));
        on.post("/v1/jobs", GOOD);

        var answer = on.post("/v1/jobs", GOOD.replace("hi", "ho"));

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo("queue_full");
        assertThat(answer.header("Retry-After")).isNotEmpty();
    }

    @Test
    void aBatchStoresTheGoodAndTellsOfTheBad() {
        var answer =
                on.send(
                        on.request("/v1/jobs:batch")
                                .header("Content-Type", "application/x-ndjson")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                GOOD
                                                        + "\n\n{\"tool\":\"shout\",\"input\":{}}\n"
                                                        + GOOD.replace("hi", "ho"))));

        assertThat(answer.status()).isEqualTo(207);
        var jobs = answer.json().path("jobs");
        assertThat(jobs.size()).isEqualTo(3);
        assertThat(jobs.get(0).has("id")).isTrue();
        assertThat(jobs.get(1).at("/problem/errors/0/pointer").stringValue())
                .isEqualTo("/1/input/text");
        assertThat(jobs.get(2).has("id")).isTrue();
        assertThat(on.store.list(JobFilter.ALL, "", 10)).hasSize(2);
    }

    @Test
    void aBatchWithALineThatIsNoJsonStoresNothing() {
        var answer =
                on.send(
                        on.request("/v1/jobs:batch")
                                .header("Content-Type", "application/x-ndjson")
                                .POST(HttpRequest.BodyPublishers.ofString(GOOD + "\n{oops")));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("detail").stringValue()).contains("line 2");
        assertNothingIsStored();
    }

    @Test
    void aWaitThatIsOverAnswersTheJobAsItIs() {
        var answer = on.post("/v1/jobs", GOOD, "Prefer", "wait=0");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json().path("state").stringValue()).isEqualTo("queued");
    }

    @Test
    void aWaitAnswersWhateverTheEndWas() {
        String id = on.post("/v1/jobs", GOOD).json().path("id").stringValue();
        on.engine.cancel(JobId.parse(id).orElseThrow());

        var answer =
                on.post(
                        "/v1/jobs",
                        "{\"tool\":\"shout\",\"input\":{\"text\":\"x\"},\"parents\":[\"%s\"]}"
                                .formatted(id),
                        "Prefer",
                        "respond-async, wait=10");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("state").stringValue()).isEqualTo("cancelled");
    }

    private void assertNothingIsStored() {
        assertThat(on.store.list(JobFilter.ALL, "", 10)).isEmpty();
    }

    /** Blanks, without a length that a client could announce. */
    private static final class Endless extends InputStream {
        private long left;

        Endless(long bytes) {
            left = bytes;
        }

        @Override
        public int read() {
            return left-- > 0 ? ' ' : -1;
        }

        @Override
        public int read(byte[] into, int from, int most) {
            if (left <= 0) return -1;
            int count = (int) Math.min(most, left);
            Arrays.fill(into, from, from + count, (byte) ' ');
            left -= count;
            return count;
        }
    }
}
