package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Retention;
import dev.pawl.core.WorkerEntry;
import dev.pawl.testkit.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ChoresTest {
    private final Rig rig = new Rig();
    private final Chores chores = rig.loops.chores();
    private final Chores second =
            new Chores(rig.engine, "second", Rig.OPTIONS, rig.processes, rig.time);
    private final Run run = rig.claimOne(Rig.MAIL);

    @Test
    void aLeaseThatNobodyRenewsIsTakenBack() {
        chores.step();
        pass(Duration.ofSeconds(34));

        assertThat(rig.state(run))
                .isInstanceOfSatisfying(
                        JobState.Queued.class, s -> assertThat(s.failures()).isEqualTo(1));
        assertThat(rig.memory.history(run.job().id()).getFirst().kind())
                .contains(ErrorClass.LEASE_LOST);
    }

    @Test
    void notBeforeItHasBeenSeenUnchangedForAWholeLease() {
        rig.time.advance(Duration.ofHours(1));
        chores.step();
        pass(Duration.ofSeconds(28));
        assertThat(rig.state(run)).isInstanceOf(JobState.Running.class);

        pass(Duration.ofSeconds(4));

        assertThat(rig.state(run)).isInstanceOf(JobState.Queued.class);
    }

    @Test
    void aClockThatIsSetForwardTakesNothingBack() {
        chores.step();
        rig.time.stepWall(Duration.ofHours(1));

        pass(Duration.ofSeconds(10));

        assertThat(rig.state(run)).isInstanceOf(JobState.Running.class);
    }

    @Test
    void anOutageTakesNothingBack() {
        chores.step();
        pass(Duration.ofSeconds(20));
        rig.outage.away = true;
        rig.time.advance(Duration.ofMinutes(5));
        assertThatThrownBy(chores::step).hasMessageContaining("away");
        rig.outage.away = false;

        pass(Duration.ofSeconds(20));

        assertThat(rig.state(run)).isInstanceOf(JobState.Running.class);
    }

    @Test
    void norDoesAProcessThatStoodStill() {
        chores.step();
        pass(Duration.ofSeconds(10));
        rig.time.advance(Duration.ofMinutes(5));

        pass(Duration.ofSeconds(10));

        assertThat(rig.state(run)).isInstanceOf(JobState.Running.class);
    }

    @Test
    void jobsWhoseTimeIsOverAreRemovedWithinAMinute() {
        var kept = Retention.FOREVER.with(JobState.Name.CANCELLED, Duration.ofHours(1));
        var pruning = new Rig(Rig.OPTIONS.withRetention(kept));
        Chores its = pruning.loops.chores();
        JobId old = pruning.submit(Rig.MAIL);
        pruning.memory.cancel(old);
        JobId queued = pruning.submit(Rig.MAIL);
        its.step();
        pruning.time.advance(Duration.ofHours(1).plusMillis(1));
        JobId fresh = pruning.submit(Rig.MAIL);
        pruning.memory.cancel(fresh);

        its.step();

        assertThat(pruning.memory.find(old)).isEmpty();
        assertThat(pruning.memory.states(List.of(queued, fresh))).hasSize(2);
        assertThat(its.step()).as("no second walk at once").isPositive();
    }

    @Test
    void theJobsOfAWorkerWhoseProcessIsGoneFromThisMachineGoOnAtOnce() {
        rig.processes.gone.add(100L);

        chores.step();

        assertThat(rig.state(run)).isInstanceOf(JobState.Queued.class);
        assertThat(rig.processes.tidied).containsExactly("w");
        assertThat(rig.memory.workers()).isEmpty();
        assertThat(rig.memory.leases()).isEmpty();
    }

    @Test
    void aWorkerOfAnotherMachineIsNotJudgedByItsProcess() {
        WorkerEntry w = rig.entry("w", 100);
        rig.memory.register(
                new WorkerEntry(
                        "w",
                        "elsewhere/boot",
                        w.pid(),
                        w.pidStartedAt(),
                        w.tools(),
                        w.slots(),
                        w.startedAt(),
                        w.seenAt()));
        rig.processes.gone.add(100L);

        chores.step();

        assertThat(rig.state(run)).isInstanceOf(JobState.Running.class);
    }

    @Test
    void aWorkerThatNobodyHasSeenForADayIsForgotten() {
        rig.memory.register(rig.entry("other", 7));
        rig.time.advance(Duration.ofHours(25));
        rig.loops.heartbeat().step();

        chores.step();

        assertThat(rig.memory.workers().stream().map(WorkerEntry::id).collect(Collectors.toSet()))
                .containsExactly("w");
    }

    @Test
    void aDueJobBecomesClaimableAndWakesTheClaims() {
        Rig.accepted(
                rig.engine.submit(
                        Rig.submission(Rig.MAIL).runAt(FakeTime.START.plusSeconds(5)).build()));
        rig.time.advance(Duration.ofSeconds(5));

        chores.step();
        rig.loops.claim().step();

        assertThat(rig.runs).hasSize(2);
    }

    // ---- One for all

    @Test
    void oneWorkerDoesThemForAll() {
        chores.step();
        rig.outage.calls.clear();

        assertThat(second.step()).isPositive();

        assertThat(rig.outage.calls).containsExactly("workers", "lead");
    }

    @Test
    void whoLeadsSaysSoAgainInTime() {
        chores.step();
        for (int s = 0; s < 60; s++) {
            rig.time.advance(Duration.ofSeconds(1));
            chores.step();
            second.step();
        }

        assertThat(leader()).isEqualTo("w");
    }

    @Test
    void whenItIsGoneAnotherOneTakesOverWithinItsTimeAndALittle() {
        chores.step();
        second.step();

        for (int s = 0; s < 8; s++) {
            rig.time.advance(Duration.ofSeconds(1));
            second.step();
        }

        assertThat(leader()).isEqualTo("second");
        rig.outage.calls.clear();
        chores.step();
        assertThat(rig.outage.calls).doesNotContain("pruneEvents");
    }

    @Test
    void evenWhenTheStoresClockWasSetBack() {
        chores.step();
        rig.time.stepWall(Duration.ofHours(-1));

        for (int s = 0; s < 15; s++) {
            rig.time.advance(Duration.ofSeconds(1));
            second.step();
        }

        assertThat(leader()).isEqualTo("second");
    }

    @Test
    void whoTakesOverSeesALeaseUnchangedForItsWholeTimeFirst() {
        chores.step();
        pass(Duration.ofSeconds(25));
        chores.resign();
        second.step();
        for (int s = 0; s < 28; s++) {
            rig.time.advance(Duration.ofSeconds(1));
            second.step();
        }
        assertThat(rig.state(run)).isInstanceOf(JobState.Running.class);

        for (int s = 0; s < 8; s++) {
            rig.time.advance(Duration.ofSeconds(1));
            second.step();
        }

        assertThat(rig.state(run)).isInstanceOf(JobState.Queued.class);
    }

    @Test
    void whoStopsGivesTheLeadUp() {
        chores.step();

        rig.loops.resign();

        second.step();
        assertThat(leader()).isEqualTo("second");
    }

    @Test
    void aLeaderWhoseProcessIsGoneFromThisMachineIsFollowedAtOnce() {
        chores.step();
        rig.processes.gone.add(100L);

        second.step();

        assertThat(leader()).isEqualTo("second");
    }

    @Test
    void whatIsGoneFromThisMachineIsSeenByWhoDoesNotLead() {
        chores.step();
        rig.memory.register(rig.entry("other", 7));
        rig.processes.gone.add(7L);

        second.step();

        assertThat(leader()).isEqualTo("w");
        assertThat(rig.processes.tidied).containsExactly("other");
    }

    @Test
    void nothingToDoCostsFewCalls() {
        chores.step();
        rig.memory.cancel(run.job().id());
        rig.memory.stopped(run.job().token());
        rig.loops.claim().forgetSpent();
        rig.time.advance(Duration.ofSeconds(1));
        chores.step();
        rig.outage.calls.clear();

        rig.time.advance(Duration.ofSeconds(1));
        chores.step();

        assertThat(rig.outage.calls)
                .containsOnlyOnce("upcoming", "pruneEvents")
                .doesNotContain("promote", "expire", "workers", "now");
    }

    private String leader() {
        return rig.memory
                .lead("chores", "nobody", Duration.ofSeconds(1), Optional.empty())
                .holder();
    }

    /** Steps once a second, as the loop does. */
    private void pass(Duration duration) {
        for (long s = 0; s < duration.toSeconds(); s++) {
            rig.time.advance(Duration.ofSeconds(1));
            chores.step();
        }
    }
}
