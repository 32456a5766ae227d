package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.TOOL;
import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Count;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Ran;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kept counters. Beyond these cases every test of the contract ends with a recount, and the
 * random calls compare every answer with those of a {@link MemoryStore}.
 */
public interface CountsContract extends StoreSubject {
    private static Count count(JobState.Name state, long jobs) {
        return count(state, jobs, Ran.NONE);
    }

    private static Count count(JobState.Name state, long jobs, Ran ran) {
        return new Count("default", TOOL, state, jobs, ran);
    }

    private static Ran ran(long attempts, int seconds) {
        return new Ran(attempts, Duration.ofSeconds(seconds));
    }

    @Test
    default void jobsAreCountedByQueueToolAndState() {
        try (var s = new StoreDriver(this)) {
            var plot = new ToolId("plot", "1");
            s.submit(Submission.of(plot, "{}").queue("a"));
            s.submit(Submission.of(plot, "{}").queue("a"));
            s.submit(Submission.of(plot, "{}").queue("b"));
            s.submit(job().queue("a"));
            s.start();

            assertThat(s.store.counts())
                    .containsExactlyInAnyOrder(
                            new Count("a", plot, JobState.Name.QUEUED, 2, Ran.NONE),
                            new Count("b", plot, JobState.Name.QUEUED, 1, Ran.NONE),
                            new Count("a", TOOL, JobState.Name.QUEUED, 1, Ran.NONE),
                            count(JobState.Name.RUNNING, 1));
        }
    }

    @Test
    default void aQueueIsAsOldAsItsLongestDueJob() {
        try (var s = new StoreDriver(this)) {
            assertThat(s.store.oldestDue()).isEmpty();
            var start = s.now();
            s.submit(job().queue("a").priority(-3));
            s.advance(Duration.ofSeconds(1));
            s.submit(job().queue("a").priority(7));
            s.submit(Submission.of(new ToolId("plot", "1"), "{}").queue("b"));
            s.submit(job().queue("later").runAt(s.now().plusSeconds(60)));
            var second = s.now();
            s.advance(Duration.ofSeconds(5));

            assertThat(s.store.oldestDue()).isEqualTo(Map.of("a", start, "b", second));

            s.advance(Duration.ofSeconds(55));
            s.store.promote(10);
            assertThat(s.store.oldestDue()).containsEntry("later", second.plusSeconds(60));
            // A job that runs is not due.
            assertThat(s.claim(9)).isNotNull();
            assertThat(s.store.oldestDue()).doesNotContainKeys("a", "later").containsKey("b");
        }
    }

    @Test
    default void aCounterFollowsAJobThroughItsLifeAndVanishesAtZero() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();
            assertThat(s.store.counts()).containsExactly(count(JobState.Name.QUEUED, 1));
            ClaimedJob first = s.start(id);
            assertThat(s.store.counts()).containsExactly(count(JobState.Name.RUNNING, 1));
            s.fail(first, ErrorClass.TRANSIENT);
            assertThat(s.store.counts()).containsExactly(count(JobState.Name.QUEUED, 1));
            s.advance(Duration.ofMinutes(1));
            s.fail(s.start(id), ErrorClass.PERMANENT);
            assertThat(s.store.counts()).containsExactly(count(JobState.Name.DEAD, 1, ran(1, 0)));
            s.store.redrive(id);
            s.store.cancel(id);
            assertThat(s.store.counts()).containsExactly(count(JobState.Name.CANCELLED, 1));
            s.store.discard(id);

            assertThat(s.store.counts()).isEmpty();
        }
    }

    @Test
    default void aCounterMovesForEveryJobThatMovesWithAnother() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob top = s.start();
            for (int i = 0; i < 3; i++) s.child(s.child(top.id()));
            assertThat(s.store.counts())
                    .containsExactlyInAnyOrder(
                            count(JobState.Name.RUNNING, 1), count(JobState.Name.WAITING, 6));

            s.fail(top, ErrorClass.PERMANENT);

            assertThat(s.store.counts())
                    .containsExactlyInAnyOrder(
                            count(JobState.Name.DEAD, 1, ran(1, 0)),
                            count(JobState.Name.CANCELLED, 6));
        }
    }

    @Test
    default void aCounterHasTheTimeOfTheAttemptsThatEndedItsJobs() {
        try (var s = new StoreDriver(this)) {
            JobId twice = s.submit();
            ClaimedJob first = s.start(twice);
            s.advance(Duration.ofSeconds(3));
            s.fail(first, ErrorClass.TRANSIENT);
            s.advance(Duration.ofMinutes(1));
            ClaimedJob second = s.start(twice);
            ClaimedJob other = s.start();
            s.advance(Duration.ofSeconds(4));
            s.complete(second);
            s.advance(Duration.ofSeconds(1));
            s.complete(other);
            ClaimedJob stopped = s.start();
            s.advance(Duration.ofSeconds(9));
            s.store.cancel(stopped.id());

            assertThat(s.store.counts())
                    .containsExactlyInAnyOrder(
                            count(JobState.Name.SUCCEEDED, 2, ran(2, 4 + 5)),
                            count(JobState.Name.CANCELLED, 1));
        }
    }

    @Test
    default void aJobThatIsRedrivenOrDiscardedTakesItsTimeAlong() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob back = s.start();
            ClaimedJob gone = s.start();
            ClaimedJob stays = s.start();
            s.advance(Duration.ofSeconds(2));
            for (ClaimedJob job : List.of(back, gone, stays)) s.fail(job, ErrorClass.PERMANENT);
            assertThat(s.store.counts()).containsExactly(count(JobState.Name.DEAD, 3, ran(3, 6)));

            s.store.redrive(back.id());
            s.store.discard(gone.id());

            assertThat(s.store.counts())
                    .containsExactlyInAnyOrder(
                            count(JobState.Name.QUEUED, 1),
                            count(JobState.Name.DEAD, 1, ran(1, 2)));
            ClaimedJob again = s.start(back.id());
            s.advance(Duration.ofSeconds(5));
            s.fail(again, ErrorClass.PERMANENT);
            assertThat(s.store.counts())
                    .containsExactly(count(JobState.Name.DEAD, 2, ran(2, 2 + 5)));
        }
    }

    @Test
    default void anAnswerThatWasKeptRanNothing() {
        try (var s = new StoreDriver(this)) {
            var reused = StoreDriver.shared("seven");
            ClaimedJob leader = s.start(reused);
            s.submit(reused);
            s.advance(Duration.ofSeconds(7));
            s.complete(leader);

            assertThat(s.store.counts())
                    .containsExactly(count(JobState.Name.SUCCEEDED, 2, ran(1, 7)));
        }
    }

    @Test
    default void aWriteThatIsRefusedMovesNoCounter() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob lost = s.start();
            s.store.cancel(lost.id());
            List<Count> before = s.store.counts();

            s.end(s.completed(lost, "1"));
            s.offer(job().parents(Set.of(s.nextId())));

            assertThat(s.store.counts()).isEqualTo(before);
        }
    }

    /** The same calls, with the same ids and at the same times, on this store and in memory. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    default void anyCallsLeaveTheSameStateHereAsInMemory(long seed) {
        RandomCalls.make(this, seed, 400);
    }
}
