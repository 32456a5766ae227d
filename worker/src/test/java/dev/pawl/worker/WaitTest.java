package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Outcome;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class WaitTest {
    private static final ToolId NOBODYS = ToolId.parse("nobodys@1");
    private static final WaitOptions OPTIONS = WaitOptions.defaults();

    private final Rig rig = new Rig();
    private final List<Tally> tallies = new ArrayList<>();

    @Test
    void itGoesOnUntilEveryJobIsOver() {
        Run first = rig.claimOne(Rig.MAIL);
        Run second = rig.claimOne(Rig.MAIL);
        Wait wait = wait(OPTIONS, first.job().id(), second.job().id());

        rig.finish(first);
        assertThat(wait.look()).isEmpty();
        rig.finish(second);

        assertThat(wait.look())
                .get()
                .isInstanceOfSatisfying(
                        Waited.AllOver.class, w -> assertThat(w.succeeded()).isTrue());
    }

    @Test
    void whatFailedIsListedWithItsReason() {
        Run dead = rig.claimOne(Rig.MAIL);
        dead.finish(Outcome.failed(ErrorClass.PERMANENT, "no such address"));
        rig.loops.complete().step();
        JobId cancelled = rig.submit(Rig.MAIL);
        rig.engine.cancel(cancelled);
        var unknown = new JobId(new UUID(1, 2));

        Waited end = wait(OPTIONS, dead.job().id(), cancelled, unknown).look().orElseThrow();

        assertThat(end.succeeded()).isFalse();
        assertThat(end.failures())
                .containsExactly(
                        new Waited.Failure(
                                dead.job().id(), Waited.Failure.Why.DEAD, "no such address"),
                        new Waited.Failure(
                                cancelled, Waited.Failure.Why.CANCELLED, "was cancelled"),
                        new Waited.Failure(
                                unknown, Waited.Failure.Why.VANISHED, "there is no such job"));
    }

    @Test
    void aJobThatIsDiscardedWhileOthersAreWaitedForHasEndedAndNotVanished() {
        JobId gone = rig.submit(Rig.MAIL);
        rig.engine.cancel(gone);
        JobId open = rig.submit(Rig.MAIL);
        Wait wait = wait(OPTIONS, gone, open);
        wait.look();
        rig.memory.discard(gone);
        rig.engine.cancel(open);

        Waited end = wait.look().orElseThrow();

        assertThat(end.tally().vanished()).isEmpty();
        assertThat(end.tally().states().get(gone)).isInstanceOf(JobState.Cancelled.class);
    }

    @Test
    void timeIsUp() {
        Wait wait = wait(OPTIONS.withTimeout(Duration.ofMinutes(1)), rig.submit(Rig.MAIL));
        wait.look();
        rig.time.advance(Duration.ofSeconds(59).plusMillis(900));
        assertThat(wait.rest()).isEqualTo(Duration.ofMillis(100));

        rig.time.advance(Duration.ofMillis(100));

        assertThat(wait.look()).get().isInstanceOf(Waited.TimedOut.class);
    }

    @Test
    void aToolThatNoLiveWorkerServesIsNamed() {
        Wait wait = wait(OPTIONS, rig.submit(NOBODYS));
        wait.look();
        rig.time.advance(Duration.ofSeconds(10));

        assertThat(wait.look())
                .get()
                .isInstanceOfSatisfying(
                        Waited.Unserved.class,
                        w -> assertThat(w.tools()).isEqualTo(Set.of(NOBODYS)));
    }

    @Test
    void aJobThatWaitsForAnUnservedOneIsUnservedToo() {
        JobId parent = rig.submit(NOBODYS);
        JobId child = child(parent);
        JobId grandchild = child(child);
        Wait together = wait(OPTIONS, parent, child);
        Wait alone = wait(OPTIONS, grandchild);
        together.look();
        alone.look();
        rig.time.advance(Duration.ofSeconds(10));

        assertThat(together.look()).get().isInstanceOf(Waited.Unserved.class);
        assertThat(alone.look())
                .get()
                .isInstanceOfSatisfying(
                        Waited.Unserved.class,
                        w -> assertThat(w.tools()).isEqualTo(Set.of(NOBODYS)));
    }

    @Test
    void aJobThatWaitsForARunningOneIsNot() {
        JobId child = child(rig.claimOne(Rig.MAIL).job().id());
        Wait wait = wait(OPTIONS, child, rig.submit(NOBODYS));
        wait.look();
        rig.time.advance(Duration.ofSeconds(10));

        assertThat(wait.look()).isEmpty();
    }

    @Test
    void whatIsNotKnownYetIsNotCalledUnserved() {
        var all = new ArrayList<>(rig.submit(NOBODYS, 2_500));
        all.add(rig.submit(Rig.MAIL));
        Wait wait = wait(OPTIONS, all.toArray(JobId[]::new));
        wait.look();
        rig.time.advance(Duration.ofSeconds(10));

        for (int looks = 0; looks < 5; looks++) assertThat(wait.look()).isEmpty();
    }

    @Test
    void aLargeSetThatNobodyServesIsFoundOutInAFewLooks() {
        Wait wait = wait(OPTIONS, rig.submit(NOBODYS, 2_500).toArray(JobId[]::new));
        wait.look();
        rig.time.advance(Duration.ofSeconds(10));

        assertThat(wait.look()).isEmpty();
        assertThat(wait.look()).isEmpty();
        assertThat(wait.look()).get().isInstanceOf(Waited.Unserved.class);
    }

    @Test
    void aWorkerThatWasNotSeenForLongServesNothing() {
        Wait wait = wait(OPTIONS, rig.submit(Rig.MAIL));
        wait.look();
        rig.time.advance(Duration.ofSeconds(30));
        assertThat(wait.look()).isEmpty();

        rig.time.advance(Duration.ofSeconds(30));

        assertThat(wait.look()).get().isInstanceOf(Waited.Unserved.class);
    }

    @Test
    void aJobOfTheFutureNeedsNoWorkerYet() {
        var later = FakeTime.START.plusSeconds(3_600);
        JobId id = Rig.accepted(rig.engine.submit(Rig.submission(NOBODYS).runAt(later).build()));
        Wait wait = wait(OPTIONS.withStall(Duration.ofSeconds(20)), id);
        wait.look();
        rig.time.advance(Duration.ofMinutes(10));

        assertThat(wait.look()).isEmpty();
    }

    @Test
    void aSetOfWhichNothingMovesHasStalled() {
        Run run = rig.claimOne(Rig.MAIL);
        Wait wait = wait(OPTIONS.withStall(Duration.ofSeconds(20)), run.job().id());
        wait.look();
        rig.time.advance(Duration.ofSeconds(20));

        assertThat(wait.look())
                .get()
                .isInstanceOfSatisfying(
                        Waited.Stalled.class,
                        w -> assertThat(w.since()).isEqualTo(Duration.ofSeconds(20)));
    }

    @Test
    void aRunningJobThatReportsProgressHasNot() {
        Run run = rig.claimOne(Rig.MAIL);
        Wait wait = wait(OPTIONS.withStall(Duration.ofSeconds(20)), run.job().id());
        wait.look();
        rig.time.advance(Duration.ofSeconds(20));
        run.progress(0.5, "half");
        rig.loops.journal().step();

        assertThat(wait.look()).isEmpty();
    }

    @Test
    void progressIsToldAtTheFirstLookAndWhenSomethingMoved() {
        Run run = rig.claimOne(Rig.MAIL);
        Wait wait = wait(OPTIONS, run.job().id());
        Optional<Waited> _ = wait.look();
        Optional<Waited> _ = wait.look();
        rig.finish(run);
        Optional<Waited> _ = wait.look();

        assertThat(tallies).extracting(Tally::over).containsExactly(0, 1);
    }

    private JobId child(JobId parent) {
        return Rig.accepted(
                rig.engine.submit(Rig.submission(Rig.MAIL).parents(Set.of(parent)).build()));
    }

    private Wait wait(WaitOptions options, JobId... jobs) {
        return new Wait(rig.store, rig.time, List.of(jobs), options, tallies::add);
    }
}
