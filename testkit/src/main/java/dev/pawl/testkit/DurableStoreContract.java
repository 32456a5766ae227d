package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.done;
import static dev.pawl.testkit.StoreDriver.file;
import static dev.pawl.testkit.StoreDriver.hash;
import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static dev.pawl.testkit.StoreDriver.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.Claim.Want;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Count;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Events;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Waiting;
import dev.pawl.core.Kept;
import dev.pawl.core.Lease;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitKey;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewJob;
import dev.pawl.core.Progress;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import dev.pawl.core.Store;
import dev.pawl.core.Submitted;
import dev.pawl.core.Time;
import dev.pawl.core.WorkerEntry;
import dev.pawl.core.Written;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a store on disk must do besides: what was answered is there after a crash, and several
 * stores on the same data are one.
 */
public interface DurableStoreContract extends StoreContract {
    @Override
    Store reopen(Time time);

    @Override
    List<String> violations();

    /** All that a store shows, job by job. */
    record Shown(
            List<FenceContract.Everything> jobs,
            Set<Lease> leases,
            Set<Count> counts,
            Set<QueueEntry> queues,
            Set<WorkerEntry> workers,
            Events events,
            Optional<Kept> kept) {
        public static Shown by(Store store) {
            return new Shown(
                    store.list(JobFilter.ALL, "", 1_000).stream()
                            .map(j -> FenceContract.Everything.of(store, j.id()))
                            .toList(),
                    Set.copyOf(store.leases()),
                    Set.copyOf(store.counts()),
                    Set.copyOf(store.queues()),
                    Set.copyOf(store.workers()),
                    store.events(0, 1_000),
                    store.kept("default", hash("a")));
        }
    }

    /** Puts one of everything into a fresh store, which is closed; answers what it showed. */
    static Shown filled(StoreSubject subject) {
        try (var s = new StoreDriver(subject)) {
            fill(s);
            return Shown.by(s.store);
        }
    }

    /** One of everything that a store can hold. */
    private static ClaimedJob fill(StoreDriver s) {
        var now = s.now();
        var rate = new Rate(5, Duration.ofMinutes(1));
        s.store.setQueue(new QueueEntry("paused", true, 7, 3, rate));
        var limit = new Limit("l", 9).withRate(rate).per("site", new LimitKey("a", 2, rate));
        s.start(job().limit(limit));
        s.submit(job().limit(limit));
        s.store.cancel(s.start(job().limit(limit)).id());
        s.store.register(new WorkerEntry("w", "h", 1, now, Set.of(StoreDriver.TOOL), 8, now, now));
        for (var end :
                List.of(JobState.Name.SUCCEEDED, JobState.Name.DEAD, JobState.Name.CANCELLED))
            s.ended(end, job().queue(end.wire()));
        ClaimedJob ran = s.start(shared("a"));
        done(s.end(s.completed(ran, "{\"x\": 1}", file("a", "a"))));
        s.submit(job().idempotencyKey("k").tags(Set.of("red")));
        s.submit(job().runAt(s.now().plusSeconds(60)));
        ClaimedJob failed = s.start();
        s.fail(failed, ErrorClass.TRANSIENT);
        ClaimedJob stopping = s.start();
        s.store.cancel(stopping.id());
        ClaimedJob running = s.start(shared("b"));
        s.submit(shared("b"));
        s.child(running.id());
        done(s.store.progress(running.token(), new Progress(0.5, "half", now)));
        var line = new LogLine(1, 0, now, LogLine.Stream.STDOUT, "hello");
        done(s.store.log(running.token(), List.of(line)));
        return running;
    }

    // ---- After a crash

    @Test
    default void everythingThatWasAnsweredIsThereAfterACrash() {
        try (var s = new StoreDriver(this)) {
            fill(s);
            Shown before = Shown.by(s.store);

            try (Store again = reopen(s.time)) {
                assertThat(Shown.by(again)).isEqualTo(before);
            }
        }
    }

    @Test
    default void everythingIsThereAfterAClose() {
        try (var s = new StoreDriver(this)) {
            fill(s);
            Shown before = Shown.by(s.store);
            try (Store first = reopen(s.time)) {
                assertThat(first.now()).isEqualTo(s.now());
            }

            try (Store second = reopen(s.time)) {
                assertThat(Shown.by(second)).isEqualTo(before);
            }
        }
    }

    @Test
    default void aWorkerGoesOnWithItsTokenAfterTheStoreCameBack() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = fill(s);

