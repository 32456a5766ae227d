package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import java.time.Duration;
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
        rig.submit(Rig.MAIL, 4);

        assertThat(second.step()).isZero();
        assertThat(second.step()).isEqualTo(Loop.FOREVER);
        assertThat(rig.runs).hasSize(4);
    }

    @Test
    void fewFreePlacesAreNotWorthASecondClaim() {
        rig.submit(Rig.MAIL, 20);
        rig.submit(Rig.DRAW, 2);
        for (int i = 0; i < 3; i++) first.step();
        rig.finish(rig.runs.getFirst());
        rig.outage.calls.clear();

        assertThat(second.step()).isEqualTo(Loop.FOREVER);

        assertThat(rig.outage.calls).doesNotContain("claim");
    }

    @Test
    void whoWaitsForItsPlacesIsWokenWhenItBringsNothing() {
        var all = new Rig();
        all.outage.meanwhile = () -> all.loops.claim().step();
        boolean _ = all.loops.woken(all.loops.claim());

        Duration _ = all.loops.second().step();

        assertThat(all.outage.count("claim")).as("all places were taken").isEqualTo(1);
        assertThat(all.loops.woken(all.loops.claim())).isTrue();
    }

    @Test
    void aClaimWithoutAnAnswerKeepsItsPlacesUntilItIsKnownWhatItBrought() {
        rig.submit(Rig.MAIL, 20);
        loseTheAnswer();
        assertThat(rig.loops.held().free(Slot.HANDLER, 1)).isEqualTo(5);
        assertThat(rig.loops.held().idle()).isFalse();

        Duration _ = second.step();

        assertThat(rig.runs).as("what it brought, and another claim's").hasSize(6);
        assertThat(rig.loops.held().free(Slot.HANDLER, 1)).isEqualTo(2);
    }

    @Test
    void whoStopsGivesBackWhatItNeverHeardOf() {
        JobId id = rig.submit(Rig.MAIL);
        loseTheAnswer();
        rig.loops.stopClaiming();
        assertThat(rig.loops.woken(second)).isTrue();

        Duration _ = second.step();

        assertThat(rig.state(id)).isEqualTo(new JobState.Queued(rig.memory.now(), 1, 0));
        assertThat(rig.loops.held().idle()).isTrue();
    }

    private void loseTheAnswer() {
        rig.outage.loseAnswerOf = "claim";
        assertThatThrownBy(second::step).hasMessageContaining("lost");
        assertThat(rig.runs).isEmpty();
    }
}
