package dev.pawl.store.postgres;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.InputKey;
import dev.pawl.core.JobError;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewJob;
import dev.pawl.core.Progress;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Written;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A drop, table by table: what a job that goes leaves behind, and what one that stays keeps. */
class PostgresHistoryRowsTest extends HistoryScenes {
    /** Every table that has rows of a job wherever it is, and by which column they are its own. */
    private static final Map<String, String> TABLES =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("job", "id"),
                            Map.entry("outcome", "id"),
                            Map.entry("tag", "id"),
                            Map.entry("attempt_end", "id"),
                            Map.entry("log", "id"),
                            Map.entry("artifact", "id"),
                            Map.entry("progress", "id"),
                            Map.entry("expiry", "id"),
                            Map.entry("flow_edge", "child"),
                            Map.entry("kept", "job_id"),
                            Map.entry("idempotency", "job_id")));

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void ofAJobThatGoesNothingIsLeftButItsIdempotencyKey() {
        JobId gone = succeedAgain(failOnce(HOUR));
        assertThat(rows(gone)).containsOnlyKeys(TABLES.keySet());
        at(first.plus(DAY).plus(KEPT));
        turn();

        assertThat(names()).doesNotContain(name(0));
        assertThat(rows(gone)).containsOnlyKeys("idempotency");
        for (String table : TABLES.keySet())
            assertThat(rows(table)).as(table).isEqualTo(table.equals("idempotency") ? 1 : 0);
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void theKeyOfAJobThatIsGoneStaysTaken() {
        JobId gone = succeed(submit(job -> job.idempotencyKey("once")));
        at(first.plus(DAY).plus(KEPT));
        turn();
        assertThat(store.find(gone)).isEmpty();

        assertThat(once("{}")).isEqualTo(new Submitted.Existing(gone));
        assertThat(once("{\"n\":1}"))
                .isInstanceOfSatisfying(
                        Submitted.Refused.class,
                        refused ->
                                assertThat(refused.code())
                                        .isEqualTo(ErrorCode.IDEMPOTENCY_CONFLICT));
    }

    @Test
    void aJobThatStaysKeepsEveryRowAsItWas() {
        JobId gone = succeedAgain(failOnce(HOUR));
        JobId kept = succeedAgain(failOnce(DAY.multipliedBy(50)));
        JobId dead = dieAgain(failOnce(HOUR));
        JobId queued = failOnce(HOUR);
        JobId running = runAgain(failOnce(HOUR)).id();
        JobId stopping = runAgain(failOnce(HOUR)).id();
        assertThat(store.cancel(stopping)).isPresent();
        JobId parent = succeedAgain(failOnce(HOUR));
        JobId late = failOnce(HOUR);
        at(first.plus(DAY.multipliedBy(2)));
        JobId child = submit(job -> job.parents(Set.of(parent)).runAt(now.plus(KEPT)));
        succeedAgain(late);
        List<JobId> stay = List.of(kept, dead, queued, running, stopping, parent, late);
        List<Map<String, String>> before = stay.stream().map(this::rows).toList();
        assertThat(before.getFirst()).containsOnlyKeys(TABLES.keySet());
        // A result that answers nobody any more is forgotten, whoever's it is.
        for (var rows : before.subList(1, stay.size())) rows.remove("kept");

        at(first.plus(DAY).plus(KEPT));
        turn();

        assertThat(names()).doesNotContain(name(0));
        assertThat(rows(gone)).containsOnlyKeys("idempotency");
        assertThat(stay.stream().map(this::rows).toList()).isEqualTo(before);
        assertThat(store.children(parent)).containsExactly(child);
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void aJobThatStayedGoesRowByRowInItsTimeAndNoMoreIsLeftOfIt() {
        JobId kept = succeedAgain(failOnce(DAY.multipliedBy(50)));
        JobId dead = dieAgain(failOnce(HOUR));
        at(first.plus(DAY).plus(KEPT));
        turn();
        assertThat(names()).doesNotContain(name(0));
        Map<String, String> before = rows(dead);

        at(now.plus(DAY.multipliedBy(60)));
        turn();
        prune();

        assertThat(rows(kept)).containsOnlyKeys("idempotency");
        assertThat(rows(dead)).as("which stays for ever").isEqualTo(before);
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void whatACrashLeavesOfJobsThatAreGoneHarmsNobodyAndGoesWithTheNextTurn() {
        JobId gone = succeedAgain(failOnce(HOUR));
        JobId stays = failOnce(HOUR);
        at(first.plus(DAY).plus(KEPT));
        store.keepHistory(RETENTION); // the past
        Period period = store.read(History::periods).getFirst();
        Map<String, String> before = rows(stays);
        store.write(tx -> new PeriodDrop(tx, period, RETENTION.until(tx.now)).detach("200ms"));

        assertThat(rows(gone)).containsOnlyKeys("progress", "expiry", "flow_edge", "idempotency");
        assertThat(rows(stays)).isEqualTo(before);
        at(now.plus(DAY.multipliedBy(500)));
        assertThat(store.expire(10)).as("who has failed once has started").isZero();
        assertThat(store.redrive(gone)).isEmpty();
        assertThat(store.violations()).isEmpty();
        before.remove("expiry");
        store.keepHistory(RETENTION);
        assertThat(rows(gone)).containsOnlyKeys("idempotency");
        assertThat(rows(stays)).isEqualTo(before);
        assertThat(store.violations()).isEmpty();
    }

    private Submitted once(String input) {
        Submission job = Submission.of(TOOL, input).idempotencyKey("once").build();
        return store.submit(List.of(new NewJob(id(now), job))).getFirst();
    }

    // ---- A job with rows in every table

    /** One whose first attempt has failed, and which is due again. */
    private JobId failOnce(Duration kept) {
        JobId parent = succeed(submit());
        String hash = "%064x".formatted(++serial);
        ClaimedJob job =
                claim(
                        submit(of ->
                                of.tags(Set.of("red", "tall"))
                                        .ttl(DAY.multipliedBy(400))
                                        .parents(Set.of(parent))
                                        .idempotencyKey("key " + hash)
                                        .key(new InputKey(hash, "{}"))
                                        .reuse(new Reuse(kept, false))));
        say(job);
        var to = new JobState.Queued(now, job.token().attempt(), 1);
        end(job, AttemptEnd.How.FAILED, to, new JobError(ErrorClass.TRANSIENT, "again"));
        return job.id();
    }

    private ClaimedJob runAgain(JobId id) {
        ClaimedJob job = claim(id);
        say(job);
        return job;
    }

    private JobId succeedAgain(JobId id) {
        ClaimedJob job = runAgain(id);
        var left = List.of(new Artifact("a", 1, "%064x".formatted(7), "text/plain"));
        End plain = success(job);
        var end = new End(plain.token(), plain.how(), plain.to(), plain.worker(), null, "{}", left);
        assertThat(store.end(List.of(end))).singleElement().isInstanceOf(Written.Done.class);
        return id;
    }

    private JobId dieAgain(JobId id) {
        ClaimedJob job = runAgain(id);
        var to = new JobState.Dead(now, job.token().attempt(), ErrorClass.PERMANENT);
        end(job, AttemptEnd.How.FAILED, to, new JobError(ErrorClass.PERMANENT, "it failed"));
        return id;
    }

    private void say(ClaimedJob job) {
        int attempt = job.token().attempt();
        var line = new LogLine(attempt, 0, now, LogLine.Stream.STDOUT, "line");
        assertThat(store.log(job.token(), List.of(line))).isInstanceOf(Written.Done.class);
        assertThat(store.progress(job.token(), new Progress(0.5, "half", now)))
                .isInstanceOf(Written.Done.class);
    }

    private void end(ClaimedJob job, AttemptEnd.How how, JobState to, JobError error) {
        var end = new End(job.token(), how, to, "worker", error, "", List.of());
        assertThat(store.end(List.of(end))).singleElement().isInstanceOf(Written.Done.class);
    }

    /** A job's rows in words, by table; no table that has none. */
    private Map<String, String> rows(JobId id) {
        String each =
                TABLES.entrySet().stream()
                        .map(table ->
                                "SELECT '%1$s ' || CAST(t AS text) FROM pawl.%1$s t WHERE %2$s = '%3$s'"
                                        .formatted(table.getKey(), table.getValue(), id))
                        .collect(joining(" UNION ALL "));
        var rows = new TreeMap<String, String>();
        text("SELECT coalesce(string_agg(r, chr(10) ORDER BY r), '') FROM (%s) t (r)"
                        .formatted(each))
                .lines()
                .forEach(row -> {
                    String[] words = row.split(" ", 2);
                    rows.merge(words[0], words[1], (one, other) -> one + "\n" + other);
                });
        return rows;
    }
}
