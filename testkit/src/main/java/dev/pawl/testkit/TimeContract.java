package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.TTL;
import static dev.pawl.testkit.StoreDriver.WORKER;
import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.AttemptEnd.How;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Dead;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.JobState.Running;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Limit;
import dev.pawl.core.Reclaimed;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.RetryPolicy;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What time brings: jobs become due or expire, leases are renewed, end, and are taken back. */
public interface TimeContract extends StoreSubject {
    private static Renewed renew(StoreDriver s, String worker, LeaseId... held) {
        return s.store.renew(new Renewal(worker, Set.of(held), TTL));
    }

    @Test
    default void theStoresClockIsCutToTheMillisecond() {
        try (var s = new StoreDriver(this)) {
            s.time.advance(Duration.ofNanos(1_999_999));

            assertThat(s.now()).isEqualTo(FakeTime.START.plusMillis(1));
            assertThat(s.find(s.submit()).submittedAt().truncatedTo(ChronoUnit.MILLIS))
                    .isEqualTo(s.now());
        }
    }

    // ---- Promote

    @Test
    default void promotingMakesDueJobsClaimableABiteAtATime() {
        try (var s = new StoreDriver(this)) {
            var due = new ArrayList<JobId>();
            for (int i = 1; i <= 5; i++) due.add(s.submit(job().runAt(s.now().plusSeconds(i))));
            s.submit(job().runAt(s.now().plusSeconds(60)));
            assertThat(s.store.promote(9)).isZero();
            s.time.advance(Duration.ofSeconds(5));

            assertThat(s.store.promote(3)).isEqualTo(3);
            assertThat(s.store.promote(3)).isEqualTo(2);
            assertThat(s.store.promote(3)).isZero();

            assertThat(ids(s.claim(9))).containsExactlyElementsOf(due);
        }
    }

    @Test
    default void promotingChangesNoState() {
        try (var s = new StoreDriver(this)) {
            var runAt = s.now().plusSeconds(1);
            JobId id = s.submit(job().runAt(runAt));
            s.time.advance(Duration.ofSeconds(9));

            s.store.promote(9);

            assertThat(s.state(id)).isEqualTo(new Queued(runAt, 0, 0));
        }
    }

    // ---- Expire

    @Test
    default void jobsThatDidNotStartInTimeDieABiteAtATime() {
        try (var s = new StoreDriver(this)) {
            var late = new ArrayList<JobId>();
            for (int i = 0; i < 5; i++) late.add(s.submit(job().ttl(Duration.ofSeconds(10))));
            JobId fine = s.submit(job().ttl(Duration.ofSeconds(20)));
            JobId forEver = s.submit();
            s.advance(Duration.ofMillis(9_999));
            assertThat(s.store.expire(9)).isZero();
            s.advance(Duration.ofMillis(1));

            assertThat(s.store.expire(3)).isEqualTo(3);
            assertThat(s.store.expire(3)).isEqualTo(2);
            assertThat(s.store.expire(3)).isZero();

            for (JobId id : late)
                assertThat(s.state(id)).isEqualTo(new Dead(s.now(), 0, ErrorClass.EXPIRED));
            assertThat(s.find(late.getFirst()).output()).isNotBlank();
            assertThat(s.store.history(late.getFirst())).isEmpty();
            assertThat(s.names(List.of(fine, forEver))).containsOnly(JobState.Name.QUEUED);
        }
    }

    @Test
    default void waitingAndLaterJobsExpireToo() {
        try (var s = new StoreDriver(this)) {
            var ttl = Duration.ofSeconds(10);
            JobId leader = s.submit(StoreDriver.shared("a"));
            JobId follower = s.submit(StoreDriver.shared("a").ttl(ttl));
            JobId child = s.submit(job().parents(Set.of(leader)).ttl(ttl));
            JobId grandchild = s.child(child);
            JobId later = s.submit(job().runAt(s.now().plusSeconds(60)).ttl(ttl));
            s.advance(ttl);

            assertThat(s.store.expire(9)).isEqualTo(3);

            assertThat(s.names(List.of(follower, child, later))).containsOnly(JobState.Name.DEAD);
            assertThat(s.name(grandchild)).isEqualTo(JobState.Name.CANCELLED);
            assertThat(s.name(leader)).isEqualTo(JobState.Name.QUEUED);
        }
    }

