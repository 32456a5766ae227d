package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.api.JobQuery;
import dev.pawl.api.JobView;
import dev.pawl.api.PawlClient;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobFilter.InputField;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Outcome;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Filters, counts and what is done to all that a filter holds, over real HTTP. */
final class FilterTest {
    @TempDir Path folder;
    private Running on;
    private long leases;

    @BeforeEach
    void start() throws IOException {
        on = new Running(folder, ServerOptions.defaults());
    }

    @AfterEach
    void stop() {
        on.close();
    }

    // ---- Lists

    @Test
    void aKeyAnErrorAndAFieldOfTheInputFindTheirJobs() {
        String keyed = submit("a", "\"idempotency_key\":\"k 1\"");
        String dead = dead("No such FILE: x.puml");
        String other = dead("out of memory");

        assertThat(ids("key=k+1")).containsExactly(keyed);
        assertThat(ids("error=no+such+file")).containsExactly(dead);
        assertThat(ids("error=o")).containsExactly(other, dead);
        assertThat(ids("error=o&state=queued")).isEmpty();
        assertThat(ids("input.text=a")).containsExactly(keyed);
        assertThat(ids("input./text=a")).containsExactly(keyed);
        assertThat(ids("input.times=1")).hasSize(3);
        assertThat(ids("input.text=a&input.times=2")).isEmpty();
        assertThat(ids("input.text=a%27+OR+1=1")).isEmpty();
    }

    @Test
    void aSearchSaysHowFarItLookedAndByDefaultThatIsADay() {
        submit("a", "");
        JsonNode page = on.get("/v1/jobs?input.text=b").json();

        assertThat(page.path("complete").booleanValue()).isTrue();
        assertThat(page.path("looked_at").intValue()).isEqualTo(1);
        var backTo = java.time.Instant.parse(page.path("looked_back_to").stringValue());
        Duration span = Duration.between(backTo, on.store.now());
        assertThat(span).isBetween(Duration.ofHours(24), Duration.ofHours(24).plusMinutes(2));
        assertThat(page.has("next_cursor")).isFalse();
    }

    @Test
    void aSearchStopsAtItsBoundAndGoesOnWithTheCursor() {
        String oldest = submit("needle", "");
        for (int i = 0; i < ListRoutes.LOOK_MAX / 5_000; i++) submitMany(5_000);

        JsonNode first = on.get("/v1/jobs?input.text=needle").json();
        assertThat(first.path("jobs").size()).isZero();
        assertThat(first.path("complete").booleanValue(true)).isFalse();
        assertThat(first.path("looked_at").intValue()).isEqualTo(ListRoutes.LOOK_MAX);
        String cursor = first.path("next_cursor").stringValue();
        assertThat(ids("input.text=needle&cursor=" + cursor)).containsExactly(oldest);

        JsonNode tagged = on.get("/v1/jobs/count?tag=many").json();
        assertThat(tagged.path("text").stringValue()).isEqualTo("10,000+");
        assertThat(tagged.path("more").booleanValue()).isTrue();
        JsonNode all = on.get("/v1/jobs/count").json();
        assertThat(all.path("text").stringValue()).isEqualTo("10,001");
        assertThat(all.path("more").booleanValue(true)).isFalse();
    }

    @Test
    void pagesStayRightWhileJobsComeAndGo() {
        var stay = new HashSet<String>();
        var go = new ArrayList<String>();
        for (int i = 0; i < 12; i++) {
            stay.add(submit("stay", "\"tags\":[\"t\"]"));
            go.add(submit("go", "\"tags\":[\"t\"]"));
            act(go.getLast(), "cancel");
        }
        for (String filter : List.of("", "&tag=t", "&input.times=1")) {
            var read = new ArrayList<String>();
            String cursor = "";
            do {
                JsonNode page = on.get("/v1/jobs?limit=5" + filter + cursor).json();
                page.path("jobs").values().forEach(j -> read.add(j.path("id").stringValue()));
                submit("new", "\"tags\":[\"t\"]");
                if (!go.isEmpty()) act(go.removeLast(), "discard");
                String next = page.path("next_cursor").stringValue("");
                cursor = next.isEmpty() ? "" : "&cursor=" + next;
            } while (!cursor.isEmpty());
            assertThat(read).as(filter).doesNotHaveDuplicates().containsAll(stay);
        }
    }

