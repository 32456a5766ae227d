package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Artifact;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.ToolId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** What is answered about jobs that are there, over real HTTP. */
@OnEachStore
final class JobRoutesTest {
    private static final String NONE = "01a2021b-d8da-7288-8a93-01c01ed0ce95";

    @TempDir Path folder;
    private Running on;

    private final StoreKind kind;

    JobRoutesTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void start() throws IOException {
        on = new Running(kind, folder, ServerOptions.defaults());
    }

    @AfterEach
    void stop() {
        assertThat(on.get("/livez").status()).as("the server is healthy afterwards").isEqualTo(200);
        on.close();
    }

    @Test
    void aListGoesOnWhereItsPageEnded() {
        var submitted = new ArrayList<String>();
        for (int i = 0; i < 5; i++) submitted.addFirst(submit("n" + i));

        var seen = new ArrayList<String>();
        String cursor = "";
        do {
            var page = on.get("/v1/jobs?limit=2&cursor=" + cursor).json();
            page.path("jobs").values().forEach(job -> seen.add(job.path("id").stringValue()));
            cursor = page.path("next_cursor").stringValue("");
            submit("meanwhile");
        } while (!cursor.isEmpty());

        assertThat(seen).isEqualTo(submitted);
    }

    @Test
    void badQueriesAreRefused() {
        for (String bad :
                List.of(
                        "cursor=xyz",
                        "limit=0",
                        "limit=1001",
                        "limit=ten",
                        "state=happy",
                        "since=yesterday",
                        "stat=queued")) {
            var answer = on.get("/v1/jobs?" + bad);
            assertThat(answer.status()).as(bad).isEqualTo(400);
            assertThat(answer.code()).as(bad).isEqualTo("bad_request");
        }
    }

    @Test
    void anIdThatIsNoneOrUnknownIsNotFound() {
        for (String path : List.of("", "/output", "/logs", "/why", "/artifacts", "/artifacts/a")) {
            assertThat(on.get("/v1/jobs/" + NONE + path).status()).as(path).isEqualTo(404);
            assertThat(on.get("/v1/jobs/nope" + path).code()).isEqualTo("job_not_found");
        }
        for (String act : List.of("cancel", "redrive", "discard")) {
            assertThat(on.post("/v1/jobs/" + NONE + ":" + act, "").code())
                    .isEqualTo("job_not_found");
        }
    }

    @Test
    void aJobIsShownWhole() {
        String id = submit("hi");
        ClaimedJob job = claim();
        on.store.log(
                job.token(),
                List.of(new LogLine(1, 0, Instant.now(), LogLine.Stream.STDOUT, "HI")));
        end(
                job,
                new Outcome.Succeeded(
                        "{\"loud\":true}", List.of(artifact("a/b.txt", "0123456789"))));

        var json = on.get("/v1/jobs/" + id).json();
        assertThat(json.path("state").stringValue()).isEqualTo("succeeded");
        assertThat(json.at("/input/text").stringValue()).isEqualTo("hi");
        assertThat(json.at("/artifacts/0/name").stringValue()).isEqualTo("a/b.txt");
        assertThat(on.get("/v1/jobs/" + id + "/output").json().path("loud").booleanValue())
                .isTrue();
        assertThat(on.get("/v1/jobs/" + id + "/logs").json().at("/lines/0/text").stringValue())
                .isEqualTo("HI");
        assertThat(on.get("/v1/jobs/" + id + "/why").json().path("reason").stringValue())
                .isEqualTo("succeeded");
    }

