package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.accepted;
import static dev.pawl.testkit.StoreDriver.code;
import static dev.pawl.testkit.StoreDriver.hash;
import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.InputKey;
import dev.pawl.core.JobId;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitKey;
import dev.pawl.core.NewJob;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Submitted.Existing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Many jobs in one call, which a store may write together. */
public interface SubmitManyContract extends StoreSubject {
    @Test
    default void theAnswersComeInTheOrderOfTheJobsAndABadOneIsRefusedAlone() {
        try (var s = new StoreDriver(this)) {
            JobId known = s.submit(job().idempotencyKey("taken"));
            s.store.setQueue(new QueueEntry("full", false, 1));
            s.submit(job().queue("full"));
            var asked = new ArrayList<NewJob>();
            for (Submission.Builder job :
                    List.of(
                            job(),
                            job().parents(Set.of(s.nextId())),
                            job().idempotencyKey("taken"),
                            job().queue("full"),
                            Submission.of(StoreDriver.TOOL, "{}").idempotencyKey("taken"),
                            job())) asked.add(new NewJob(s.nextId(), job.build()));

            List<Submitted> answers = s.store.submit(asked);

            assertThat(answers).hasSize(6);
            assertThat(accepted(answers.get(0))).isEqualTo(asked.get(0).id());
            assertThat(code(answers.get(1))).isEqualTo(ErrorCode.PARENT_NOT_FOUND);
            assertThat(answers.get(2)).isEqualTo(new Existing(known));
            assertThat(code(answers.get(3))).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(code(answers.get(4))).isEqualTo(ErrorCode.IDEMPOTENCY_CONFLICT);
            assertThat(accepted(answers.get(5))).isEqualTo(asked.get(5).id());
            assertThat(s.store.states(asked.stream().map(NewJob::id).toList()))
                    .containsOnlyKeys(asked.get(0).id(), asked.get(5).id());
        }
    }

    @Test
    default void aThousandJobsGoInAtOnce() {
        try (var s = new StoreDriver(this)) {
            var asked = new ArrayList<NewJob>();
            for (int i = 0; i < 1_000; i++) asked.add(new NewJob(s.nextId(), job().build()));

            List<Submitted> answers = s.store.submit(asked);

            assertThat(answers.stream().map(StoreDriver::accepted))
                    .containsExactlyElementsOf(asked.stream().map(NewJob::id).toList());
            assertThat(ids(s.claim(1_000)))
                    .containsExactlyElementsOf(asked.stream().map(NewJob::id).toList());
        }
    }

    /** Twice, as {@link #eachOfManyJobsKeepsWhatIsItsOwn}; a cap has room for two of four. */
    @Test
    default void aQueuesCapHoldsAmongJobsThatAreAlike() {
        try (var s = new StoreDriver(this)) {
            for (String queue : List.of("fresh", "known")) {
                if (queue.equals("known")) s.complete(s.start(job().queue(queue)));
                s.store.setQueue(new QueueEntry(queue, false, 2));
                var asked = new ArrayList<NewJob>();
                for (int i = 0; i < 4; i++)
                    asked.add(new NewJob(s.nextId(), job().queue(queue).build()));

                List<Submitted> answers = s.store.submit(asked);

                for (int i = 0; i < 2; i++)
                    assertThat(accepted(answers.get(i))).isEqualTo(asked.get(i).id());
                for (int i = 2; i < 4; i++)
                    assertThat(code(answers.get(i))).isEqualTo(ErrorCode.QUEUE_FULL);
                assertThat(ids(s.claim(10))).containsExactly(asked.get(0).id(), asked.get(1).id());
            }
        }
    }

    /** What a job may say that the others beside it don't. */
    List<UnaryOperator<Submission.Builder>> OTHERS =
            List.of(
                    job -> job.key(new InputKey(hash("a"), "{\"tool\": \"plot\"}")),
                    job -> job.correlationId("flow 1"),
                    job -> job.causation("a job"),
                    job -> job.traceparent(SubmitContract.TRACE),
                    job -> job.owner("ann"),
                    job -> job.tenant("acme"),
                    job -> job.queue("mail"),
                    job -> job.priority(-7),
                    job -> job.runAt(Instant.ofEpochSecond(7_000_000_000L)),
                    job -> job.runAt(Instant.ofEpochSecond(-7)),
                    job -> job.ttl(Duration.ofHours(2)),
                    job -> job.goOn(true),
                    job -> job.tags(Set.of("red")),
                    job ->
                            job.retry(
                                    new RetryPolicy(
                                            5,
                                            Duration.ofMillis(1_500),
                                            Duration.ofMinutes(3),
                                            Map.of())),
                    job -> job.limit(new Limit("tool:plot", 4)),
                    job -> job.limit(perSite("a")),
                    job ->
                            job.reuse(new Reuse(Duration.ZERO, true))
                                    .key(new InputKey(hash("b"), "")));

    /** Twice, for the first submit makes known what the jobs name. */
    @Test
    default void eachOfManyJobsKeepsWhatIsItsOwn() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 2; i++)
                for (UnaryOperator<Submission.Builder> other : OTHERS) {
                    for (NewJob one : together(s, job(), other.apply(job()), job(), job()))
                        assertThat(s.find(one.id()).submission()).isEqualTo(one.submission());
                }
        }
    }

    @Test
    default void eachOfManyJobsWithALimitHasItsOwnKey() {
        try (var s = new StoreDriver(this)) {
            JobId before = s.submit(job().limit(perSite("x")));

            var asked = new ArrayList<Submission.Builder>();
            for (String key : List.of("a", "b", "a", "c")) asked.add(job().limit(perSite(key)));
            List<NewJob> jobs = together(s, asked.toArray(Submission.Builder[]::new));

            for (NewJob one : jobs)
                assertThat(s.find(one.id()).submission()).isEqualTo(one.submission());
            assertThat(ids(s.claim(10)))
                    .containsExactlyInAnyOrder(
                            before, jobs.get(0).id(), jobs.get(1).id(), jobs.get(3).id());
        }
    }

    private static Limit perSite(String key) {
        return new Limit("tool:plot", Integer.MAX_VALUE)
                .per("site", new LimitKey(key, 1, Rate.NONE));
    }

    private static List<NewJob> together(StoreDriver s, Submission.Builder... asked) {
        var jobs = new ArrayList<NewJob>();
        for (Submission.Builder one : asked) jobs.add(new NewJob(s.nextId(), one.build()));
        s.store.submit(jobs).forEach(StoreDriver::accepted);
        return jobs;
    }
}
