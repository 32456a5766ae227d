package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.accepted;
import static dev.pawl.testkit.StoreDriver.code;
import static dev.pawl.testkit.StoreDriver.file;
import static dev.pawl.testkit.StoreDriver.hash;
import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static dev.pawl.testkit.StoreDriver.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.InputKey;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Dead;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.JobState.Succeeded;
import dev.pawl.core.Kept;
import dev.pawl.core.Limit;
import dev.pawl.core.NewJob;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Submitted.Accepted;
import dev.pawl.core.Submitted.Existing;
import dev.pawl.core.Submitted.Refused;
import dev.pawl.core.Token;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Submitting: what is stored, what is answered, what is refused. */
public interface SubmitContract extends StoreSubject {
    String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    default void aFreshStoreIsEmpty() {
        try (var s = new StoreDriver(this)) {
            assertThat(s.listAll(JobFilter.ALL)).isEmpty();
            assertThat(s.store.counts()).isEmpty();
            assertThat(s.store.queues()).isEmpty();
            assertThat(s.store.workers()).isEmpty();
            assertThat(s.store.leases()).isEmpty();
        }
    }

    @Test
    default void anAcceptedJobIsQueuedForNow() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.nextId();

            Submitted answer = s.offer(new NewJob(id, job().build()));

            var queued = new Queued(s.now(), 0, 0);
            assertThat(answer).isEqualTo(new Accepted(id, queued));
            Job found = s.find(id);
            assertThat(found.state()).isEqualTo(queued);
            assertThat(found.submittedAt()).isEqualTo(s.now());
            assertThat(found.startedAt()).isEmpty();
            assertThat(found.output()).isEmpty();
            assertThat(found.cachedFrom()).isEmpty();
            assertThat(found.progress()).isEmpty();
            assertThat(found.stopping()).isFalse();
        }
    }

    @Test
    default void everyPartOfASubmissionIsReadBack() {
        try (var s = new StoreDriver(this)) {
            JobId parent = s.submit();
            Submission all =
                    Submission.of(new ToolId("plot", "2.1-beta"), "{\"a\": [1, 2.50, null]}")
                            .queue("mail")
                            .priority(-7)
                            .runAt(s.now().plusSeconds(60))
                            .ttl(Duration.ofHours(2))
                            .parents(Set.of(parent))
                            .goOn(true)
                            .tags(Set.of("red", "größe"))
                            .correlationId("flow 1")
                            .causation(parent.toString())
                            .tenant("acme")
                            .owner("ann")
                            .idempotencyKey("key 1")
                            .retry(
                                    new RetryPolicy(
                                            5,
                                            Duration.ofMillis(1_500),
                                            Duration.ofMinutes(3),
                                            Map.of(ErrorClass.USER, ErrorClass.Treatment.RETRY)))
                            .limit(new Limit("tool:plot", 4))
                            .key(new InputKey(hash("plot"), "{\"tool\": \"plot\"}"))
                            .reuse(new Reuse(Duration.ofDays(30), true))
                            .traceparent(TRACE)
                            .build();

            JobId id = accepted(s.offer(new NewJob(s.nextId(), all)));

            assertThat(s.find(id).submission()).isEqualTo(all);
        }
    }

    // ---- What an attempt submits

    @Test
    default void aRunningAttemptSubmitsJobsOfItsFlow() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob parent =
                    s.start(job().correlationId("flow 1").traceparent(TRACE).tenant("acme"));

            JobId child = s.submit(job().causedBy(parent));

            Submission said = s.find(child).submission();
            assertThat(said.causation()).isEqualTo(parent.id().toString());
            assertThat(said.correlationId()).isEqualTo("flow 1");
            assertThat(said.traceparent()).isEqualTo(TRACE);
            assertThat(said.tenant()).isEqualTo("acme");
        }
    }

    @Test
    default void anAttemptThatIsOverSubmitsNothing() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob completed = s.start();
            s.complete(completed);
            ClaimedJob cancelled = s.start();
            s.store.cancel(cancelled.id());
            ClaimedJob released = s.start();
            s.end(s.released(released));
            ClaimedJob again = s.start(released.id());

            for (ClaimedJob over : List.of(completed, cancelled, released))
                assertThat(code(s.offer(job().causedBy(over)))).isEqualTo(ErrorCode.LEASE_LOST);
            JobId child = s.submit(job().causedBy(again));

            assertThat(ids(s.listAll(JobFilter.ALL)))
                    .containsExactlyInAnyOrder(
                            completed.id(), cancelled.id(), released.id(), child);
        }
    }

    @Test
    default void aTokenMadeUpSubmitsNothing() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob job = s.start();
            var other = new Token(job.id(), job.token().attempt(), s.nextLease());
            var pretended = new ClaimedJob(other, job.submission(), job.state(), job.startedAt());

            assertThat(code(s.offer(job().causedBy(pretended)))).isEqualTo(ErrorCode.LEASE_LOST);
        }
    }

    @Test
    default void whatAnAttemptSubmittedIsFoundAgainAfterItsEnd() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob parent = s.start();
            var plain = new NewJob(s.nextId(), job().causedBy(parent).build());
            var keyed = new NewJob(s.nextId(), job().causedBy(parent).idempotencyKey("k").build());
            s.store.submit(List.of(plain, keyed));
            s.complete(parent);

            List<Submitted> again = s.store.submit(List.of(plain, keyed));

            assertThat(again).containsExactly(new Existing(plain.id()), new Existing(keyed.id()));
        }
    }

    @Test
    default void aJobThatIsThereIsFoundThoughItsQueueIsFullNow() {
        try (var s = new StoreDriver(this)) {
            s.store.setQueue(new QueueEntry("full", false, 1));
            var job = new NewJob(s.nextId(), job().queue("full").build());
            s.offer(job);

            assertThat(s.offer(job)).isEqualTo(new Existing(job.id()));
        }
    }

    @Test
    default void submittingNothingAnswersNothing() {
        try (var s = new StoreDriver(this)) {
            assertThat(s.store.submit(List.of())).isEmpty();
        }
    }

    @Test
    default void anIdThatIsThereAlreadyIsNotStoredAgain() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();

            assertThat(s.offer(new NewJob(id, job().priority(9).build())))
                    .isEqualTo(new Existing(id));

            assertThat(s.find(id).submission().priority()).isZero();
        }
    }

    // ---- Idempotency

    @Test
    default void theSameKeyAndInputIsTheSameJob() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(job().idempotencyKey("k"));

            assertThat(s.offer(job().idempotencyKey("k"))).isEqualTo(new Existing(id));
        }
    }

    @Test
    default void theSameKeyAndInputHashIsTheSameJobThoughTheTextDiffers() {
        try (var s = new StoreDriver(this)) {
            var key = new InputKey(hash("x"), "{}");
            JobId id =
                    s.submit(
                            Submission.of(StoreDriver.TOOL, "{\"a\":1}")
                                    .idempotencyKey("k")
                                    .key(key));

            Submitted again =
                    s.offer(
                            Submission.of(StoreDriver.TOOL, "{ \"a\": 1.0 }")
                                    .idempotencyKey("k")
                                    .key(key));

            assertThat(again).isEqualTo(new Existing(id));
        }
    }

    @Test
    default void theSameKeyWithAnotherInputIsAConflict() {
        try (var s = new StoreDriver(this)) {
            s.submit(job().idempotencyKey("k"));

            Submitted other = s.offer(Submission.of(StoreDriver.TOOL, "{}").idempotencyKey("k"));

            assertThat(code(other)).isEqualTo(ErrorCode.IDEMPOTENCY_CONFLICT);
        }
    }

    @Test
    default void theSameKeyWithAnotherToolIsAConflict() {
        try (var s = new StoreDriver(this)) {
            s.submit(job().idempotencyKey("k"));

            Submitted other =
                    s.offer(
                            Submission.of(new ToolId("count", "2"), "{\"n\": 1}")
                                    .idempotencyKey("k"));

            assertThat(code(other)).isEqualTo(ErrorCode.IDEMPOTENCY_CONFLICT);
        }
    }

    @Test
    default void anIdempotencyKeyHoldsWithinItsTenant() {
        try (var s = new StoreDriver(this)) {
            s.submit(job().idempotencyKey("k"));

            assertThat(s.offer(job().idempotencyKey("k").tenant("acme")))
                    .isInstanceOf(Accepted.class);
        }
    }

    @Test
    default void withinOneBatchTheSecondOfTheSameKeyIsTheFirst() {
        try (var s = new StoreDriver(this)) {
            var first = new NewJob(s.nextId(), job().idempotencyKey("k").build());
            var second = new NewJob(s.nextId(), job().idempotencyKey("k").build());

            List<Submitted> answers = s.store.submit(List.of(first, second));

            assertThat(accepted(answers.getFirst())).isEqualTo(first.id());
            assertThat(answers.getLast()).isEqualTo(new Existing(first.id()));
        }
    }

    @Test
    default void anIdempotencyKeyOutlivesItsJob() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.ended(JobState.Name.CANCELLED, job().idempotencyKey("k"));
            s.store.discard(id);

            assertThat(s.offer(job().idempotencyKey("k"))).isEqualTo(new Existing(id));
            assertThat(s.store.find(id)).isEmpty();
        }
    }

    @Test
    default void aRefusedJobDoesNotTakeItsKey() {
        try (var s = new StoreDriver(this)) {
            var orphan = job().idempotencyKey("k").parents(Set.of(s.nextId()));
            assertThat(s.offer(orphan)).isInstanceOf(Refused.class);

            assertThat(s.offer(job().idempotencyKey("k"))).isInstanceOf(Accepted.class);
        }
    }

    @Test
    default void aRepeatedSubmitIsAnsweredThoughTheQueueIsFullByNow() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(job().idempotencyKey("k"));
            s.store.setQueue(new QueueEntry("default", false, 1));

            assertThat(s.offer(job().idempotencyKey("k"))).isEqualTo(new Existing(id));
        }
    }

    // ---- Depth

    @Test
    default void aFullQueueTakesNoMoreUntilOneOfItsJobsEnds() {
        try (var s = new StoreDriver(this)) {
            s.store.setQueue(new QueueEntry("default", false, 3));
            JobId running = s.submit();
            JobId waiting = s.child(running);
            JobId later = s.submit(job().runAt(s.now().plusSeconds(60)));
            var claimed = s.start(running);
            s.advance(Duration.ofSeconds(2));

            assertThat(code(s.offer(job()))).isEqualTo(ErrorCode.QUEUE_FULL);
            s.complete(claimed);
            s.advance(Duration.ofSeconds(2));

            assertThat(s.offer(job())).isInstanceOf(Accepted.class);
            assertThat(s.names(List.of(waiting, later))).containsOnly(JobState.Name.QUEUED);
        }
    }

    @Test
    default void aKeptResultAnswersThoughTheQueueIsFull() {
        try (var s = new StoreDriver(this)) {
            s.store.setQueue(new QueueEntry("default", false, 1));
            s.complete(s.start(shared("a")));
            s.submit();
            s.advance(Duration.ofSeconds(2));
            Kept kept = s.store.kept("default", hash("a")).orElseThrow();

            Submitted answer = s.offer(new NewJob(s.nextId(), shared("a").build(), kept));

            assertThat(s.name(accepted(answer))).isEqualTo(JobState.Name.SUCCEEDED);
        }
    }

    // ---- Time

    @Test
    default void aJobForLaterIsQueuedForThatMoment() {
        try (var s = new StoreDriver(this)) {
            Instant runAt = s.now().plusMillis(90_001);

            JobId id = s.submit(job().runAt(runAt));

            assertThat(s.state(id)).isEqualTo(new Queued(runAt, 0, 0));
            assertThat(s.claim(1).jobs()).isEmpty();
        }
    }

    @Test
    default void aMomentInThePastMeansAtOnce() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(job().runAt(s.now().minusSeconds(60)));

            assertThat(ids(s.claim(1))).containsExactly(id);
        }
    }

    // ---- Text

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "\"\"",
                "{ \"b\": 1,\n\t\"a\": 2, \"a\": 3 }",
                "[9007199254740993, 1e400, -0, 0.10]",
                "\"grüße, Ελλάδα, 日本, 😀 𝒳 👩‍👩‍👧\"",
                "\"a ' \\\" \\\\ ; DROP TABLE job; -- %s :id ? $1 {0}\"",
                "\"\\u007f\\u2028\\ufeff\\uffff\""
            })
    default void inputAndOutputAreReadBackToTheLastCharacter(String json) {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(Submission.of(StoreDriver.TOOL, json));
            var claimed = s.start(id);
            assertThat(claimed.submission().input()).isEqualTo(json);
            StoreDriver.done(s.end(s.completed(claimed, json)));

            assertThat(s.find(id).submission().input()).isEqualTo(json);
            assertThat(s.find(id).output()).isEqualTo(json);
        }
    }

    @Test
    default void fiveMegabytesGoInAndComeOut() {
        try (var s = new StoreDriver(this)) {
            String large = "\"" + "pawl ü 😀 ".repeat(400_000) + "\"";
            JobId id = s.submit(Submission.of(StoreDriver.TOOL, large));
            var claimed = s.start(id);
            StoreDriver.done(s.end(s.completed(claimed, large)));

            // Not isEqualTo: a failure would print ten megabytes.
            assertThat(claimed.submission().input().equals(large)).isTrue();
            assertThat(s.find(id).output().equals(large)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\u0000b\"", "\"a\\u0000b\""})
    default void aNullCharacterIsReadBackOrRefusedByName(String json) {
        try (var s = new StoreDriver(this)) {
            Submitted answer = s.offer(Submission.of(StoreDriver.TOOL, json));

            if (answer instanceof Refused) {
                assertThat(code(answer)).isEqualTo(ErrorCode.INPUT_INVALID);
            } else {
                assertThat(s.find(accepted(answer)).submission().input()).isEqualTo(json);
            }
        }
    }

    @Test
    default void fiftyTagsAreReadBack() {
        try (var s = new StoreDriver(this)) {
            var tags = new LinkedHashSet<String>();
            for (int i = 0; i < 49; i++) tags.add("tag,%d'\";😀".formatted(i));
            tags.add("x".repeat(200));

            JobId id = s.submit(job().tags(tags));

            assertThat(s.find(id).submission().tags()).isEqualTo(tags);
        }
    }

    // ---- Answered from what is kept

    @Test
    default void aJobWithAnAnswerSucceedsAtOnceWithOutputArtifactsAndItsSource() {
        try (var s = new StoreDriver(this)) {
            var ran = s.start(shared("a"));
            StoreDriver.done(
                    s.end(
                            s.completed(
                                    ran, "{\"sum\": 3}", file("b.txt", "b"), file("a.txt", "a"))));
            Kept kept = s.store.kept("default", hash("a")).orElseThrow();
            s.advance(Duration.ofMinutes(1));

            JobId id = s.nextId();
            Submitted answer = s.offer(new NewJob(id, shared("a").build(), kept));

            assertThat(answer).isEqualTo(new Accepted(id, new Succeeded(s.now(), 0)));
            Job found = s.find(id);
            assertThat(found.state()).isEqualTo(new Succeeded(s.now(), 0));
            assertThat(found.output()).isEqualTo("{\"sum\": 3}");
            assertThat(found.cachedFrom()).contains(ran.id());
            assertThat(found.startedAt()).isEmpty();
            assertThat(s.store.artifacts(id))
                    .containsExactly(file("a.txt", "a"), file("b.txt", "b"));
            assertThat(s.claim(1).jobs()).isEmpty();
        }
    }

    @Test
    default void aKeptUserErrorAnswersWithADeadJobAndItsMessage() {
        try (var s = new StoreDriver(this)) {
            var reuse = new Reuse(Duration.ofHours(1), true);
            var ran = s.start(shared("a").reuse(reuse));
            s.end(s.failed(ran, ErrorClass.USER, "field x is missing"));
            Kept kept = s.store.kept("default", hash("a")).orElseThrow();

            JobId id = accepted(s.offer(new NewJob(s.nextId(), shared("a").build(), kept)));

            assertThat(s.state(id)).isEqualTo(new Dead(s.now(), 0, ErrorClass.USER));
            assertThat(s.find(id).output()).isEqualTo("field x is missing");
            assertThat(s.find(id).cachedFrom()).contains(ran.id());
        }
    }

    @Test
    default void anAnsweredJobDoesNotProlongWhatIsKept() {
        try (var s = new StoreDriver(this)) {
            s.complete(s.start(shared("a")));
            Kept kept = s.store.kept("default", hash("a")).orElseThrow();
            s.advance(Duration.ofMinutes(30));

            accepted(s.offer(new NewJob(s.nextId(), shared("a").build(), kept)));

            assertThat(s.store.kept("default", hash("a"))).contains(kept);
        }
    }
}
