package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.JobState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class HeartbeatTest {
    private static final Duration LEASE = Rig.OPTIONS.lease();

    private final Rig rig = new Rig();
    private final Heartbeat heartbeat = rig.loops.heartbeat();
    private final Watch watch = rig.loops.watch();

    @Test
    void aLeaseStandsForAsLongAsItsHandlerRuns() {
        Run run = rig.claimOne(Rig.DRAW);

        for (int s = 0; s < 50; s++) {
            rig.time.advance(Duration.ofSeconds(1));
            heartbeat.step();
            watch.step();
        }

        assertThat(rig.interrupted).isEmpty();
        assertThat(rig.memory.leases().getFirst().until()).isAfter(rig.memory.now());
        assertThat(rig.state(run)).isInstanceOf(JobState.Running.class);
    }

    @Test
    void itRenewsOncePerHeartbeatHoweverOftenItIsWoken() {
        heartbeat.step();
        for (int i = 0; i < 9; i++) {
            rig.time.advance(Duration.ofSeconds(1));
            heartbeat.step();
        }
        assertThat(rig.outage.count("renew")).isEqualTo(1);

        rig.time.advance(Duration.ofSeconds(1));
        heartbeat.step();
        assertThat(rig.outage.count("renew")).isEqualTo(2);
    }

    @Test
    void whoIsToldToDrainClaimsNothingAnyMoreAndLeavesWhenNothingRuns() {
        Run run = rig.claimOne(Rig.MAIL);
        var left = new AtomicInteger();
        rig.loops.drain().then(left::incrementAndGet);
        rig.memory.drain("w");
        heartbeat.step();
        rig.submit(Rig.MAIL);
        rig.loops.claim().step();
        rig.time.advance(Duration.ofSeconds(1));
        heartbeat.step();
        assertThat(rig.runs).containsExactly(run);
        assertThat(rig.interrupted).isEmpty();
        assertThat(rig.memory.workers()).hasSize(1);

        rig.finish(run);
        rig.time.advance(Duration.ofSeconds(1));
        heartbeat.step();
        heartbeat.step();

        assertThat(rig.memory.workers()).isEmpty();
        assertThat(rig.memory.leases()).isEmpty();
        assertThat(rig.state(run)).isInstanceOf(JobState.Succeeded.class);
        assertThat(left).hasValue(1);
    }

    @Test
    void anAttemptWhoseLeaseIsGoneIsStopped() {
        Run run = rig.claimOne(Rig.MAIL);
        rig.time.advance(LEASE);
        assertThat(rig.engine.reclaim(rig.memory.leases().getFirst())).isEqualTo(1);

        heartbeat.step();

        assertThat(rig.interrupted).containsExactly(run);
    }

    @Test
    void whatALostAttemptLeavesIsRefused() {
        Run run = rig.claimOne(Rig.MAIL);
        rig.time.advance(LEASE);
        rig.engine.reclaim(rig.memory.leases().getFirst());
        heartbeat.step();

        run.finishInterrupted();
        rig.loops.complete().step();

        assertThat(rig.memory.history(run.job().id())).hasSize(1);
        assertThat(rig.loops.held().leases()).isEmpty();
    }

    @Test
    void anAttemptStoppedForNothingGoesBackAtOnceAndWithoutAFailure() {
        Run run = rig.claimOne(Rig.MAIL);
        rig.time.advance(Rig.OPTIONS.safe());
        watch.step();
        assertThat(rig.interrupted).containsExactly(run);

        run.finishInterrupted();
        rig.loops.complete().step();

        assertThat(rig.state(run))
                .isInstanceOfSatisfying(
                        JobState.Queued.class, s -> assertThat(s.failures()).isZero());
    }

    @Test
    void handlersAreStoppedBeforeTheirLeaseEndsWhenNoRenewalGetsThrough() {
        Run run = rig.claimOne(Rig.MAIL);
        rig.outage.away = true;
        rig.time.advance(LEASE.dividedBy(4).multipliedBy(3));
        assertThatThrownBy(heartbeat::step).hasMessageContaining("away");

        watch.step();

        assertThat(rig.interrupted).containsExactly(run);
        assertThat(rig.memory.leases().getFirst().until()).isAfter(rig.memory.now());
    }

    @Test
    void aRenewalCountsFromWhenItWasSent() {
        rig.claimOne(Rig.MAIL);
        rig.loops.held().renewed(rig.loops.held().leases(), rig.time.nanos());
        rig.time.advance(Duration.ofSeconds(5));

        assertThat(watch.step()).isEqualTo(Rig.OPTIONS.safe().minusSeconds(5));
    }

    @Test
    void aCancelReachesTheWorkerWithTheNextHeartbeatToo() {
        Run run = rig.claimOne(Rig.MAIL);
        rig.memory.cancel(run.job().id());

        heartbeat.step();

        assertThat(rig.interrupted).containsExactly(run);
    }

    @Test
    void aMachineThatWasSuspendedBelievesOnlyTheStore() {
        rig.claimOne(Rig.MAIL);
        heartbeat.step();
        rig.time.stepWall(Duration.ofHours(8));

        heartbeat.step();
        watch.step();

        assertThat(rig.outage.count("renew")).isEqualTo(2);
        assertThat(rig.interrupted).isEmpty();
    }

    @Test
    void andStopsItsHandlersWhenTheStoreDoesNotAnswer() {
        Run run = rig.claimOne(Rig.MAIL);
        rig.time.stepWall(Duration.ofHours(8));
        rig.outage.away = true;
        assertThatThrownBy(heartbeat::step).hasMessageContaining("away");

        watch.step();

        assertThat(rig.interrupted).containsExactly(run);
    }

    @Test
    void aClockThatIsSetBackChangesNothing() {
        rig.claimOne(Rig.MAIL);
        heartbeat.step();
        rig.time.stepWall(Duration.ofHours(-8));

        heartbeat.step();
        watch.step();

        assertThat(rig.outage.count("renew")).isEqualTo(1);
        assertThat(rig.interrupted).isEmpty();
    }
}
