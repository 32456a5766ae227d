package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.ToolId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Dead letters for people, over real HTTP: what died of what, one of them, back at a rate. */
@OnEachStore
final class DeadLettersTest {
    @TempDir Path folder;
    private Running on;
    private long leases;

    private final StoreKind kind;

    DeadLettersTest(StoreKind kind) {
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
    void deadJobsAreGroupedByToolAndReason() {
        dead(ErrorClass.USER, "no such page", "q");
        String last = dead(ErrorClass.USER, "no such file", "q");
        dead(ErrorClass.PERMANENT, "out of paper", "default");
        submit("alive", "q");

        JsonNode all = on.get("/v1/dead").json();
        JsonNode one = on.get("/v1/dead?queue=q&limit=1").json();

        assertThat(all.path("count").intValue()).isEqualTo(3);
        assertThat(all.path("complete").booleanValue()).isTrue();
        assertThat(all.path("groups").values())
                .extracting(g -> g.path("error_class").stringValue() + g.path("count").intValue())
                .containsExactly("user2", "permanent1");
        assertThat(one.path("groups").size()).isEqualTo(1);
        JsonNode group = one.path("groups").path(0);
        assertThat(group.path("tool").stringValue()).isEqualTo("shout@1");
        assertThat(group.path("last_job").stringValue()).isIn(last, first(all, "no such page"));
        assertThat(one.path("jobs").size()).isEqualTo(1);
        assertThat(one.path("jobs").path(0).path("id").stringValue()).isEqualTo(last);
        assertThat(one.path("jobs").path(0).path("error").stringValue()).isEqualTo("no such file");
        assertThat(on.get("/v1/dead?error=PAPER").json().path("count").intValue()).isEqualTo(1);
        assertThat(on.get("/v1/dead?state=queued").status()).isEqualTo(400);
        assertThat(on.get("/v1/dead?limit=0").status()).isEqualTo(400);
    }

    private static String first(JsonNode all, String error) {
        for (JsonNode job : all.path("jobs").values())
            if (job.path("error").stringValue("").equals(error))
                return job.path("id").stringValue("");
        return "";
    }

    @Test
    void aPeekShowsAttemptsAndTheEndOfTheLogAndChangesNothing() {
        String id = dead(ErrorClass.USER, "no such page", "q");
        var before = on.store.find(JobId.parse(id).orElseThrow());
        long events = on.store.latestEvent();

        JsonNode letter = on.get("/v1/dead/" + id).json();

        assertThat(letter.at("/job/attempts/0/message").stringValue()).isEqualTo("no such page");
        assertThat(letter.path("log").values())
                .extracting(line -> line.path("text").stringValue())
                .hasSize(20)
                .endsWith("line 28", "line 29");
        assertThat(on.store.find(JobId.parse(id).orElseThrow())).isEqualTo(before);
        assertThat(on.store.latestEvent()).isEqualTo(events);
        assertThat(on.get("/v1/dead/" + submit("alive", "q")).code()).isEqualTo("not_possible_now");
        assertThat(on.get("/v1/dead/" + new UUID(1, 2)).status()).isEqualTo(404);
        assertThat(on.get("/v1/dead/nope").status()).isEqualTo(404);
    }

    @Test
    void theDeadComeBackAtARateAcrossCalls() {
        var all = new ArrayList<String>();
        for (int i = 0; i < 5; i++) all.addFirst(dead(ErrorClass.USER, "no", "q"));
        Instant begun = on.store.now();

        JsonNode dry =
                redrive("{\"filter\":{\"queue\":\"q\"},\"rate\":\"2/min\",\"dry_run\":true}")
                        .json();
        JsonNode first =
                redrive("{\"filter\":{\"queue\":\"q\"},\"rate\":\"2/min\",\"limit\":3}").json();
        JsonNode second =
                redrive(
                                "{\"filter\":{\"queue\":\"q\"},\"rate\":\"2/min\",\"cursor\":\"%s\",\"start\":\"%s\"}"
                                        .formatted(
                                                first.path("next_cursor").stringValue(),
                                                first.path("until").stringValue()))
                        .json();

        assertThat(moment(dry, "until")).isAfterOrEqualTo(begun.plusSeconds(150));
        assertThat(first.path("done").intValue()).isEqualTo(3);
        assertThat(second.path("done").intValue()).isEqualTo(2);
        assertThat(second.has("next_cursor")).isFalse();
        // The first may start at once: its moment is that of its own commit.
        assertThat(runAt(all.getFirst())).isBetween(begun, on.store.now());
        Instant start = runAt(all.get(1)).minusSeconds(30);
        assertThat(start).isBetween(begun, on.store.now());
        for (int i = 1; i < 5; i++)
            assertThat(runAt(all.get(i))).as("job %d", i).isEqualTo(start.plusSeconds(30L * i));
        assertThat(moment(second, "until")).isEqualTo(start.plusSeconds(150));
    }

    @Test
    void aRateThatIsNoneIsRefusedAndNothingIsDone() {
        String id = dead(ErrorClass.USER, "no", "q");
        for (String bad :
                List.of(
                        "\"0/s\"",
                        "\"-1/s\"",
                        "\"1001/s\"",
                        "\"99999999999/s\"",
                        "\"fast\"",
                        "\"10\"",
                        "\"10/d\"",
                        "\"1.5/s\"",
                        "10",
                        "null",
                        "\"\"")) {
            Running.Answer answer = redrive("{\"all\":true,\"rate\":%s}".formatted(bad));
            assertThat(answer.status()).as(bad).isEqualTo(422);
            assertThat(answer.pointers()).as(bad).containsExactly("/rate");
        }
        for (String bad :
                List.of(
                        "\"start\":\"soon\"",
                        "\"start\":\"2999-01-01T00:00:00Z\"",
                        "\"cursor\":\"x\""))
            assertThat(redrive("{\"all\":true,\"rate\":\"1/s\",%s}".formatted(bad)).status())
                    .as(bad)
                    .isEqualTo(422);
        assertThat(redrive("{\"all\":true,\"start\":\"2026-01-01T00:00:00Z\"}").pointers())
                .containsExactly("/start");
        assertThat(on.post("/v1/jobs:cancel", "{\"all\":true,\"rate\":\"1/s\"}").pointers())
                .containsExactly("/rate");
        assertThat(state(id)).isInstanceOf(JobState.Dead.class);
    }

    private Running.Answer redrive(String body) {
        return on.post("/v1/jobs:redrive", body);
    }

    private static Instant moment(JsonNode node, String name) {
        return Instant.parse(node.path(name).stringValue(""));
    }

    private Instant runAt(String id) {
        return ((JobState.Queued) state(id)).runAt();
    }

    private JobState state(String id) {
        return on.store.find(JobId.parse(id).orElseThrow()).orElseThrow().state();
    }

    private String submit(String text, String queue) {
        return on.post(
                        "/v1/jobs",
                        "{\"tool\":\"shout\",\"input\":{\"text\":\"%s\"},\"queue\":\"%s\"}"
                                .formatted(text, queue))
                .json()
                .path("id")
                .stringValue();
    }

    private String dead(ErrorClass kind, String message, String queue) {
        String id = submit("dies " + leases, queue);
        var want = new Claim.Want(Set.of(new ToolId("shout", "1")), Set.of(), Set.of(), 1);
        var lease = new LeaseId(new UUID(4, leases++));
        var claim = new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of());
        ClaimedJob job = on.engine.claim(claim).jobs().getFirst();
        var lines = new ArrayList<LogLine>();
        for (int i = 0; i < 30; i++)
            lines.add(new LogLine(1, i, on.store.now(), LogLine.Stream.STDOUT, "line " + i));
        on.engine.log(job.token(), lines);
        on.engine.end(List.of(on.engine.ending(job, "w", Outcome.failed(kind, message))));
        return id;
    }
}