            try (Store again = reopen(s.time)) {
                List<Written> written = again.end(List.of(s.completed(running, "1")));

                assertThat(written).containsExactly(new Written.Done(true));
                assertThat(again.states(again.children(running.id())).values())
                        .containsOnly(new JobState.Queued(s.now(), 0, 0));
                assertThat(s.name(running.id())).isEqualTo(JobState.Name.SUCCEEDED);
            }
        }
    }

    @Test
    default void anAttemptNumberIsNotHandedOutAgainAfterACrash() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob first = s.start();
            s.end(s.snoozed(first, Duration.ofSeconds(1), "later"));

            try (Store again = reopen(s.time)) {
                s.advance(Duration.ofSeconds(1));
                again.promote(9);
                var running = (JobState.Running) runAgain(s, again, first.id());

                assertThat(running.attempt()).isEqualTo(2);
            }
        }
    }

    private static JobState runAgain(StoreDriver s, Store store, JobId id) {
        var want = new Want(Set.of(StoreDriver.TOOL), Set.of(), Set.of(id), 1);
        return store.claim(new Claim(s.nextLease(), "w", StoreDriver.TTL, List.of(want), Set.of()))
                .jobs()
                .getFirst()
                .state();
    }

    // ---- Two stores on the same data

    @Test
    default void whatOneStoreAnsweredTheOtherKnowsAtOnce() {
        try (var s = new StoreDriver(this);
                Store other = reopen(s.time)) {
            JobId id = s.submit();
            assertThat(other.find(id)).isEqualTo(s.store.find(id));

            JobState running = runAgain(s, other, id);
            assertThat(s.state(id)).isEqualTo(running);
            assertThat(s.claim(9).jobs()).isEmpty();

            other.cancel(id);
            assertThat(s.find(id).stopping()).isTrue();
            assertThat(Shown.by(other)).isEqualTo(Shown.by(s.store));
        }
    }

    @Test
    default void keysFlightsAndSwitchesHoldAcrossStores() {
        try (var s = new StoreDriver(this);
                Store other = reopen(s.time)) {
            JobId keyed = s.submit(job().idempotencyKey("k"));
            JobId leader = s.submit(shared("a"));
            other.setQueue(new QueueEntry("default", true, 2));

            List<Submitted> answers =
                    other.submit(
                            List.of(
                                    new NewJob(s.nextId(), job().idempotencyKey("k").build()),
                                    new NewJob(s.nextId(), shared("a").queue("q").build())));

            assertThat(answers.getFirst()).isEqualTo(new Submitted.Existing(keyed));
            assertThat(s.state(StoreDriver.accepted(answers.getLast())))
                    .isEqualTo(new Waiting(Set.of(leader), true));
            assertThat(s.claim(9).jobs()).isEmpty();
            s.advance(Duration.ofSeconds(2));
            assertThat(s.offer(job())).isInstanceOf(Submitted.Refused.class);
        }
    }

    @Test
    @Timeout(120)
    default void whateverEightThreadsDoOnTwoStoresEveryJobEndsOnce() {
        try (var s = new StoreDriver(this);
                Store other = reopen(s.time)) {
            new Crowd(s, s.store, other).everyJobEndsOnce(60);
            assertThat(Set.copyOf(other.counts())).isEqualTo(Set.copyOf(s.store.counts()));
        }
    }

    @Test
    @Timeout(120)
    default void whoReadsOneStoreWhileOthersWriteTwoMissesNoEvent() {
        try (var s = new StoreDriver(this);
                Store other = reopen(s.time)) {
            EventsContract.readWhileOthersWrite(s, s.store, other);
        }
    }

    @Test
    @Timeout(120)
    default void eightThreadsOnTwoStoresClaimEveryJobOnce() {
        try (var s = new StoreDriver(this);
                Store other = reopen(s.time)) {
            new Crowd(s, s.store, other).everyJobIsClaimedOnce(300);
        }
    }

    @Test
    @Timeout(120)
    default void aLimitHoldsAcrossTwoStores() {
        try (var s = new StoreDriver(this);
                Store other = reopen(s.time)) {
            new Crowd(s, s.store, other).theLimitHolds(40, 3);
        }
    }

    @Test
    @Timeout(120)
    default void aChildSubmittedToAnotherStoreThanItsParentsIsNotForgotten() {
        try (var s = new StoreDriver(this);
                Store other = reopen(s.time)) {
            new Crowd(s, s.store, other).noChildIsForgotten(60);
        }
    }

    @Test
    @Timeout(120)
    default void keysAndFlightsAreOneAmongEightThreadsOnTwoStores() {
        try (var s = new StoreDriver(this);
                Store other = reopen(s.time)) {
            new Crowd(s, s.store, other).oneKeyIsOneJob(10);
            new Crowd(s, s.store, other).oneFlightHasOneLeader(10);
        }
    }

    @Test
    @Timeout(120)
    default void aCompletionAndAReclaimFromTwoStoresNeverBothCount() {
        try (var s = new StoreDriver(this);
                Store other = reopen(s.time)) {
            new Crowd(s, s.store, other).aLateCompletionAndAReclaimNeverBothCount(30);
        }
    }

    @Test
    default void aBatchThatWasAnsweredIsWholeInTheOtherStore() {
        try (var s = new StoreDriver(this);
                Store other = reopen(s.time)) {
            for (int i = 0; i < 50; i++) s.submit();
            List<JobId> claimed = ids(s.claim(50));

            assertThat(other.states(claimed).values()).hasSize(50);
            assertThat(other.states(claimed).values().stream().map(JobState::name))
                    .containsOnly(JobState.Name.RUNNING);
            assertThat(other.leases()).hasSize(1);
        }
    }
}
