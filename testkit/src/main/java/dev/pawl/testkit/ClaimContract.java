package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.TOOL;
import static dev.pawl.testkit.StoreDriver.TTL;
import static dev.pawl.testkit.StoreDriver.WORKER;
import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.Claim.Want;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Dead;
import dev.pawl.core.JobState.Running;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Limit;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Claiming: who gets which jobs, in what order, and under which lease. */
public interface ClaimContract extends StoreSubject {
    ToolId OTHER_TOOL = new ToolId("other", "1");

    private static Want any(int max) {
        return Want.of(Set.of(TOOL, OTHER_TOOL), max);
    }

    private static Submission.Builder other() {
        return Submission.of(OTHER_TOOL, "{}");
    }

    private static Submission.Builder limited(int max) {
        return job().limit(new Limit("tool:count", max));
    }

    // ---- Order

    /** However a store finds its way through a long line. */
    @Test
    default void aLongLineIsClaimedInOrder() {
        try (var s = new StoreDriver(this)) {
            s.submitTogether(300);

            var claimed = new ArrayList<JobId>();
            for (int i = 0; i < 4; i++) claimed.addAll(ids(s.claim(100)));

            assertThat(claimed).hasSize(300).doesNotHaveDuplicates().isSorted();
        }
    }

    /** Of a busy line a store may keep where its claims have got to, but for a while only. */
    @Test
    default void whoComesIntoALongLineIsClaimedInItsPlaceAfterAWhile() {
        try (var s = new StoreDriver(this)) {
            s.submitTogether(400);
            List<JobId> first = ids(s.claim(100));
            JobId high = s.submit(job().priority(7));
            JobId other = s.submit(other());
            s.advance(Duration.ofSeconds(5));

            assertThat(ids(s.claim(any(100)))).startsWith(high).hasSize(100);
            List<JobId> rest = ids(s.claim(any(300)));
            assertThat(rest).hasSize(202).contains(other).doesNotContainAnyElementsOf(first);
        }
    }

    @Test
    default void whoComesIntoALongLineBeforeItIsDoneIsClaimedWithIt() {
        try (var s = new StoreDriver(this)) {
            s.submitTogether(150);
            s.claim(100);
            JobId high = s.submit(job().priority(7));
            JobId low = s.submit(job().priority(-7));

            assertThat(ids(s.claim(100))).hasSize(52).contains(high, low);
        }
    }

    @Test
    default void theLargerPriorityComesFirst() {
        try (var s = new StoreDriver(this)) {
            JobId low = s.submit(job().priority(-5));
            JobId none = s.submit(job());
            JobId high = s.submit(job().priority(32_767));
            JobId lowest = s.submit(job().priority(-32_768));

            assertThat(ids(s.claim(9))).containsExactly(high, none, low, lowest);
        }
    }

    @Test
    default void amongEqualsWhatIsDueLongerComesFirstThenTheOlderId() {
        try (var s = new StoreDriver(this)) {
            JobId second = s.submit(job().runAt(s.now().plusSeconds(2)));
            JobId first = s.submit(job().runAt(s.now().plusSeconds(1)));
            JobId alsoSecond = s.submit(job().runAt(s.now().plusSeconds(2)));
            s.advance(Duration.ofSeconds(3));
            JobId third = s.submit();
            JobId fourth = s.submit();

            assertThat(ids(s.claim(9))).containsExactly(first, second, alsoSecond, third, fourth);
        }
    }

    @Test
    default void theOrderHoldsAcrossToolsOfOneQueueAndAcrossClaims() {
        try (var s = new StoreDriver(this)) {
            JobId d = s.submit(job().priority(1));
            JobId a = s.submit(other().priority(4));
            JobId c = s.submit(other().priority(2));
            JobId b = s.submit(job().priority(3));

            assertThat(ids(s.claim(any(2)))).containsExactly(a, b);
            assertThat(ids(s.claim(any(2)))).containsExactly(c, d);
            assertThat(ids(s.claim(any(2)))).isEmpty();
        }
    }

    @Test
    default void oneClaimWithSeveralWantsAnswersInClaimOrder() {
        try (var s = new StoreDriver(this)) {
            JobId b = s.submit(job().priority(2));
            JobId a = s.submit(other().priority(3));
            JobId c = s.submit(other().priority(1));

            Claimed claimed = s.claim(Want.of(Set.of(TOOL), 5), Want.of(Set.of(OTHER_TOOL), 5));

            assertThat(ids(claimed)).containsExactly(a, b, c);
        }
    }

