package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.WORKER;
import static dev.pawl.testkit.StoreDriver.done;
import static dev.pawl.testkit.StoreDriver.file;
import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.AttemptEnd.How;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Cancelled;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.LogLine;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Renewal;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.WorkerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people do to jobs, queues and workers: cancel, redrive, discard, pause, register. */
public interface OutsideContract extends StoreSubject {
    // ---- Cancel

    @Test
    default void aCancelledRunningJobIsStoppingUntilItsHandlerIsGone() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start();
            s.advance(Duration.ofSeconds(2));

            assertThat(s.store.cancel(running.id())).contains(running.state());

            assertThat(s.state(running.id())).isEqualTo(new Cancelled(s.now(), 1));
            assertThat(s.find(running.id()).stopping()).isTrue();
            assertThat(s.store.leases()).containsExactly(running.state().lease());
            assertThat(s.store.history(running.id()))
                    .containsExactly(
                            new AttemptEnd(
                                    1,
                                    How.CANCELLED,
                                    WORKER,
                                    s.now().minusSeconds(2),
                                    s.now(),
                                    null,
                                    ""));
            done(s.store.stopped(running.token()));
            assertThat(s.find(running.id()).stopping()).isFalse();
            assertThat(s.state(running.id())).isEqualTo(new Cancelled(s.now(), 1));
        }
    }

    @Test
    default void aJobThatDoesNotRunIsCancelledWithoutHistory() {
        try (var s = new StoreDriver(this)) {
            JobId queued = s.submit();
            JobId later = s.submit(job().runAt(s.now().plusSeconds(60)));
            JobId waiting = s.child(queued);

            for (JobId id : List.of(waiting, later, queued)) {
                JobState before = s.state(id);
                assertThat(s.store.cancel(id)).contains(before);
                assertThat(s.find(id).stopping()).isFalse();
                assertThat(s.state(id)).isEqualTo(new Cancelled(s.now(), 0));
                assertThat(s.store.history(id)).isEmpty();
            }
            s.advance(Duration.ofHours(1));
            assertThat(s.claim(9).jobs()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.Name.class,
            names = {"SUCCEEDED", "DEAD", "CANCELLED"})
    default void anEndedJobIsNotCancelled(JobState.Name end) {
        try (var s = new StoreDriver(this)) {
            JobId id = s.ended(end);
            Job before = s.find(id);
            s.advance(Duration.ofSeconds(1));

            assertThat(s.store.cancel(id)).contains(before.state());

            assertThat(s.find(id)).isEqualTo(before);
        }
    }

    @Test
    default void whatIsNotThereCannotBeCancelledRedrivenOrDiscarded() {
        try (var s = new StoreDriver(this)) {
            JobId none = s.nextId();

            assertThat(s.store.cancel(none)).isEmpty();
            assertThat(s.store.redrive(none)).isEmpty();
            assertThat(s.store.discard(none)).isEmpty();
        }
    }

    // ---- Redrive

    @Test
    default void aRedrivenJobKeepsItsAttemptAndHistoryAndHasNoFailures() {
        try (var s = new StoreDriver(this)) {
            var twice = RetryPolicy.defaults().withAttempts(2);
            JobId id = s.submit(job().retry(twice));
            s.fail(s.start(id), ErrorClass.TRANSIENT);
            s.advance(Duration.ofMinutes(1));
            s.end(s.failed(s.start(id), ErrorClass.TRANSIENT, "no", file("log", "2")));
            JobState dead = s.state(id);
            s.advance(Duration.ofMinutes(1));

            assertThat(s.store.redrive(id)).contains(dead);

            assertThat(s.state(id)).isEqualTo(new Queued(s.now(), 2, 0));
            assertThat(s.find(id).output()).isEmpty();
            assertThat(s.store.history(id)).hasSize(2);
            assertThat(s.store.artifacts(id)).containsExactly(file("log", "2"));
            ClaimedJob third = s.start(id);
            assertThat(third.token().attempt()).isEqualTo(3);
            s.fail(third, ErrorClass.TRANSIENT);
            assertThat(s.name(id)).isEqualTo(JobState.Name.QUEUED);
        }
    }

    @Test
    default void aJobThatIsRedrivenForLaterStartsAndExpiresLater() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.ended(JobState.Name.DEAD, job().ttl(Duration.ofMinutes(2)));
            JobId past = s.ended(JobState.Name.DEAD);
            JobState dead = s.state(id);
            Instant later = s.now().plusSeconds(300);

            assertThat(s.store.redrive(id, later)).contains(dead);
            s.store.redrive(past, s.now().minusSeconds(300));

            assertThat(s.state(id)).isEqualTo(new Queued(later, 1, 0));
            assertThat(s.state(past)).isEqualTo(new Queued(s.now(), 1, 0));
            assertThat(ids(s.claim(9))).containsExactly(past);
            s.advance(Duration.ofSeconds(299));
            assertThat(s.store.expire(9)).isZero();
            assertThat(s.claim(9).jobs()).isEmpty();
            s.advance(Duration.ofSeconds(1));
            s.store.promote(9);
            assertThat(s.start(id).token().attempt()).isEqualTo(2);
        }
    }

    @Test
    default void aJobThatIsRedrivenForLaterCanBeCancelledAndRedrivenAgain() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.ended(JobState.Name.DEAD);
            s.store.redrive(id, s.now().plusSeconds(300));

            assertThat(s.store.redrive(id)).contains(new Queued(s.now().plusSeconds(300), 1, 0));
            s.store.cancel(id);
            s.store.redrive(id);

            assertThat(ids(s.claim(9))).containsExactly(id);
        }
    }

    @Test
    default void aCancelledJobIsRedrivenToo() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.ended(JobState.Name.CANCELLED, job().runAt(s.now().plusSeconds(60)));

            assertThat(s.store.redrive(id)).contains(new Cancelled(s.now(), 0));

            assertThat(s.state(id)).isEqualTo(new Queued(s.now(), 0, 0));
            assertThat(ids(s.claim(9))).containsExactly(id);
        }
    }

    @Test
    default void aJobThatIsStillStoppingIsNotRedriven() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start();
            s.store.cancel(running.id());
            Job stopping = s.find(running.id());

            assertThat(s.store.redrive(running.id())).contains(stopping.state());
            assertThat(s.find(running.id())).isEqualTo(stopping);

            done(s.store.stopped(running.token()));
            s.store.redrive(running.id());
            assertThat(s.start(running.id()).token().attempt()).isEqualTo(2);
        }
    }

    @Test
    default void aJobThatHasNotEndedOrHasSucceededIsNotRedriven() {
        try (var s = new StoreDriver(this)) {
            JobId queued = s.submit();
            JobId waiting = s.child(queued);
            JobId running = s.start().id();
            JobId succeeded = s.ended(JobState.Name.SUCCEEDED);
            s.advance(Duration.ofSeconds(1));

            for (JobId id : List.of(queued, waiting, running, succeeded)) {
                Job before = s.find(id);
                assertThat(s.store.redrive(id)).contains(before.state());
                assertThat(s.find(id)).isEqualTo(before);
            }
        }
    }

    // ---- Discard

    @ParameterizedTest
    @EnumSource(
            value = JobState.Name.class,
            names = {"DEAD", "CANCELLED"})
    default void aDiscardedJobIsGoneWithAllItLeft(JobState.Name end) {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();
            ClaimedJob first = s.start(id);
            var line = new LogLine(1, 0, s.now(), LogLine.Stream.STDOUT, "hello");
            done(s.store.log(first.token(), List.of(line)));
            s.end(s.failed(first, ErrorClass.TRANSIENT, "no", file("a", "a")));
            s.advance(Duration.ofMinutes(1));
            if (end == JobState.Name.DEAD) s.fail(s.start(id), ErrorClass.PERMANENT);
            else s.store.cancel(id);
            JobState before = s.state(id);

            assertThat(s.store.discard(id)).contains(before);

            assertThat(s.store.find(id)).isEmpty();
            assertThat(s.store.states(List.of(id))).isEmpty();
            assertThat(s.store.history(id)).isEmpty();
            assertThat(s.store.logs(id, 0, -1, 9)).isEmpty();
            assertThat(s.store.artifacts(id)).isEmpty();
            assertThat(s.store.counts()).isEmpty();
            assertThat(s.store.discard(id)).isEmpty();
            assertThat(s.store.redrive(id)).isEmpty();
        }
    }

    @Test
    default void nothingElseIsDiscarded() {
        try (var s = new StoreDriver(this)) {
            JobId queued = s.submit();
            JobId waiting = s.child(queued);
            JobId running = s.start().id();
            JobId succeeded = s.ended(JobState.Name.SUCCEEDED);
            ClaimedJob stopping = s.start();
            s.store.cancel(stopping.id());

            for (JobId id : List.of(queued, waiting, running, succeeded, stopping.id())) {
                Job before = s.find(id);
                assertThat(s.store.discard(id)).contains(before.state());
                assertThat(s.find(id)).isEqualTo(before);
            }
        }
    }

    // ---- Queues

    @Test
    default void aQueueIsListedOnceItHadAJobOrASwitch() {
        try (var s = new StoreDriver(this)) {
            s.store.setQueue(new QueueEntry("switched", true, 7));
            s.store.discard(s.ended(JobState.Name.CANCELLED, job().queue("used")));

            assertThat(s.store.queues())
                    .containsExactlyInAnyOrder(
                            new QueueEntry("switched", true, 7),
                            new QueueEntry("used", false, Integer.MAX_VALUE));

            s.store.setQueue(new QueueEntry("switched", false, Integer.MAX_VALUE));
            assertThat(s.store.queues())
                    .contains(new QueueEntry("switched", false, Integer.MAX_VALUE));
        }
    }

    // ---- Workers

    @Test
    default void aWorkerIsSeenAtItsLastHeartbeatByTheStoresClock() {
        try (var s = new StoreDriver(this)) {
            var tools = Set.of(StoreDriver.TOOL, ClaimContract.OTHER_TOOL);
            var start = s.now().minusSeconds(5);
            s.store.register(
                    new WorkerEntry("w", "host/boot", 4_711, start, tools, 8, start, start));
            assertThat(s.store.workers())
                    .containsExactly(
                            new WorkerEntry(
                                    "w", "host/boot", 4_711, start, tools, 8, start, s.now()));
            s.advance(Duration.ofSeconds(10));

            s.store.renew(new Renewal("w", Set.of(), StoreDriver.TTL));
            s.store.renew(new Renewal("unknown", Set.of(), StoreDriver.TTL));

            assertThat(s.store.workers()).hasSize(1);
            assertThat(s.store.workers().getFirst().seenAt()).isEqualTo(s.now());
        }
    }

    @Test
    default void registeringAgainReplacesWhatTheWorkerCanRun() {
        try (var s = new StoreDriver(this)) {
            var now = s.now();
            s.store.register(new WorkerEntry("w", "h", 1, now, Set.of(), 8, now, now));
            var again = new WorkerEntry("w", "h", 1, now, Set.of(StoreDriver.TOOL), 2, now, now);

            s.store.register(again);

            assertThat(s.store.workers()).containsExactly(again);
        }
    }

    @Test
    default void whatAWorkerCanIsListed() {
        try (var s = new StoreDriver(this)) {
            var now = s.now();
            var plain = new WorkerEntry("w", "h", 1, now, Set.of(), 8, now, now);
            s.store.register(plain.withCan(Set.of("gpu", "large-memory")));
            assertThat(s.store.workers())
                    .containsExactly(plain.withCan(Set.of("gpu", "large-memory")));

            s.store.register(plain.withCan(Set.of("gpu")));

            assertThat(s.store.workers()).containsExactly(plain.withCan(Set.of("gpu")));
        }
    }

    @Test
    default void aWorkerHearsThatItIsToDrainWithEachHeartbeat() {
        try (var s = new StoreDriver(this)) {
            var now = s.now();
            var entry = new WorkerEntry("w", "h", 1, now, Set.of(), 8, now, now);
            s.store.register(entry);
            s.store.register(new WorkerEntry("other", "h", 1, now, Set.of(), 8, now, now));
            var renewal = new Renewal("w", Set.of(), StoreDriver.TTL);
            assertThat(s.store.renew(renewal).drain()).isFalse();

            assertThat(s.store.drain("w")).isTrue();

            assertThat(s.store.renew(renewal).drain()).isTrue();
            assertThat(s.store.renew(renewal).drain()).isTrue();
            assertThat(s.store.renew(new Renewal("other", Set.of(), StoreDriver.TTL)).drain())
                    .isFalse();
            assertThat(s.store.workers()).contains(entry.withDraining(true));
        }
    }

    @Test
    default void thatItIsToDrainOutlivesARegistrationAndEndsWithTheWorker() {
        try (var s = new StoreDriver(this)) {
            var now = s.now();
            var entry = new WorkerEntry("w", "h", 1, now, Set.of(), 8, now, now);
            assertThat(s.store.drain("w")).isFalse();
            s.store.register(entry);
            s.store.drain("w");
            assertThat(s.store.drain("w")).isTrue();
            s.store.register(entry);
            assertThat(s.store.workers()).containsExactly(entry.withDraining(true));

            s.store.unregister("w");
            s.store.register(entry);

            assertThat(s.store.workers()).containsExactly(entry);
        }
    }

    @Test
    default void aWorkerThatStoppedIsNotListedButItsLeasesStay() {
        try (var s = new StoreDriver(this)) {
            var now = s.now();
            s.store.register(new WorkerEntry(WORKER, "h", 1, now, Set.of(), 8, now, now));
            s.start();

            s.store.unregister(WORKER);
            s.store.unregister("unknown");

            assertThat(s.store.workers()).isEmpty();
            assertThat(s.store.leases()).hasSize(1);
        }
    }

    @Test
    default void closingTwiceIsFine() {
        var store = open(FakeTime.waiting());

        store.close();
        store.close();
    }
}