    @Test
    void aFilterThatIsNoneIsRefused() {
        for (String bad :
                List.of(
                        "input.=x",
                        "input.a..b=x",
                        "input.a%22=x",
                        "input.a=1&input.b=1&input.c=1&input.d=1&input.e=1",
                        "tool=a&tool=b",
                        "since=yesterday",
                        "state=asleep",
                        "inputs.a=x"))
            for (String path : List.of("/v1/jobs?", "/v1/jobs/count?"))
                assertThat(on.get(path + bad).status()).as(path + bad).isEqualTo(400);
    }

    @Test
    void countsAreThoseOfTheFilter() {
        submit("a", "\"queue\":\"q\"");
        submit("b", "\"queue\":\"q\",\"tags\":[\"t\"]");
        dead("x");

        assertThat(count("")).isEqualTo(3);
        assertThat(count("queue=q")).isEqualTo(2);
        assertThat(count("state=dead&tool=shout")).isEqualTo(1);
        assertThat(count("tool=shout@1&queue=default")).isEqualTo(1);
        assertThat(count("tool=shout@2")).isZero();
        assertThat(count("tag=t")).isEqualTo(1);
        assertThat(count("error=x")).isEqualTo(1);
    }

    @Test
    void theClientAsksTheSame() throws Exception {
        String id = submit("a b", "\"idempotency_key\":\"k\"");
        submit("c", "");
        var field = new InputField(List.of("text"), "a b");
        JobFilter filter = JobFilter.ALL.withIdempotencyKey("k").withInputs(List.of(field));
        var uri = URI.create("http://localhost:" + on.server.port());
        try (var client = new PawlClient(uri, new SystemTime(), new Random(1))) {
            assertThat(client.jobs(new JobQuery(filter, "", 10)).jobs())
                    .extracting(JobView::id)
                    .extracting(JobId::toString)
                    .containsExactly(id);
        }
    }

    // ---- All that a filter holds

    @Test
    void aDryRunTellsWhatWouldBeDoneAndDoesNothing() {
        String one = submit("a", "\"tags\":[\"t\"]");
        submit("b", "");

        JsonNode dry = bulk("cancel", "{\"filter\":{\"tag\":\"t\"},\"dry_run\":true}").json();

        assertThat(dry.path("matched").intValue()).isEqualTo(1);
        assertThat(dry.path("done").intValue()).isZero();
        assertThat(dry.path("refused").intValue()).isZero();
        assertThat(dry.path("sample").get(0).stringValue()).isEqualTo(one);
        assertThat(count("state=queued")).isEqualTo(2);
    }

    @Test
    void whatAFilterHoldsIsCancelledRedrivenAndDiscarded() {
        for (int i = 0; i < 5; i++) submit("a", "\"queue\":\"q\"");
        submit("b", "");

        JsonNode first = bulk("cancel", "{\"filter\":{\"queue\":\"q\"},\"limit\":3}").json();
        assertThat(first.path("done").intValue()).isEqualTo(3);
        assertThat(first.path("more").booleanValue()).isTrue();
        JsonNode second = bulk("cancel", "{\"filter\":{\"queue\":\"q\"},\"limit\":3}").json();
        assertThat(second.path("done").intValue()).isEqualTo(2);
        assertThat(second.path("more").booleanValue(true)).isFalse();
        assertThat(count("state=cancelled&queue=q")).isEqualTo(5);

        // Without a state, those that were cancelled on purpose stay so.
        assertThat(bulk("redrive", "{\"filter\":{\"queue\":\"q\"}}").json().path("matched").asInt())
                .isZero();
        bulk("redrive", "{\"filter\":{\"queue\":\"q\",\"state\":[\"cancelled\"]},\"limit\":2}");
        assertThat(count("state=queued&queue=q")).isEqualTo(2);

        JsonNode discarded = bulk("discard", "{\"filter\":{\"input.text\":\"a\"}}").json();
        assertThat(discarded.path("done").intValue()).isEqualTo(3);
        JsonNode refused = bulk("discard", "{\"filter\":{\"state\":\"queued\"}}").json();
        assertThat(refused.path("refused").intValue()).isEqualTo(3);
        assertThat(count("")).isEqualTo(3);
    }

