package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.JobState;
import dev.pawl.core.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CompleterTest {
    private final Rig rig = new Rig();
    private final Completer complete = rig.loops.complete();

    @Test
    void whatHasEndedByThenSharesOneWrite() {
        rig.submit(Rig.MAIL, 5);
        rig.loops.claim().step();
        rig.runs.forEach(run -> run.finish(Rig.DONE));

        complete.step();

        assertThat(rig.outage.count("end")).isEqualTo(1);
        assertThat(rig.runs)
                .allSatisfy(r -> assertThat(rig.state(r)).isInstanceOf(JobState.Succeeded.class));
    }

    @Test
    void anEndOutlivesAnOutageThatIsLongerThanTheLease() {
        Run run = rig.claimOne(Rig.MAIL);
        run.finish(Rig.DONE);
        rig.outage.away = true;
        assertThatThrownBy(complete::step).hasMessageContaining("away");
        rig.time.advance(Duration.ofHours(1));
        assertThatThrownBy(complete::step).hasMessageContaining("away");

        rig.outage.away = false;
        complete.step();

        assertThat(rig.state(run)).isInstanceOf(JobState.Succeeded.class);
        assertThat(rig.outage.count("end")).isEqualTo(1);
    }

    @Test
    void theSlotIsFreeBeforeTheEndIsWritten() {
        Run run = rig.claimOne(Rig.MAIL);

        run.finish(Rig.DONE);

        assertThat(rig.loops.held().free(Slot.HANDLER, 1)).isGreaterThanOrEqualTo(8);
        assertThat(rig.loops.held().leases()).hasSize(1);
    }

    @Test
    void aLeaseIsSpentOnceAllItsAttemptsAreAnswered() {
        rig.submit(Rig.MAIL, 2);
        rig.loops.claim().step();

        rig.finish(rig.runs.get(0));
        assertThat(rig.loops.held().spent()).isEmpty();
        rig.finish(rig.runs.get(1));

        assertThat(rig.loops.held().spent()).hasSize(1);
        assertThat(rig.loops.held().leases()).isEmpty();
    }

    @Test
    void anEndThatTheStoreCantTakeDoesNotHoldUpTheOthers() {
        rig.submit(Rig.MAIL, 3);
        rig.loops.claim().step();
        rig.outage.refuse = "poison";
        rig.runs.get(0).finish(Rig.DONE);
        rig.runs.get(1).finish(new Outcome.Succeeded("poison", List.of()));
        rig.runs.get(2).finish(Rig.DONE);

        complete.step();

        assertThat(rig.state(rig.runs.get(0))).isInstanceOf(JobState.Succeeded.class);
        assertThat(rig.state(rig.runs.get(1))).isInstanceOf(JobState.Dead.class);
        assertThat(rig.state(rig.runs.get(2))).isInstanceOf(JobState.Succeeded.class);
    }
}
