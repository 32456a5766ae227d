package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Queues as they are shown and set over real HTTP. */
@OnEachStore
final class QueueTest {
    private static final String JOB =
            "{\"tool\":\"shout\",\"queue\":\"q\",\"no_cache\":true,\"input\":{\"text\":\"a\"}}";

    @TempDir Path folder;
    private Running on;

    private final StoreKind kind;

    QueueTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void start() throws IOException {
        on = new Running(kind, folder, ServerOptions.defaults());
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void aQueueTellsHowLongItsOldestJobHasBeenDue() {
        Instant before = on.store.now();
        on.post("/v1/jobs", JOB);
        on.post("/v1/jobs", JOB);

        JsonNode queue = queue();
        assertThat(queue.path("depth").intValue()).isEqualTo(2);
        Instant oldest = Instant.parse(queue.path("oldest_due_at").stringValue());
        assertThat(oldest).isBetween(before, on.store.now());
        assertThat(queue.path("oldest_age_ms").longValue(-1)).isBetween(0L, 60_000L);
        assertThat(queue.has("depth_max")).isFalse();

        on.post("/v1/jobs:cancel", "{\"filter\":{\"queue\":\"q\"}}");
        assertThat(queue().has("oldest_due_at")).isFalse();
        assertThat(queue().path("depth").intValue()).isZero();
    }

    @Test
    void limitsAreSetAndToldAndEnd() {
        JsonNode set = on.put("/v1/queues/q", "{\"concurrency\":2,\"rate\":\"100/min\"}").json();
        assertThat(set.path("concurrency").intValue()).isEqualTo(2);
        assertThat(set.path("rate").stringValue()).isEqualTo("100/min");
        on.post("/v1/jobs", JOB);

        JsonNode limit = on.get("/v1/limits").json().path("limits").get(0);
        assertThat(limit.path("limit").stringValue()).isEqualTo("queue:q");
        assertThat(limit.path("max").intValue()).isEqualTo(2);
        assertThat(limit.path("free").intValue()).isEqualTo(2);
        assertThat(limit.path("waiting").intValue()).isEqualTo(1);
        assertThat(limit.path("started").intValue(-1)).isZero();
        assertThat(limit.path("holders")).isEmpty();

        // A cap and a switch leave them as they are.
        on.post("/v1/queues/q:pause", "");
        on.put("/v1/queues/q", "{\"depth_max\":7}");
        assertThat(on.store.queues())
                .containsExactly(
                        new QueueEntry("q", true, 7, 2, new Rate(100, Duration.ofMinutes(1))));
        on.put("/v1/queues/q", "{\"concurrency\":null,\"rate\":null}");
        assertThat(on.store.queues()).containsExactly(new QueueEntry("q", true, 7));
    }

    @Test
    void aLimitThatIsNoneIsRefused() {
        Running.Answer answer = on.put("/v1/queues/q", "{\"concurrency\":0,\"rate\":\"often\"}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("errors").toString())
                .contains("/concurrency", "/rate", "want a rate as 100/min");
    }

    @Test
    void aCapIsSetAndHoldsAndEnds() {
        assertThat(on.put("/v1/queues/q", "{\"depth_max\":1}").json().path("depth_max").intValue())
                .isEqualTo(1);
        assertThat(on.post("/v1/jobs", JOB).status()).isEqualTo(202);
        assertThat(on.post("/v1/jobs", JOB).status()).isEqualTo(429);

        // What isn't named stays.
        on.put("/v1/queues/q", "{\"paused\":true}");
        assertThat(on.store.queues()).containsExactly(new QueueEntry("q", true, 1));
        on.post("/v1/queues/q:resume", "");
        on.put("/v1/queues/q", "{\"depth_max\":null}");
        assertThat(on.store.queues())
                .containsExactly(new QueueEntry("q", false, Integer.MAX_VALUE));
        assertThat(on.post("/v1/jobs", JOB).status()).isEqualTo(202);
    }

    @Test
    void whatIsNoCapIsRefused() {
        for (String bad :
                List.of(
                        "{\"depth_max\":0}",
                        "{\"depth_max\":\"9\"}",
                        "{\"depth_max\":1.5}",
                        "{\"depth_max\":9999999999}",
                        "{\"paused\":null}",
                        "{\"depth\":3}",
                        "[]"))
            assertThat(on.put("/v1/queues/q", bad).status()).as(bad).isEqualTo(422);
        assertThat(on.put("/v1/queues/a%20b", "{\"depth_max\":1}").status()).isEqualTo(400);
        assertThat(on.post("/v1/queues/a%20b:pause", "").status()).isEqualTo(400);
        assertThat(on.store.queues()).isEmpty();
    }

    private JsonNode queue() {
        return on.get("/v1/queues").json().path("queues").get(0);
    }
}
