package dev.pawl.core;

import static dev.pawl.core.Samples.HELD;
import static dev.pawl.core.Samples.LEASE;
import static dev.pawl.core.Samples.NOW;
import static dev.pawl.core.Samples.OVER;
import static dev.pawl.core.Samples.THREE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobState.Cancelled;
import dev.pawl.core.JobState.Dead;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.JobState.Running;
import dev.pawl.core.JobState.Succeeded;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LifecycleTest {
    private final Lifecycle lifecycle = new Lifecycle(THREE);
    private final Running running = new Running(LEASE, 2, 1);

    @Test
    void aClaimRaisesTheAttemptAndKeepsTheFailures() {
        var queued = new Queued(NOW, 4, 1);

        Optional<JobState> next = lifecycle.next(queued, new JobEvent.Claimed(LEASE, NOW));

        assertThat(next).contains(new Running(LEASE, 5, 1));
    }

    @Test
    void aJobIsNotClaimedBeforeItsTime() {
        var later = new Queued(NOW.plusMillis(1), 0, 0);

        assertThat(lifecycle.next(later, new JobEvent.Claimed(LEASE, NOW))).isEmpty();
    }

    @Test
    void anErrorCountsAndTheJobWaitsARandomPartOfADoublingBound() {
        Optional<JobState> next = lifecycle.next(running, failed(ErrorClass.TRANSIENT));

        // The second failure: a bound of two seconds, half of it by chance.
        assertThat(next).contains(new Queued(NOW.plusSeconds(1), 2, 2));
    }

    @Test
    void theLastFailureKillsTheJob() {
        var last = new Running(LEASE, 2, 2);

        assertThat(lifecycle.next(last, failed(ErrorClass.TRANSIENT)))
                .contains(new Dead(NOW, 2, ErrorClass.TRANSIENT));
    }

    @Test
    void aPermanentErrorKillsTheJobAtOnce() {
        assertThat(lifecycle.next(running, failed(ErrorClass.PERMANENT)))
                .contains(new Dead(NOW, 2, ErrorClass.PERMANENT));
    }

    @Test
    void aMissingProgramIsNoFailureOfTheJob() {
        Optional<JobState> next = lifecycle.next(running, failed(ErrorClass.CONFIGURATION));

        assertThat(next)
                .get()
                .isInstanceOfSatisfying(Queued.class, q -> assertThat(q.failures()).isEqualTo(1));
    }

    @Test
    void aPolicyMaySayOtherwise() {
        var policy =
                new RetryPolicy(
                        3,
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(5),
                        Map.of(ErrorClass.TIMEOUT, ErrorClass.Treatment.DIE));

        assertThat(new Lifecycle(policy).next(running, failed(ErrorClass.TIMEOUT)))
                .contains(new Dead(NOW, 2, ErrorClass.TIMEOUT));
    }

    @Test
    void aServersRetryAfterIsHonoured() {
        var error = new JobError(ErrorClass.TRANSIENT, "busy", Duration.ofMinutes(2));

        assertThat(lifecycle.next(running, new JobEvent.Failed(HELD, NOW, error, 0.5)))
                .contains(new Queued(NOW.plusSeconds(120), 2, 2));
    }

    @Test
    void aLostLeaseCountsAsAFailure() {
        Optional<JobState> next = lifecycle.next(running, new JobEvent.LeaseLost(OVER, 0));

        assertThat(next).contains(new Queued(OVER, 2, 2));
    }

    @Test
    void aLeaseIsNotLostBeforeItsEnd() {
        var early = new JobEvent.LeaseLost(OVER.minusMillis(1), 0);

        assertThat(lifecycle.next(running, early)).isEmpty();
    }

    @Test
    void aDrainAndASnoozeDontCount() {
        assertThat(lifecycle.next(running, new JobEvent.Released(HELD, NOW)))
                .contains(new Queued(NOW, 2, 1));
        assertThat(lifecycle.next(running, new JobEvent.Snoozed(HELD, OVER)))
                .contains(new Queued(OVER, 2, 1));
    }

    @Test
    void noWriteOfAnotherAttemptMovesAJob() {
        var stale = new Token(HELD.job(), 1, LEASE.id());
        var foreign = new Token(HELD.job(), 2, Samples.OTHER.id());

        for (Token token : new Token[] {stale, foreign}) {
            assertThat(lifecycle.next(running, new JobEvent.Completed(token, NOW))).isEmpty();
            assertThat(lifecycle.next(running, new JobEvent.Snoozed(token, NOW))).isEmpty();
            assertThat(lifecycle.next(running, new JobEvent.Released(token, NOW))).isEmpty();
            assertThat(lifecycle.next(running, failed(ErrorClass.USER, token))).isEmpty();
        }
    }

    @Test
    void aRedriveKeepsTheAttemptAndForgetsTheFailures() {
        var redriven = new JobEvent.Redriven(NOW);

        assertThat(lifecycle.next(new Dead(NOW, 7, ErrorClass.USER), redriven))
                .contains(new Queued(NOW, 7, 0));
        assertThat(lifecycle.next(new Cancelled(NOW, 7), redriven)).contains(new Queued(NOW, 7, 0));
    }

    @Test
    void aSuccessStaysForEver() {
        for (JobEvent event : Samples.events().values())
            assertThat(lifecycle.next(new Succeeded(NOW, 2), event)).isEmpty();
    }

    @Test
    void theAttemptNeverGoesBack() {
        for (JobState state : Samples.states().values())
            for (JobEvent event : Samples.events().values())
                lifecycle
                        .next(state, event)
                        .ifPresent(next ->
                                assertThat(next.attempt())
                                        .as("%s in %s", event, state)
                                        .isGreaterThanOrEqualTo(state.attempt()));
    }

    private static JobEvent failed(ErrorClass kind) {
        return failed(kind, HELD);
    }

    private static JobEvent failed(ErrorClass kind, Token token) {
        return new JobEvent.Failed(token, NOW, new JobError(kind, "no"), 0.5);
    }
}