    @Test
    default void aRunningJobAndOneThatFailedDoNotExpire() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start(job().ttl(Duration.ofSeconds(10)));
            ClaimedJob failed = s.start(job().ttl(Duration.ofSeconds(10)));
            s.fail(failed, ErrorClass.TRANSIENT);
            s.advance(Duration.ofSeconds(11));

            assertThat(s.store.expire(9)).isZero();

            assertThat(ids(s.claim(9))).containsExactly(failed.id());
            s.complete(running);
        }
    }

    @Test
    default void aJobThatWaitsForAnInstallationExpires() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob missing = s.start(job().ttl(Duration.ofMinutes(10)));
            s.fail(missing, ErrorClass.CONFIGURATION);
            s.advance(Duration.ofMinutes(10));

            assertThat(s.store.expire(9)).isEqualTo(1);

            assertThat(s.state(missing.id())).isEqualTo(new Dead(s.now(), 1, ErrorClass.EXPIRED));
        }
    }

    @Test
    default void aRedrivenJobHasItsWholeTimeToLiveAgain() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(job().ttl(Duration.ofSeconds(10)));
            s.advance(Duration.ofSeconds(10));
            s.store.expire(9);

            s.store.redrive(id);

            s.advance(Duration.ofMillis(9_999));
            assertThat(s.store.expire(9)).isZero();
            s.advance(Duration.ofMillis(1));
            assertThat(s.store.expire(9)).isEqualTo(1);
        }
    }

    // ---- Leases

    @Test
    default void leasesAreListedTheOldestEndFirst() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob a = s.start("a", s.submit());
            s.advance(Duration.ofSeconds(1));
            ClaimedJob b = s.start("b", s.submit());
            s.advance(Duration.ofSeconds(1));
            renew(s, "a", a.token().lease());

            assertThat(s.store.leases())
                    .containsExactly(
                            new Lease(b.token().lease(), "b", s.now().plus(TTL).minusSeconds(1)),
                            new Lease(a.token().lease(), "a", s.now().plus(TTL)));
        }
    }

    @Test
    default void renewingProlongsTheNamedLeasesOnly() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob named = s.start();
            ClaimedJob forgotten = s.start();
            s.advance(Duration.ofSeconds(10));

            Renewed renewed = renew(s, WORKER, named.token().lease());

            assertThat(renewed).isEqualTo(new Renewed(Set.of(named.token().lease()), Set.of()));
            assertThat(s.lease(named).until()).isEqualTo(s.now().plus(TTL));
            assertThat(s.lease(forgotten).until()).isEqualTo(s.now().plus(TTL).minusSeconds(10));
            assertThat(s.state(named.id())).isEqualTo(new Running(s.lease(named), 1, 0));
        }
    }

    @Test
    default void anotherWorkersLeaseIsNotRenewed() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob theirs = s.start();
            Lease before = s.lease(theirs);
            s.advance(Duration.ofSeconds(10));

            Renewed renewed = renew(s, "thief", theirs.token().lease(), s.nextLease());

            assertThat(renewed).isEqualTo(new Renewed(Set.of(), Set.of()));
            assertThat(s.lease(theirs)).isEqualTo(before);
        }
    }

    @Test
    default void aLeaseWhoseTimeIsOverIsRenewedAsLongAsItWasNotReclaimed() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob late = s.start();
            s.advance(TTL.plusSeconds(5));

            assertThat(renew(s, WORKER, late.token().lease()).leases()).hasSize(1);

            assertThat(s.lease(late).until()).isEqualTo(s.now().plus(TTL));
        }
    }

    @Test
    default void aReclaimedLeaseIsNotRenewed() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob lost = s.start();
            s.reclaimAll();

            assertThat(renew(s, WORKER, lost.token().lease()))
                    .isEqualTo(new Renewed(Set.of(), Set.of()));
        }
    }

    @Test
    default void aCancelledAttemptIsToldToStopUntilItHasStopped() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob cancelled = s.start();
            LeaseId lease = cancelled.token().lease();
            s.store.cancel(cancelled.id());

            assertThat(renew(s, WORKER, lease))
                    .isEqualTo(new Renewed(Set.of(lease), Set.of(cancelled.token())));
            assertThat(renew(s, WORKER, lease).stop()).containsExactly(cancelled.token());
            assertThat(renew(s, "other", lease).stop()).isEmpty();
            StoreDriver.done(s.store.stopped(cancelled.token()));

            assertThat(renew(s, WORKER, lease)).isEqualTo(new Renewed(Set.of(lease), Set.of()));
        }
    }

    @Test
    default void onlyTheCancelledJobsOfALeaseAreToldToStop() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 3; i++) s.submit();
            List<ClaimedJob> jobs = s.claim(3).jobs();
            s.store.cancel(jobs.get(1).id());

            Renewed renewed = renew(s, WORKER, jobs.getFirst().token().lease());

            assertThat(renewed.stop()).containsExactly(jobs.get(1).token());
        }
    }

    // ---- Reclaim

    @Test
    default void everyJobUnderAReclaimedLeaseGoesWhereItsPolicySays() {
        try (var s = new StoreDriver(this)) {
            JobId again = s.submit();
            JobId last = s.submit(job().retry(RetryPolicy.defaults().withAttempts(1)));
            JobId done = s.submit();
            var claimed = s.claim(3).jobs();
            s.complete(claimed.getLast());
            Lease seen = s.lease(claimed.getFirst());
            var asked = new ArrayList<Reclaimed>();
            s.advance(TTL);

            int moved =
                    s.store.reclaim(
                            seen,
                            lost -> {
                                asked.add(lost);
                                return s.afterLoss(lost);
                            });

            assertThat(moved).isEqualTo(2);
            assertThat(asked)
                    .contains(
                            new Reclaimed(
                                    claimed.getFirst().token(),
                                    new Running(seen, 1, 0),
                                    RetryPolicy.defaults()));
            assertThat(s.state(again)).isEqualTo(new Queued(s.now().plusMillis(500), 1, 1));
            assertThat(s.state(last)).isEqualTo(new Dead(s.now(), 1, ErrorClass.LEASE_LOST));
            assertThat(s.name(done)).isEqualTo(JobState.Name.SUCCEEDED);
            assertThat(s.store.leases()).isEmpty();
        }
    }

    @Test
    default void aLostLeaseIsAFailureInTheHistoryOfTheJob() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob lost = s.start();
            var started = s.now();
            s.advance(TTL);

            assertThat(s.reclaim(s.lease(lost))).isEqualTo(1);

            AttemptEnd end = s.store.history(lost.id()).getFirst();
            assertThat(end.message()).contains(WORKER);
            assertThat(end)
                    .isEqualTo(
                            new AttemptEnd(
                                    1,
                                    How.LEASE_LOST,
                                    WORKER,
                                    started,
                                    s.now(),
                                    ErrorClass.LEASE_LOST,
                                    end.message()));
            s.advance(Duration.ofMinutes(1));
            ClaimedJob next = s.start("other", lost.id());
            assertThat(next.state().failures()).isEqualTo(1);
            assertThat(next.token().attempt()).isEqualTo(2);
        }
    }

    @Test
    default void aLeaseWhoseTimeIsNotOverIsNotReclaimed() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start();
            s.advance(TTL.minusMillis(1));

            assertThat(s.reclaim(s.lease(running))).isZero();

            assertThat(s.state(running.id())).isEqualTo(running.state());
        }
    }

    @Test
    default void aLeaseThatWasRenewedSinceItWasSeenIsNotReclaimed() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start();
            Lease seen = s.lease(running);
            s.advance(TTL);
            renew(s, WORKER, running.token().lease());

            assertThat(s.reclaim(seen)).isZero();
            s.advance(TTL.plusSeconds(9));
            assertThat(s.reclaim(seen)).isZero();

            assertThat(s.name(running.id())).isEqualTo(JobState.Name.RUNNING);
            assertThat(s.reclaim(s.lease(running))).isEqualTo(1);
        }
    }

    @Test
    default void aLeaseIsReclaimedOnce() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob lost = s.start();
            Lease seen = s.lease(lost);
            s.advance(TTL);

            assertThat(s.reclaim(seen)).isEqualTo(1);
            assertThat(s.reclaim(seen)).isZero();

            assertThat(s.store.history(lost.id())).hasSize(1);
        }
    }

    @Test
    default void anEmptyLeaseIsReclaimedWithoutMovingAnyone() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob done = s.start();
            s.complete(done);
            Lease seen = s.lease(done);
            s.advance(TTL);

            assertThat(s.reclaim(seen)).isZero();

            assertThat(s.store.leases()).isEmpty();
            assertThat(s.store.history(done.id())).isEmpty();
        }
    }

    @Test
    default void aStoppingAttemptIsOverWhenItsLeaseIsReclaimed() {
        try (var s = new StoreDriver(this)) {
            var limit = new Limit("one", 1);
            ClaimedJob cancelled = s.start(job().limit(limit));
            JobId next = s.submit(job().limit(limit));
            s.store.cancel(cancelled.id());
            Lease seen = s.lease(cancelled);
            s.advance(TTL);

            assertThat(s.reclaim(seen)).isZero();

            assertThat(s.find(cancelled.id()).stopping()).isFalse();
            assertThat(s.name(cancelled.id())).isEqualTo(JobState.Name.CANCELLED);
            assertThat(s.store.leases()).isEmpty();
            assertThat(ids(s.claim(9))).containsExactly(next);
        }
    }

    @Test
    default void aDecisionThatFailsMovesNobody() {
        try (var s = new StoreDriver(this)) {
            s.submit();
            s.submit();
            List<ClaimedJob> running = s.claim(2).jobs();
            Lease seen = s.lease(running.getFirst());
            s.advance(TTL);
            var calls = new ArrayList<Reclaimed>();

            assertThatThrownBy(() ->
                            s.store.reclaim(
                                    seen,
                                    lost -> {
                                        calls.add(lost);
                                        if (calls.size() == 2)
                                            throw new IllegalStateException("planted");
                                        return s.afterLoss(lost);
                                    }))
                    .hasMessageContaining("planted");

            for (ClaimedJob job : running)
                assertThat(s.name(job.id())).isEqualTo(JobState.Name.RUNNING);
            assertThat(s.reclaim(seen)).isEqualTo(2);
        }
    }

    @Test
    default void aJobThatTheDecisionLeavesRunningKeepsItsLease() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start();
            Lease seen = s.lease(running);
            s.advance(TTL);

            assertThat(s.store.reclaim(seen, Reclaimed::state)).isZero();

            assertThat(s.store.leases()).containsExactly(seen);
            s.complete(running);
        }
    }

    @Test
    default void aReclaimedParentThatDiesCancelsItsChild() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob lost = s.start(job().retry(RetryPolicy.defaults().withAttempts(1)));
            JobId child = s.child(lost.id());

            s.reclaimAll();

            assertThat(s.name(child)).isEqualTo(JobState.Name.CANCELLED);
            assertThat(s.find(lost.id()).output()).contains("lease");
        }
    }

    // ---- Forfeit

    @Test
    default void aDeadWorkersLeasesEndAtOnce() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob theirs = s.start("dead", s.submit());
            ClaimedJob ours = s.start("alive", s.submit());
            s.advance(Duration.ofSeconds(1));

            s.store.forfeit("dead");

            assertThat(s.lease(theirs).until()).isEqualTo(s.now());
            assertThat(s.reclaim(s.lease(theirs))).isEqualTo(1);
            assertThat(s.reclaim(s.lease(ours))).isZero();
            assertThat(s.name(theirs.id())).isEqualTo(JobState.Name.QUEUED);
            assertThat(s.name(ours.id())).isEqualTo(JobState.Name.RUNNING);
        }
    }

    @Test
    default void forfeitingProlongsNothing() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob job = s.start();
            Lease before = s.lease(job);
            s.advance(TTL.plusSeconds(60));

            s.store.forfeit(WORKER);

            assertThat(s.lease(job)).isEqualTo(before);
        }
    }

    // ---- A clock that is set back

    @Test
    default void aClockSetBackLosesNoLeaseAndNoJob() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start();
            Lease seen = s.lease(running);
            s.time.stepWall(Duration.ofHours(-1));

            assertThat(s.reclaim(seen)).isZero();
            assertThat(renew(s, WORKER, running.token().lease()).leases()).hasSize(1);
            s.complete(running);

            assertThat(s.name(running.id())).isEqualTo(JobState.Name.SUCCEEDED);
            assertThat(s.claimOnly(s.submit()).jobs()).hasSize(1);
        }
    }
}