    @Test
    void allHasToBeSaid() {
        String id = submit("a", "");
        for (String bad :
                List.of(
                        "{}",
                        "[]",
                        "{\"filter\":{}}",
                        "{\"filter\":{\"tool\":\"\"}}",
                        "{\"filter\":\"all\"}",
                        "{\"filter\":{\"colour\":\"red\"}}",
                        "{\"filter\":{\"state\":[]}}",
                        "{\"filter\":{\"tag\":{\"a\":1}}}",
                        "{\"filter\":{\"tag\":\"t\"},\"all\":true}",
                        "{\"all\":\"yes\"}",
                        "{\"all\":true,\"limit\":0}",
                        "{\"all\":true,\"dryrun\":true}"))
            assertThat(bulk("cancel", bad).status()).as(bad).isEqualTo(422);
        assertThat(count("state=queued")).isEqualTo(1);

        JsonNode done = bulk("cancel", "{\"all\":true}").json();
        assertThat(done.path("sample").get(0).stringValue()).isEqualTo(id);
        assertThat(done.path("done").intValue()).isEqualTo(1);
    }

    private Running.Answer bulk(String action, String body) {
        return on.post("/v1/jobs:" + action, body);
    }

    private long count(String query) {
        return on.get("/v1/jobs/count?" + query).json().path("count").longValue(-1);
    }

    private List<String> ids(String query) {
        var answer = on.get("/v1/jobs?" + query);
        assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
        return answer.json().path("jobs").values().stream()
                .map(job -> job.path("id").stringValue())
                .toList();
    }

    private void act(String id, String what) {
        assertThat(on.post("/v1/jobs/" + id + ":" + what, "").status()).isEqualTo(200);
    }

    private String submit(String text, String more) {
        String comma = more.isEmpty() ? "" : ",";
        return on.post(
                        "/v1/jobs",
                        "{\"tool\":\"shout\",\"no_cache\":true,\"input\":{\"text\":\"%s\"}%s%s}"
                                .formatted(text, comma, more))
                .json()
                .path("id")
                .stringValue();
    }

    private void submitMany(int jobs) {
        String one = "{\"tool\":\"shout\",\"input\":{\"text\":\"m\"},\"tags\":[\"many\"]}";
        String all = String.join(",", java.util.Collections.nCopies(jobs, one));
        assertThat(on.post("/v1/jobs:batch", "[" + all + "]").status()).isEqualTo(202);
    }

    /** A job that died of this. */
    private String dead(String message) {
        String id = submit("dies " + leases, "\"priority\":9");
        var want = new Claim.Want(Set.of(new ToolId("shout", "1")), Set.of(), Set.of(), 1);
        var lease = new LeaseId(new UUID(4, leases++));
        var claim = new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of());
        ClaimedJob job = on.engine.claim(claim).jobs().getFirst();
        var failed =
                new Outcome.Failed(
                        new JobError(ErrorClass.PERMANENT, message, Duration.ZERO), List.of());
        on.engine.end(List.of(on.engine.ending(job, "w", failed)));
        var state = on.store.find(JobId.parse(id).orElseThrow()).orElseThrow().state();
        assertThat(state).isInstanceOf(JobState.Dead.class);
        return id;
    }
}