    @Test
    void anOutputIsThereOnceTheJobHasSucceeded() {
        String id = submit("hi");
        var answer = on.get("/v1/jobs/" + id + "/output");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().path("detail").stringValue()).contains("is queued");
    }

    @Test
    void anArtifactIsAnsweredWholeInPartsOrNotAgain() {
        String id = submit("hi");
        Artifact file = artifact("a/b.txt", "0123456789");
        end(claim(), new Outcome.Succeeded("{}", List.of(file)));
        String path = "/v1/jobs/" + id + "/artifacts/a/b.txt";
        String etag = "\"" + file.sha256() + "\"";

        var whole = on.get(path);
        assertThat(text(whole)).isEqualTo("0123456789");
        assertThat(whole.header("ETag")).isEqualTo(etag);
        assertThat(on.get(path, "If-None-Match", etag).status()).isEqualTo(304);

        var part = on.get(path, "Range", "bytes=2-4");
        assertThat(part.status()).isEqualTo(206);
        assertThat(text(part)).isEqualTo("234");
        assertThat(part.header("Content-Range")).isEqualTo("bytes 2-4/10");
        assertThat(text(on.get(path, "Range", "bytes=-3"))).isEqualTo("789");
        assertThat(text(on.get(path, "Range", "bytes=8-99"))).isEqualTo("89");
        assertThat(text(on.get(path, "Range", "bytes=0-1", "If-Range", "\"other\"")))
                .isEqualTo("0123456789");

        var beyond = on.get(path, "Range", "bytes=10-");
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.header("Content-Range")).isEqualTo("bytes */10");
    }

    @Test
    void anArtifactNameLeadsNowhereElse() {
        String id = submit("hi");
        end(claim(), new Outcome.Succeeded("{}", List.of(artifact("a.txt", "x"))));
        for (String name :
                List.of("..%2f..%2fpawl.db", "../../../livez", "%2e%2e/a.txt", "a.txt/", "b")) {
            var answer = on.get("/v1/jobs/" + id + "/artifacts/" + name);
            assertThat(answer.status()).as(name).isIn(400, 404);
        }
    }

    @Test
    void actingAnswersWhatTheJobWasAndRefusesWhatIsNotPossible() {
        String id = submit("hi");

        var cancelled = on.post("/v1/jobs/" + id + ":cancel", "");
        assertThat(cancelled.status()).isEqualTo(200);
        assertThat(cancelled.json().path("was").stringValue()).isEqualTo("queued");
        assertThat(on.post("/v1/jobs/" + id + ":cancel", "").status()).isEqualTo(409);

        assertThat(on.post("/v1/jobs/" + id + ":redrive", "").status()).isEqualTo(200);
        var discard = on.post("/v1/jobs/" + id + ":discard", "");
        assertThat(discard.status()).isEqualTo(409);
        assertThat(discard.code()).isEqualTo("not_possible_now");
    }

    @Test
    void aPausedQueueIsNotClaimedAndCountsSayWhatIsInIt() {
        submit("hi");
        on.post("/v1/queues/default:pause", "");
        var queue = on.get("/v1/queues").json().at("/queues/0");
        assertThat(queue.path("paused").booleanValue()).isTrue();
        assertThat(queue.path("depth").intValue()).isEqualTo(1);
        assertThat(claimed()).isEmpty();

        on.post("/v1/queues/default:resume", "");
        ClaimedJob running = claimed().getFirst();
        assertThat(on.get("/v1/stats").json().at("/states/running").intValue()).isEqualTo(1);
        assertThat(on.get("/v1/stats").json().at("/states").has("average_ms")).isFalse();

        end(running, new Outcome.Succeeded("{}", List.of()));
        var stats = on.get("/v1/stats").json();
        assertThat(stats.at("/states/average_ms").isInt()).as("%s", stats).isTrue();
        assertThat(stats.at("/tools/shout@1/average_ms").isInt()).isTrue();
    }

    @Test
    void whatIsNotThereIsSaidAsSuch() {
        assertThat(on.get("/v1/nothing").code()).isEqualTo("not_found");
        var put =
                on.send(
                        on.request("/v1/jobs")
                                .method("PUT", java.net.http.HttpRequest.BodyPublishers.noBody()));
        assertThat(put.status()).isEqualTo(405);
        assertThat(put.header("Allow")).isEqualTo("GET, POST");
    }

    private String submit(String text) {
        return on.post(
                        "/v1/jobs",
                        "{\"tool\":\"shout\",\"input\":{\"text\":\"%s\"}}".formatted(text))
                .json()
                .path("id")
                .stringValue();
    }

    private ClaimedJob claim() {
        return claimed().getFirst();
    }

    private List<ClaimedJob> claimed() {
        var want = new Claim.Want(Set.of(new ToolId("shout", "1")), Set.of(), Set.of(), 1);
        var lease = new LeaseId(new UUID(4, 2));
        return on.engine
                .claim(new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of()))
                .jobs();
    }

    private void end(ClaimedJob job, Outcome outcome) {
        on.engine.end(List.of(on.engine.ending(job, "w", outcome)));
    }

    private Artifact artifact(String name, String content) {
        return on.artifacts.put(
                name,
                "text/plain",
                new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(Running.Answer answer) {
        return new String(answer.response().body(), StandardCharsets.UTF_8);
    }
}