    @Test
    default void everyWantHasItsOwnBound() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 3; i++) {
                s.submit(job());
                s.submit(other());
            }

            Claimed claimed = s.claim(Want.of(Set.of(TOOL), 1), Want.of(Set.of(OTHER_TOOL), 2));

            assertThat(claimed.jobs().stream().map(j -> j.submission().tool()))
                    .containsExactlyInAnyOrder(TOOL, OTHER_TOOL, OTHER_TOOL);
        }
    }

    @Test
    default void aJobThatTwoWantsMatchIsClaimedOnce() {
        try (var s = new StoreDriver(this)) {
            JobId only = s.submit();

            assertThat(ids(s.claim(any(5), Want.of(Set.of(TOOL), 5)))).containsExactly(only);
        }
    }

    @Test
    default void aJobThatCameBackStandsInLineByItsRunAt() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob snoozed = s.start();
            s.end(s.snoozed(snoozed, Duration.ofSeconds(2), "later"));
            JobId before = s.submit(job().runAt(s.now().plusSeconds(1)));
            JobId after = s.submit(job().runAt(s.now().plusSeconds(3)));
            s.advance(Duration.ofSeconds(4));

            assertThat(ids(s.claim(9))).containsExactly(before, snoozed.id(), after);
        }
    }

    // ---- What is wanted

    @Test
    default void onlyWantedToolsAreClaimedAndTheOthersAreNeverInTheWay() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 300; i++) s.submit(other().priority(9));
            JobId wanted = s.submit();

            assertThat(ids(s.claim(1))).containsExactly(wanted);
        }
    }

    @Test
    default void anotherVersionIsAnotherTool() {
        try (var s = new StoreDriver(this)) {
            s.submit(Submission.of(new ToolId("count", "2"), "{}"));

            assertThat(s.claim(9).jobs()).isEmpty();
        }
    }

    @Test
    default void onlyWantedQueuesAreClaimed() {
        try (var s = new StoreDriver(this)) {
            s.submit(job().queue("a").priority(9));
            JobId b = s.submit(job().queue("b"));
            JobId c = s.submit(job().queue("c"));

            Claimed claimed = s.claim(new Want(Set.of(TOOL), Set.of("b", "c"), Set.of(), 9));

            assertThat(ids(claimed)).containsExactly(b, c);
        }
    }

    @Test
    default void onlyListedJobsAreClaimed() {
        try (var s = new StoreDriver(this)) {
            s.submit(job().priority(9));
            JobId wanted = s.submit();
            JobId unknown = s.nextId();

            Claimed claimed = s.claim(new Want(Set.of(TOOL), Set.of(), Set.of(wanted, unknown), 9));

            assertThat(ids(claimed)).containsExactly(wanted);
        }
    }

    @Test
    default void aPausedQueueIsPassedOverUntilItIsResumed() {
        try (var s = new StoreDriver(this)) {
            JobId held = s.submit(job().queue("a").priority(9));
            JobId free = s.submit(job().queue("b"));
            s.store.setQueue(new QueueEntry("a", true, Integer.MAX_VALUE));

            assertThat(ids(s.claim(9))).containsExactly(free);
            assertThat(s.claimOnly(held).jobs()).isEmpty();

            s.store.setQueue(new QueueEntry("a", false, Integer.MAX_VALUE));
            assertThat(ids(s.claim(9))).containsExactly(held);
        }
    }

    @Test
    default void aClaimForNothingTakesNothing() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();

            assertThat(s.claim(0).jobs()).isEmpty();
            assertThat(s.claim().jobs()).isEmpty();
            assertThat(s.claim(Want.of(Set.of(), 5)).jobs()).isEmpty();

            assertThat(s.store.leases()).isEmpty();
            assertThat(s.name(id)).isEqualTo(JobState.Name.QUEUED);
        }
    }

    // ---- What a claim answers

    @Test
    default void aClaimedJobRunsUnderTheClaimsLeaseWithItsNextAttempt() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();
            s.advance(Duration.ofSeconds(5));
            LeaseId lease = s.nextLease();

            Claimed claimed = s.store.claim(new Claim(lease, "w", TTL, List.of(any(9)), Set.of()));

            var running = new Running(new Lease(lease, "w", s.now().plus(TTL)), 1, 0);
            assertThat(claimed.jobs())
                    .containsExactly(
                            new ClaimedJob(
                                    new Token(id, 1, lease), job().build(), running, s.now()));
            assertThat(s.state(id)).isEqualTo(running);
            assertThat(s.find(id).startedAt()).contains(s.now());
            assertThat(s.store.leases()).containsExactly(running.lease());
        }
    }

    @Test
    default void allJobsOfOneClaimShareOneLease() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 5; i++) s.submit();

            Claimed claimed = s.claim(5);

            assertThat(claimed.jobs().stream().map(j -> j.token().lease())).hasSize(5);
            assertThat(s.store.leases()).hasSize(1);
        }
    }

    @Test
    default void aRunningJobIsNotClaimedAgain() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.start().id();

            assertThat(s.claim(9).jobs()).isEmpty();
            assertThat(s.claimOnly("other", id).jobs()).isEmpty();
        }
    }

    @Test
    default void theAttemptGrowsWithEveryClaimHoweverTheOneBeforeEnded() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();
            var attempts = new ArrayList<Integer>();
            for (int round = 0; round < 4; round++) {
                ClaimedJob claimed = s.start(id);
                attempts.add(claimed.token().attempt());
                switch (round) {
                    case 0 -> s.end(s.released(claimed));
                    case 1 -> s.end(s.snoozed(claimed, Duration.ZERO, "not yet"));
                    default -> s.fail(claimed, ErrorClass.TRANSIENT);
                }
                s.advance(Duration.ofMinutes(10));
            }

            assertThat(attempts).containsExactly(1, 2, 3, 4);
            assertThat(s.start(id).state().failures()).isEqualTo(2);
        }
    }

    // ---- Not due, not in time

    @Test
    default void aJobForLaterIsClaimedWhenItIsDueAndNotBefore() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(job().runAt(s.now().plusSeconds(10)));

            s.advance(Duration.ofMillis(9_999));
            assertThat(s.claim(9).jobs()).isEmpty();

            s.advance(Duration.ofMillis(1));
            assertThat(ids(s.claim(9))).containsExactly(id);
        }
    }

    @Test
    default void aClaimSaysWhenTheNextJobWillBeDue() {
        try (var s = new StoreDriver(this)) {
            assertThat(s.claim(1).nextDue()).isEqualTo(Instant.MAX);
            Instant first = s.now().plusSeconds(10);
            s.submit(job().runAt(first.plusSeconds(5)));
            s.submit(job().runAt(first));

            assertThat(s.claim(1).nextDue()).isEqualTo(first);
            assertThat(s.claim(0).nextDue()).isEqualTo(first);

            s.advance(Duration.ofSeconds(10));
            assertThat(s.claim(1).nextDue()).isEqualTo(first.plusSeconds(5));
        }
    }

    @Test
    default void aJobWhoseTimeToLiveEndedDiesInsteadOfBeingClaimed() {
        try (var s = new StoreDriver(this)) {
            JobId late = s.submit(job().ttl(Duration.ofSeconds(10)));
            JobId child = s.child(late);
            JobId fine = s.submit(job().ttl(Duration.ofSeconds(60)));
            s.time.advance(Duration.ofSeconds(11));

            assertThat(ids(s.claim(9))).containsExactly(fine);

            assertThat(s.state(late)).isEqualTo(new Dead(s.now(), 0, ErrorClass.EXPIRED));
            assertThat(s.name(child)).isEqualTo(JobState.Name.CANCELLED);
        }
    }

    @Test
    default void anExpiredJobTakesNobodysPlaceInTheClaim() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 20; i++) s.submit(job().ttl(Duration.ofSeconds(10)).priority(1));
            JobId fine = s.submit();
            s.time.advance(Duration.ofSeconds(11));

            assertThat(ids(s.claim(1))).containsExactly(fine);
        }
    }

    @Test
    default void aJobWithTimeLeftIsClaimedInItsLastMillisecond() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(job().ttl(Duration.ofSeconds(10)));
            s.time.advance(Duration.ofMillis(9_999));

            assertThat(ids(s.claim(1))).containsExactly(id);
        }
    }

    // ---- Limits

    @Test
    default void noMoreRunThanTheLimitAllowsWithinOneClaimAndAcrossClaims() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 5; i++) s.submit(limited(3));

            Claimed two = s.claim("a", any(2));
            Claimed one = s.claim("b", any(9));

            assertThat(two.jobs()).hasSize(2);
            assertThat(one.jobs()).hasSize(1);
            assertThat(s.claim("c", any(9)).jobs()).isEmpty();

            s.complete(two.jobs().getFirst());
            assertThat(s.claim("c", any(9)).jobs()).hasSize(1);
        }
    }

    @Test
    default void aLimitIsSharedByAllToolsAndQueuesThatNameIt() {
        try (var s = new StoreDriver(this)) {
            var limit = new Limit("licence", 2);
            s.submit(job().limit(limit).queue("a"));
            s.submit(job().limit(limit).queue("b"));
            s.submit(other().limit(limit).queue("a"));

            Claimed claimed =
                    s.claim(Want.of(Set.of(TOOL), 1), Want.of(Set.of(TOOL, OTHER_TOOL), 5));

            assertThat(claimed.jobs()).hasSize(2);
        }
    }

    @Test
    default void aJobOverItsLimitIsNotInTheWayOfOthers() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 50; i++) s.submit(limited(1).priority(9));
            JobId free = s.submit();

            List<JobId> got = ids(s.claim(2));

            assertThat(got).hasSize(2).contains(free);
        }
    }

    @Test
    default void aCancelledAttemptKeepsItsPlaceUnderTheLimitUntilItStopped() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start(limited(1));
            JobId next = s.submit(limited(1));
            s.store.cancel(running.id());

            assertThat(s.claim(9).jobs()).isEmpty();
            StoreDriver.done(s.store.stopped(running.token()));

            assertThat(ids(s.claim(9))).containsExactly(next);
        }
    }

    @Test
    default void aLimitIsFreedHoweverTheAttemptEnds() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(limited(1));
            JobId other = s.submit(limited(1).priority(-1));
            s.end(s.released(s.start(id)));
            assertThat(s.claimOnly(other).jobs()).hasSize(1);
            s.reclaimAll();

            s.fail(s.start(id), ErrorClass.PERMANENT);
            s.advance(Duration.ofMinutes(10));

            assertThat(ids(s.claim(9))).containsExactly(other);
        }
    }

    @Test
    default void theLatestSubmitSaysHowManyMayRunUnderALimit() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 5; i++) s.submit(limited(1));
            List<ClaimedJob> first = s.claim(9).jobs();
            assertThat(first).hasSize(1);

            s.submit(limited(3));
            assertThat(s.claim(9).jobs()).hasSize(2);

            s.submit(limited(2));
            s.complete(first.getFirst());
            assertThat(s.claim(9).jobs()).isEmpty();
        }
    }

    // ---- Spent leases

    @Test
    default void aSpentLeaseIsForgotten() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob done = s.start();
            s.complete(done);
            assertThat(s.store.leases()).hasSize(1);

            spend(s, WORKER, done);

            assertThat(s.store.leases()).isEmpty();
        }
    }

    @Test
    default void aLeaseIsNotForgottenWhileAJobRunsOrStopsUnderIt() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start();
            ClaimedJob stopping = s.start();
            s.store.cancel(stopping.id());

            spend(s, WORKER, running);
            spend(s, WORKER, stopping);

            assertThat(s.store.leases()).hasSize(2);
        }
    }

    @Test
    default void nobodySpendsAnotherWorkersLease() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob done = s.start();
            s.complete(done);

            spend(s, "other", done);

            assertThat(s.store.leases()).hasSize(1);
        }
    }

    private static void spend(StoreDriver s, String worker, ClaimedJob job) {
        s.store.claim(
                new Claim(s.nextLease(), worker, TTL, List.of(), Set.of(job.token().lease())));
    }

    // ---- The answer was lost

    @Test
    default void whatAClaimGotCanBeReadAgainByItsLease() {
        try (var s = new StoreDriver(this)) {
            JobId parent = s.ended(JobState.Name.SUCCEEDED);
            s.submit(job().tags(Set.of("a", "b")).parents(Set.of(parent)).limit(new Limit("l", 2)));
            s.submit(job().retry(RetryPolicy.defaults().withAttempts(7)));
            Claimed claimed = s.claim(9);
            s.start();
            s.advance(Duration.ofSeconds(1));

            LeaseId lease = claimed.jobs().getFirst().token().lease();
            assertThat(s.store.claimed(lease, StoreDriver.WORKER))
                    .hasSize(2)
                    .containsExactlyInAnyOrderElementsOf(claimed.jobs());
        }
    }

    @Test
    default void aLeaseOfAnotherOrOfAClaimThatNeverWasHoldsNothing() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob job = s.start();

            assertThat(s.store.claimed(job.token().lease(), "worker-2")).isEmpty();
            assertThat(s.store.claimed(s.nextLease(), StoreDriver.WORKER)).isEmpty();
        }
    }

    @Test
    default void whatHasLeftItsLeaseIsNotReadAgain() {
        try (var s = new StoreDriver(this)) {
            s.submit();
            s.submit();
            s.submit();
            List<ClaimedJob> jobs = s.claim(9).jobs();
            s.complete(jobs.get(0));
            s.store.cancel(jobs.get(1).id());

            LeaseId lease = jobs.getFirst().token().lease();
            assertThat(s.store.claimed(lease, StoreDriver.WORKER)).containsExactly(jobs.get(2));
        }
    }
}
