package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Engine;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.NoArtifacts;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ClaimLoopTest {
    private final Rig rig = new Rig();
    private final ClaimLoop claim = rig.loops.claim();

    @Test
    void anIdleWorkerRestsForAPollOrUpToTwo() {
        assertThat(claim.step()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    }

    @Test
    void whenItsRestIsOverItGlancesBeforeItClaims() {
        rig.time.advance(claim.step());
        rig.outage.calls.clear();

        assertThat(claim.step()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));

        assertThat(rig.outage.calls).containsExactly("upcoming");
    }

    @Test
    void aJobThatNobodyToldOfIsFoundByTheGlance() {
        Duration rest = claim.step();
        JobId id = untold(FakeTime.START);
        rig.time.advance(rest);

        claim.step();

        assertThat(rig.state(id)).isInstanceOf(JobState.Running.class);
    }

    @Test
    void soIsWhenAnUntoldJobIsDueAndThenItStartsOnTime() {
        Duration rest = claim.step();
        JobId id = untold(FakeTime.START.plusMillis(rest.toMillis() + 41));
        rig.time.advance(rest);
        Duration left = claim.step();
        assertThat(left).isBetween(Duration.ofMillis(40), Duration.ofMillis(41));
        rig.time.advance(left);

        claim.step();

        assertThat(rig.state(id)).isInstanceOf(JobState.Running.class);
    }

    @Test
    void whoIsWokenClaimsWithoutAGlance() {
        claim.step();
        rig.outage.calls.clear();
        rig.time.advance(Duration.ofMillis(1));

        claim.step();

        assertThat(rig.outage.calls).contains("claim").doesNotContain("upcoming");
    }

    /** Submitted by another process, whose hint got lost. */
    private JobId untold(Instant runAt) {
        var other = new Engine(rig.memory, new NoArtifacts(), rig.time, new Random(1));
        return Rig.accepted(other.submit(Rig.submission(Rig.MAIL).runAt(runAt).build()));
    }

    @Test
    void aDueJobIsStarted() {
        var id = rig.submit(Rig.MAIL);

        claim.step();

        assertThat(rig.runs).extracting(run -> run.job().id()).containsExactly(id);
        assertThat(rig.state(id)).isInstanceOf(JobState.Running.class);
    }

    @Test
    void whatIsServedCanChangeWhileJobsRun() {
        var first = rig.submit(Rig.MAIL);
        claim.step();
        rig.loops.serve(
                Map.of(Rig.DRAW, Objects.requireNonNull(Rig.serving().tools().get(Rig.DRAW))));
        var second = rig.submit(Rig.DRAW);
        var third = rig.submit(Rig.MAIL);

        claim.step();

        assertThat(rig.runs).extracting(run -> run.job().id()).containsExactly(first, second);
        assertThat(rig.state(third)).isInstanceOf(JobState.Queued.class);
    }

    @Test
    void noMoreIsClaimedThanThereAreSlotsOfAKind() {
        rig.submit(Rig.MAIL, 20);
        rig.submit(Rig.DRAW, 20);

        claim.step();
        claim.step();

        assertThat(rig.runs).filteredOn(r -> r.served().slot() == Slot.HANDLER).hasSize(8);
        assertThat(rig.runs).filteredOn(r -> r.served().slot() == Slot.COMMAND).hasSize(2);
    }

    @Test
    void aClaimThatGotAllItAskedForIsFollowedAtOnce() {
        rig.submit(Rig.MAIL, 8);

        assertThat(claim.step()).isZero();
    }

    @Test
    void aBusyWorkerLetsAQuarterOfItsSlotsBecomeFree() {
        fillAllSlots();
        rig.finish(rig.runs.getFirst());

        assertThat(claim.step()).isEqualTo(Duration.ofMillis(2));
        rig.finish(rig.runs.get(1));
        claim.step();

        assertThat(rig.runs).hasSize(10 + 2);
    }

    @Test
    void orTwoMilliseconds() {
        fillAllSlots();
        rig.finish(rig.runs.getFirst());
        claim.step();

        rig.time.advance(Duration.ofMillis(2));
        claim.step();

        assertThat(rig.runs).hasSize(10 + 1);
    }

    private void fillAllSlots() {
        rig.submit(Rig.MAIL, 20);
        rig.submit(Rig.DRAW, 20);
        claim.step();
    }

    @Test
    void aJobOfTheFutureEndsTheRestAndIsClaimedThen() {
        var soon = FakeTime.START.plusMillis(70);
        Rig.accepted(rig.engine.submit(Rig.submission(Rig.MAIL).runAt(soon).build()));

        assertThat(claim.step()).isEqualTo(Duration.ofMillis(70));
        rig.time.advance(Duration.ofMillis(70));
        claim.step();

        assertThat(rig.runs).hasSize(1);
    }

    @Test
    void theNextClaimForgetsALeaseUnderWhichNothingRuns() {
        rig.finish(rig.claimOne(Rig.MAIL));
        assertThat(rig.memory.leases()).hasSize(1);

        rig.time.advance(Rig.OPTIONS.poll().multipliedBy(2));
        claim.step();

        assertThat(rig.memory.leases()).isEmpty();
    }

    @Test
    void whoIsWokenForAJobForgetsALeaseAtALaterClaim() {
        rig.finish(rig.claimOne(Rig.MAIL));
        rig.submit(Rig.MAIL);

        claim.step();

        assertThat(rig.runs).hasSize(2);
        assertThat(rig.memory.leases()).hasSize(2);
    }

    @Test
    void butManyLeasesAreForgottenAtOnce() {
        for (int i = 0; i < 40; i++) rig.finish(rig.claimOne(Rig.MAIL));

        assertThat(rig.memory.leases()).hasSizeLessThan(35);
    }

    @Test
    void whileTheStoreCantTakeWhatEndedClaimsStop() {
        var small = new Rig(Rig.OPTIONS.withClaimBatch(1));
        small.submit(Rig.MAIL, 40);
        for (int i = 0; i < 40; i++) {
            small.loops.claim().step();
            small.time.advance(Duration.ofMillis(2));
            small.runs.forEach(run -> finishOnce(small, run));
        }

        assertThat(small.runs).hasSize(8 + 2 + 2);
    }

    private static void finishOnce(Rig rig, Run run) {
        if (rig.loops.running().contains(run.job().token())) run.finish(Rig.DONE);
    }

    @Test
    void idleSlotsOfOneKindDontKeepTheOtherFromClaiming() {
        var small = new Rig(Rig.OPTIONS.withClaimBatch(1));
        small.submit(Rig.DRAW);
        small.submit(Rig.MAIL);

        small.loops.claim().step();

        assertThat(small.runs).hasSize(2);
    }

    @Test
    void fullSlotsOfOneKindDontKeepTheOtherFromResting() {
        var small = new Rig(Rig.OPTIONS.withCommandSlots(1));
        small.submit(Rig.DRAW);
        small.loops.claim().step();
        assertThat(small.runs).hasSize(1);

        Duration rest = small.loops.claim().step();

        assertThat(rest).isPositive();
    }

    @Test
    void nothingIsClaimedOnceStopped() {
        rig.submit(Rig.MAIL);
        rig.loops.stopClaiming();

        claim.step();

        assertThat(rig.runs).isEmpty();
    }

    @Test
    void aClaimThatDidNotTakePlaceLeavesTheLoopAsItWas() {
        rig.submit(Rig.MAIL);
        rig.outage.away = true;
        assertThatThrownBy(claim::step).hasMessageContaining("away");
        rig.outage.away = false;

        claim.step();

        assertThat(rig.runs).hasSize(1);
    }

    @Test
    void whatAClaimGotWhoseAnswerWasLostIsRun() {
        var id = rig.submit(Rig.MAIL);
        loseTheAnswer();

        claim.step();

        assertThat(rig.runs).hasSize(1);
        rig.finish(rig.runs.getFirst());
        assertThat(rig.state(id)).isEqualTo(new JobState.Succeeded(rig.memory.now(), 1));
        assertThat(rig.memory.history(id)).isEmpty();
    }

    @Test
    void slotsAreCountedForWhatWasFoundAgain() {
        rig.submit(Rig.MAIL, 20);
        loseTheAnswer();

        claim.step();
        claim.step();

        assertThat(rig.runs).hasSize(8);
    }

    @Test
    void whatIsFoundAgainTooLateGoesBackWithoutAFailure() {
        var id = rig.submit(Rig.MAIL);
        loseTheAnswer();
        rig.time.advance(Rig.OPTIONS.safe());

        claim.step();

        assertThat(rig.runs).extracting(run -> run.job().token().attempt()).containsExactly(2);
        assertThat(rig.state(id))
                .isInstanceOfSatisfying(
                        JobState.Running.class, s -> assertThat(s.failures()).isZero());
    }

    @Test
    void whoStopsGivesBackWhatItNeverHeardOf() {
        var id = rig.submit(Rig.MAIL);
        loseTheAnswer();
        rig.loops.stopClaiming();

        claim.step();

        assertThat(rig.state(id)).isEqualTo(new JobState.Queued(rig.memory.now(), 1, 0));
    }

    private void loseTheAnswer() {
        rig.outage.loseAnswerOf = "claim";
        assertThatThrownBy(claim::step).hasMessageContaining("lost");
        assertThat(rig.runs).isEmpty();
    }
}
