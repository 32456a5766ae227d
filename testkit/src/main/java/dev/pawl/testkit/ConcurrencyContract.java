package dev.pawl.testkit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads on one store. */
public interface ConcurrencyContract extends StoreSubject {
    @Test
    @Timeout(60)
    default void whateverEightThreadsDoEveryJobEndsOnce() {
        try (var s = new StoreDriver(this)) {
            new Crowd(s, s.store).everyJobEndsOnce(100);
        }
    }

    @Test
    @Timeout(60)
    default void eightThreadsClaimEveryJobOnce() {
        try (var s = new StoreDriver(this)) {
            new Crowd(s, s.store).everyJobIsClaimedOnce(500);
        }
    }

    @Test
    @Timeout(60)
    default void aLimitHoldsAmongEightThreads() {
        try (var s = new StoreDriver(this)) {
            new Crowd(s, s.store).theLimitHolds(60, 3);
        }
    }

    @Test
    @Timeout(60)
    default void aKeysLimitHoldsAmongEightThreads() {
        try (var s = new StoreDriver(this)) {
            new Crowd(s, s.store).theKeysLimitHolds(60, 1);
        }
    }

    @Test
    @Timeout(60)
    default void aChildThatComesWhileItsParentEndsIsNotForgotten() {
        try (var s = new StoreDriver(this)) {
            new Crowd(s, s.store, s.store).noChildIsForgotten(100);
        }
    }

    @Test
    @Timeout(60)
    default void theSameKeyFromEightThreadsIsOneJob() {
        try (var s = new StoreDriver(this)) {
            new Crowd(s, s.store).oneKeyIsOneJob(20);
        }
    }

    @Test
    @Timeout(60)
    default void equalJobsFromEightThreadsHaveOneLeader() {
        try (var s = new StoreDriver(this)) {
            new Crowd(s, s.store).oneFlightHasOneLeader(20);
        }
    }

    @Test
    @Timeout(60)
    default void aLateCompletionAndAReclaimNeverBothCount() {
        try (var s = new StoreDriver(this)) {
            new Crowd(s, s.store, s.store).aLateCompletionAndAReclaimNeverBothCount(50);
        }
    }
}
