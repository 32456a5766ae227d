package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.done;
import static dev.pawl.testkit.StoreDriver.job;
import static dev.pawl.testkit.StoreDriver.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.NewJob;
import dev.pawl.core.Pruned;
import dev.pawl.core.Retention;
import dev.pawl.core.Submitted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that have ended are removed when their time is over, and nothing else is. */
public interface RetentionContract extends StoreSubject {
    Duration KEPT = Duration.ofDays(1);

    private static Retention all() {
        return Retention.FOREVER
                .with(JobState.Name.SUCCEEDED, KEPT)
                .with(JobState.Name.DEAD, KEPT)
                .with(JobState.Name.CANCELLED, KEPT);
    }

    private static int prune(StoreDriver s, Retention retention) {
        Pruned pruned = s.store.prune(retention.until(s.now()), "", 1_000);
        assertThat(pruned.next()).isEmpty();
        return pruned.jobs();
    }

    @ParameterizedTest
    @EnumSource(names = {"SUCCEEDED", "DEAD", "CANCELLED"})
    default void aJobGoesWhenItsStatesTimeIsOverAndNotBefore(JobState.Name ended) {
        try (var s = new StoreDriver(this)) {
            JobId id = s.ended(ended, job().tags(Set.of("red")));
            Retention others = all();
            for (JobState.Name other : others.kept().keySet())
                if (other != ended) others = Retention.FOREVER.with(other, Duration.ZERO);
            s.advance(KEPT);

            assertThat(prune(s, all())).as("at its time").isZero();
            assertThat(s.store.find(id)).isPresent();
            s.advance(Duration.ofMillis(1));
            assertThat(prune(s, others)).as("by another state's time").isZero();
            assertThat(prune(s, Retention.FOREVER)).isZero();

            assertThat(prune(s, all())).isEqualTo(1);

            assertThat(s.store.find(id)).isEmpty();
            assertThat(s.store.list(JobFilter.ALL, "", 10)).isEmpty();
            assertThat(s.store.counts()).isEmpty();
            assertThat(s.store.history(id)).isEmpty();
            assertThat(prune(s, all())).isZero();
        }
    }

    @Test
    default void nothingUnfinishedGoesHoweverOldItIs() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start(shared("a"));
            JobId follower = s.submit(shared("a"));
            JobId child = s.child(running.id());
            JobId queued = s.submit();
            JobId later = s.submit(job().runAt(s.now().plus(KEPT.multipliedBy(9))));
            s.advance(KEPT.multipliedBy(2));

            assertThat(prune(s, all())).isZero();

            for (JobId id : List.of(running.id(), follower, child, queued, later))
                assertThat(s.state(id).ended()).isFalse();
        }
    }

    @Test
    default void aJobStaysWhileAChildIsUnfinished() {
        try (var s = new StoreDriver(this)) {
            JobId parent = s.ended(JobState.Name.SUCCEEDED);
            JobId other = s.submit();
            JobId child = s.child(parent, other);
            s.advance(KEPT.multipliedBy(2));

            assertThat(prune(s, all())).isZero();

            s.complete(s.start(other));
            s.complete(s.start(child));
            assertThat(prune(s, all())).as("the parent, as its child has ended").isEqualTo(1);
            assertThat(s.store.find(parent)).isEmpty();
            assertThat(s.store.find(child)).isPresent();
            s.advance(KEPT.multipliedBy(2));
            assertThat(prune(s, all())).isEqualTo(2);
        }
    }

    @Test
    default void aCancelledJobStaysWhileItsHandlerMayRun() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start();
            assertThat(s.store.cancel(running.id())).isPresent();
            s.advance(KEPT.multipliedBy(2));

            assertThat(prune(s, all())).isZero();

            done(s.store.stopped(running.token()));
            assertThat(prune(s, all())).isEqualTo(1);
        }
    }

    @Test
    default void aJobStaysWhileItsResultIsKept() {
        try (var s = new StoreDriver(this)) {
            s.complete(s.start(shared("a")));
            s.advance(Duration.ofMinutes(59));
            Retention soon = Retention.FOREVER.with(JobState.Name.SUCCEEDED, Duration.ofMinutes(1));

            assertThat(prune(s, soon)).isZero();
            assertThat(s.store.kept("default", StoreDriver.hash("a"))).isPresent();

            s.advance(Duration.ofHours(1));
            assertThat(prune(s, soon)).isEqualTo(1);
        }
    }

    @Test
    default void aWalkGoesOnWhereTheLookBeforeEnded() {
        try (var s = new StoreDriver(this)) {
            var ids = new ArrayList<JobId>();
            for (int i = 0; i < 5; i++)
                ids.add(s.ended(i == 2 ? JobState.Name.DEAD : JobState.Name.SUCCEEDED));
            s.advance(KEPT.multipliedBy(2));
            Retention retention = Retention.FOREVER.with(JobState.Name.SUCCEEDED, KEPT);

            var looks = new ArrayList<Integer>();
            String next = "";
            do {
                Pruned look = s.store.prune(retention.until(s.now()), next, 2);
                looks.add(look.jobs());
                next = look.next();
            } while (!next.isEmpty());

            assertThat(looks).containsExactly(2, 1, 1);
            assertThat(s.store.states(ids)).containsOnlyKeys(ids.get(2));
        }
    }

    @Test
    default void anIdempotencyKeyIsTakenAfterItsJobHasGone() {
        try (var s = new StoreDriver(this)) {
            JobId first = s.ended(JobState.Name.SUCCEEDED, job().idempotencyKey("k"));
            s.advance(KEPT.multipliedBy(2));
            assertThat(prune(s, all())).isEqualTo(1);

            var again = new NewJob(s.nextId(), job().idempotencyKey("k").build());

            assertThat(s.store.submit(List.of(again)))
                    .containsExactly(new Submitted.Existing(first));
        }
    }
}
