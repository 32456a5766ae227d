package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobState;
import dev.pawl.core.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RunTest {
    private static final Duration STOP_GRACE = Rig.OPTIONS.stopGrace();

    private final Rig rig = new Rig();

    @Test
    void aSuccessEndsTheJob() {
        Run run = rig.claimOne(Rig.MAIL);

        rig.finish(run);

        assertThat(rig.state(run)).isInstanceOf(JobState.Succeeded.class);
        assertThat(rig.memory.find(run.job().id()).orElseThrow().output())
                .isEqualTo("{\"ok\":true}");
    }

    @Test
    void aFailureIsTriedAgain() {
        Run run = rig.claimOne(Rig.MAIL);

        end(run, Outcome.failed(ErrorClass.TRANSIENT, "no route"));

        assertThat(rig.state(run))
                .isInstanceOfSatisfying(
                        JobState.Queued.class, s -> assertThat(s.failures()).isEqualTo(1));
    }

    @Test
    void aSnoozeIsNoFailure() {
        Run run = rig.claimOne(Rig.MAIL);

        end(run, new Outcome.Snoozed(Duration.ofMinutes(1), "later"));

        assertThat(rig.state(run))
                .isInstanceOfSatisfying(
                        JobState.Queued.class, s -> assertThat(s.failures()).isZero());
    }

    @Test
    void anAttemptThatRunsTooLongIsInterruptedAndFailsAsATimeout() {
        Run run = rig.claimOne(Rig.MAIL);
        passWithHeartbeats(Rig.TIMEOUT);

        rig.loops.watch().step();
        assertThat(rig.interrupted).containsExactly(run);
        run.finishInterrupted();
        rig.loops.complete().step();

        assertThat(lastEnd(run).kind()).contains(ErrorClass.TIMEOUT);
    }

    @Test
    void theTimeoutCountsFromTheStartOfTheHandlerNotFromTheClaim() {
        rig.submit(Rig.MAIL);
        rig.loops.claim().step();
        passWithHeartbeats(Rig.TIMEOUT);
        rig.runs.getFirst().begin();

        rig.loops.watch().step();

        assertThat(rig.interrupted).isEmpty();
    }

    @Test
    void aHandlerWhoseLeaseIsNoLongerSafeIsNotStarted() {
        rig.submit(Rig.MAIL);
        rig.loops.claim().step();
        Run run = rig.runs.getFirst();
        rig.time.advance(Rig.OPTIONS.safe());

        assertThat(run.begin()).isFalse();
    }

    @Test
    void theWatchRestsUntilTheNextTimeoutOrUnsafeLease() {
        rig.claimOne(Rig.MAIL);

        assertThat(rig.loops.watch().step()).isEqualTo(Rig.OPTIONS.safe());
    }

    @Test
    void aHandlerThatIgnoresTheInterruptIsReportedAndKeepsItsSlot() {
        Run run = rig.claimOne(Rig.MAIL);
        passWithHeartbeats(Rig.TIMEOUT);
        rig.loops.watch().step();
        passWithHeartbeats(STOP_GRACE);

        rig.loops.watch().step();
        rig.loops.complete().step();

        assertThat(lastEnd(run).kind()).contains(ErrorClass.TIMEOUT);
        assertThat(rig.loops.held().free(Slot.HANDLER, 1)).isEqualTo(7);
        run.finish(Rig.DONE);
        assertThat(rig.loops.held().free(Slot.HANDLER, 1)).isEqualTo(8);
        assertThat(rig.loops.complete().step()).isEqualTo(Loop.FOREVER);
    }

    @Test
    void aCancelInterruptsAtOnceAndIsOverWhenTheHandlerIsGone() {
        Run run = rig.claimOne(Rig.MAIL);

        rig.engine.cancel(run.job().id());
        assertThat(rig.interrupted).containsExactly(run);
        assertThat(stopping(run)).isTrue();
        run.finishInterrupted();
        rig.loops.complete().step();

        assertThat(rig.state(run)).isInstanceOf(JobState.Cancelled.class);
        assertThat(stopping(run)).isFalse();
    }

    @Test
    void aCancelledHandlerThatStaysIsNotReportedAsGone() {
        Run run = rig.claimOne(Rig.MAIL);
        rig.engine.cancel(run.job().id());
        passWithHeartbeats(STOP_GRACE);

        rig.loops.watch().step();
        rig.loops.complete().step();

        assertThat(stopping(run)).isTrue();
    }

    @Test
    void aSuccessThatComesAfterACancelIsRefusedAndTheHandlerIsKnownToBeGone() {
        Run run = rig.claimOne(Rig.MAIL);
        rig.memory.cancel(run.job().id());

        rig.finish(run);

        assertThat(rig.state(run)).isInstanceOf(JobState.Cancelled.class);
        assertThat(stopping(run)).isFalse();
    }

    @Test
    void aDrainGivesTheJobBackWithoutAFailure() {
        Run run = rig.claimOne(Rig.MAIL);

        rig.loops.stopRunning();
        end(run, Outcome.failed(ErrorClass.TRANSIENT, "was interrupted"));

        assertThat(rig.state(run))
                .isInstanceOfSatisfying(
                        JobState.Queued.class, s -> assertThat(s.failures()).isZero());
        assertThat(lastEnd(run).how()).isEqualTo(AttemptEnd.How.RELEASED);
    }

    @Test
    void aSuccessDuringADrainCounts() {
        Run run = rig.claimOne(Rig.MAIL);
        rig.loops.stopRunning();

        rig.finish(run);

        assertThat(rig.state(run)).isInstanceOf(JobState.Succeeded.class);
    }

    @Test
    void anAttemptStoppedBeforeItBeganDoesNotCallItsHandler() {
        rig.submit(Rig.MAIL);
        rig.loops.claim().step();
        rig.loops.stopRunning();

        assertThat(rig.runs.getFirst().begin()).isFalse();
    }

    @Test
    void aHandlerThatThrowsFailsItsAttempt() {
        Run run = rig.claimOne(Rig.MAIL);
        var broken =
                new Served(
                        _ -> {
                            throw new IllegalStateException("broken");
                        },
                        Slot.HANDLER,
                        Duration.ZERO);

        new Run(rig.loops.held(), run.job(), broken, run.lease).run();
        rig.loops.complete().step();

        assertThat(lastEnd(run).message()).contains("broken");
    }

    private void end(Run run, Outcome outcome) {
        run.finish(outcome);
        rig.loops.complete().step();
    }

    private void passWithHeartbeats(Duration duration) {
        for (long s = 0; s < duration.toSeconds(); s += 5) {
            rig.time.advance(Duration.ofSeconds(5));
            rig.loops.heartbeat().step();
        }
    }

    private AttemptEnd lastEnd(Run run) {
        return rig.memory.history(run.job().id()).getLast();
    }

    private boolean stopping(Run run) {
        return rig.memory.find(run.job().id()).orElseThrow().stopping();
    }
}
