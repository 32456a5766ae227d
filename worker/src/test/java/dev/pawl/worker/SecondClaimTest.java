package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SecondClaimTest {
    private final Rig rig = new Rig(Rig.OPTIONS.withClaimBatch(3));
    private final Loop first = rig.loops.claim();
    private final Loop second = rig.loops.second();

    @Test
    void whileOneClaimIsUnderWayAnotherTakesWhatIsFreeBesideIt() {
        rig.submit(Rig.MAIL, 20);
        Duration _ = first.step();
        rig.outage.meanwhile = second::step;

        Duration _ = first.step();

        assertThat(rig.runs).as("all slots of handlers, and not one more").hasSize(8);
        assertThat(rig.loops.held().free(Slot.HANDLER, 1)).isZero();
    }

    @Test
    void itIsWokenByAClaimAfterOneThatGotAllItAskedFor() {
        rig.submit(Rig.MAIL, 4);
        Duration _ = first.step();
        assertThat(rig.loops.woken(second)).isFalse();

        Duration _ = first.step();
        assertThat(rig.loops.woken(second)).isTrue();

        Duration _ = first.step();
        assertThat(rig.loops.woken(second)).as("the last one got less").isFalse();
    }

    @Test
    void itGoesOnWhileItGetsAllItAsksForAndRestsThen() {
        rig.submit(Rig.MAIL, 7);
        hungry();

        assertThat(second.step()).isZero();
        assertThat(second.step()).as("fewer than it asked for are left").isEqualTo(Loop.FOREVER);
        assertThat(rig.runs).hasSize(7);
    }

    @Test
    void fewFreePlacesAreNotWorthASecondClaim() {
        rig.submit(Rig.MAIL, 20);
        for (int i = 0; i < 3; i++) first.step();
        rig.finish(rig.runs.getFirst());
        rig.outage.calls.clear();

        assertThat(second.step()).isEqualTo(Loop.FOREVER);

        assertThat(rig.outage.calls).doesNotContain("claim");
    }

    @Test
    void itAsksForKindsOnlyOfWhichThereIsMore() {
        rig.submit(Rig.MAIL, 20);
        hungry();
        rig.submit(Rig.DRAW);

        Duration _ = second.step();

        assertThat(rig.runs).extracting(run -> run.served().slot()).containsOnly(Slot.HANDLER);
    }

    @Test
    void itAsksForWhatIsServedNow() {
        rig.submit(Rig.MAIL, 20);
        hungry();
        rig.loops.serve(Map.of());
        int before = rig.runs.size();

        Duration _ = second.step();

        assertThat(rig.runs).hasSize(before);
    }

    @Test
    void itLeavesSpentLeasesToTheOther() {
        rig.finish(rig.claimOne(Rig.MAIL));
        rig.submit(Rig.MAIL, 20);
        hungry();
        int leases = rig.memory.leases().size();

        Duration _ = second.step();

        assertThat(rig.memory.leases()).hasSize(leases + 1);
    }

    /**
     * It asked for what was free when this loop looked, and this loop asks for it a moment later.
     */
    @Test
    void whoFindsItsPlacesTakenIsWokenByTheNextThatIsFree() {
        rig.submit(Rig.MAIL, 20);
        hungry();
        hungry();
        assertThat(rig.loops.held().ask(Slot.HANDLER, 1, 9)).isEqualTo(2);
        assertThat(rig.loops.held().ask(Slot.HANDLER, 1, 9)).isZero();
        boolean _ = rig.loops.woken(first);

        rig.finish(rig.runs.getFirst());

        assertThat(rig.loops.woken(first)).isTrue();
    }

    @Test
    void whoWaitsForItsPlacesIsWokenWhenItBringsNothing() {
        rig.submit(Rig.MAIL, 3);
        rig.submit(Rig.DRAW, 2);
        hungry();
        rig.outage.meanwhile =
                () -> {
                    assertThat(rig.loops.held().ask(Slot.HANDLER, 1, 9)).isEqualTo(2);
                    Duration _ = first.step();
                };
        rig.outage.calls.clear();
        boolean _ = rig.loops.woken(first);

        Duration _ = second.step();

        assertThat(rig.outage.count("claim")).as("all places were taken").isEqualTo(1);
        assertThat(rig.loops.woken(first)).isTrue();
    }

    @Test
    void aClaimWithoutAnAnswerKeepsItsPlacesUntilItIsKnownWhatItBrought() {
        rig.submit(Rig.MAIL, 20);
        hungry();
        loseTheAnswer();
        assertThat(rig.loops.held().free(Slot.HANDLER, 1)).isEqualTo(2);
        assertThat(rig.loops.held().idle()).isFalse();

        Duration _ = second.step();

        assertThat(rig.runs).as("what it brought, and what another claim does").hasSize(3 + 3 + 2);
    }

    @Test
    void whoStopsGivesBackWhatItNeverHeardOf() {
        List<JobId> ids = rig.submit(Rig.MAIL, 4);
        hungry();
        loseTheAnswer();
        rig.loops.stopClaiming();
        assertThat(rig.loops.woken(second)).isTrue();

        Duration _ = second.step();

        assertThat(rig.state(ids.getLast())).isEqualTo(new JobState.Queued(rig.memory.now(), 1, 0));
        assertThat(rig.loops.held().free(Slot.HANDLER, 1)).isEqualTo(5);
    }

    /** A claim that gets all it asks for, and so the next one after it wakes the second. */
    private void hungry() {
        rig.outage.meanwhile = null;
        Duration _ = first.step();
    }

    private void loseTheAnswer() {
        rig.outage.loseAnswerOf = "claim";
        assertThatThrownBy(second::step).hasMessageContaining("lost");
    }
}
