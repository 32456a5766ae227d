package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Attempt;
import dev.pawl.core.Engine;
import dev.pawl.core.Executor;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Outcome;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.MemoryStore;
import dev.pawl.testkit.NoArtifacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads; what the loops decide is tested by their steps. */
@Timeout(60)
final class WorkerTest {
    private static final ToolId MAIL = Rig.MAIL;
    private static final WorkerOptions OPTIONS =
            WorkerOptions.defaults().withGrace(Duration.ZERO, Duration.ofSeconds(10));

    private final Random random = new Random(3);
    private final SystemTime time = new SystemTime();
    private final MemoryStore store = new MemoryStore(time);
    private final Engine engine = new Engine(store, new NoArtifacts(), time, random);
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);

    @Test
    void aSubmittedJobRunsAndItsWaiterIsWoken() throws Exception {
        try (var worker = worker(_ -> Rig.DONE, OPTIONS)) {
            worker.start();

            Waited end = new Waiting(engine, time).one(submit(), WaitOptions.defaults());

            assertThat(end.succeeded()).isTrue();
        }
        assertThat(store.workers()).isEmpty();
        assertThat(store.leases()).isEmpty();
    }

    @Test
    void twentyThousandJobsEndOnceEach() throws Exception {
        var ran = new AtomicInteger();
        var ids = new ArrayList<JobId>();
        var batch = Collections.nCopies(1_000, Rig.submission(MAIL).build());
        for (int i = 0; i < 20; i++)
            engine.submit(batch).forEach(answer -> ids.add(Rig.accepted(answer)));
        Executor count =
                _ -> {
                    ran.incrementAndGet();
                    return Rig.DONE;
                };
        try (var worker = worker(count, OPTIONS)) {
            worker.start();

            Waited end = new Waiting(engine, time).all(ids, WaitOptions.defaults(), _ -> {});

            assertThat(end.succeeded()).isTrue();
        }
        assertThat(ran).hasValue(20_000);
    }

    @Test
    void closingLetsARunningAttemptEnd() throws Exception {
        var worker =
                worker(this::untilLeave, OPTIONS.withGrace(Duration.ofMinutes(1), Duration.ZERO));
        worker.start();
        JobId id = submit();
        entered.await();

        var closing = Thread.ofVirtual().start(worker::close);
        leave.countDown();
        closing.join();

        assertThat(state(id)).isInstanceOf(JobState.Succeeded.class);
    }

    @Test
    void whatCannotEndInTheGracePeriodGoesBackWithoutAFailure() throws Exception {
        var worker = worker(this::untilLeave, OPTIONS);
        worker.start();
        JobId id = submit();
        entered.await();

        worker.close();

        assertThat(state(id))
                .isInstanceOfSatisfying(
                        JobState.Queued.class, s -> assertThat(s.failures()).isZero());
    }

    @Test
    void aSecondSignalCutsTheGracePeriodShort() throws Exception {
        var worker =
                worker(this::untilLeave, OPTIONS.withGrace(Duration.ofHours(1), Duration.ZERO));
        worker.start();
        JobId id = submit();
        entered.await();
        var closing = Thread.ofVirtual().start(worker::close);

        worker.closeNow();
        closing.join();

        assertThat(state(id)).isInstanceOf(JobState.Queued.class);
    }

    @Test
    void aCancelInterruptsTheHandler() throws Exception {
        var worker = worker(this::untilLeave, OPTIONS);
        worker.start();
        JobId id = submit();
        entered.await();

        engine.cancel(id);
        worker.close();

        assertThat(state(id)).isInstanceOf(JobState.Cancelled.class);
        assertThat(store.find(id).orElseThrow().stopping()).isFalse();
    }

    @Test
    void aWorkerStartedAgainInTheSamePlaceHasAnotherName() {
        var first = worker(_ -> Rig.DONE, OPTIONS);
        var again = worker(_ -> Rig.DONE, OPTIONS);

        assertThat(first.id()).startsWith("host-100-");
        assertThat(again.id()).startsWith("host-100-").isNotEqualTo(first.id());
    }

    @Test
    void closingBeforeTheStartOrTwiceIsFine() {
        var fresh = worker(_ -> Rig.DONE, OPTIONS);
        fresh.close();
        fresh.close();
        var started = worker(_ -> Rig.DONE, OPTIONS);
        started.start();
        started.close();
        started.closeNow();

        assertThat(store.workers()).isEmpty();
    }

    @Test
    void aWorkerThatCannotRegisterHasNotStarted() {
        var outage = new Outage();
        var cut = new Engine(outage.around(store), new NoArtifacts(), time, random);
        outage.away = true;
        try (var worker = new Worker(cut, serving(_ -> Rig.DONE), OPTIONS, around())) {
            assertThatThrownBy(worker::start).hasMessageContaining("away");
            outage.away = false;
            worker.start();

            assertThat(store.workers()).hasSize(1);
        }
    }

    @Test
    void workersStartAndStopByTheHundreds() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int t = 0; t < 10; t++)
                all.add(
                        threads.submit(() -> {
                            for (int i = 0; i < 50; i++) startAndStop();
                        }));
            for (var one : all) one.get(60, TimeUnit.SECONDS);
        }

        assertThat(store.workers()).isEmpty();
        assertThat(store.list(JobFilter.ALL, "", 1_000))
                .hasSize(500)
                .allMatch(job ->
                        job.state() instanceof JobState.Succeeded
                                || job.state() instanceof JobState.Queued);
    }

    private void startAndStop() {
        try (var worker = worker(_ -> Rig.DONE, OPTIONS)) {
            worker.start();
            submit();
        }
    }

    private Outcome untilLeave(Attempt attempt) throws InterruptedException {
        entered.countDown();
        leave.await();
        return Rig.DONE;
    }

    private JobId submit() {
        return Rig.accepted(engine.submit(Rig.submission(MAIL).build()));
    }

    private JobState state(JobId id) {
        return store.find(id).orElseThrow().state();
    }

    private Worker worker(Executor executor, WorkerOptions options) {
        return new Worker(engine, serving(executor), options, around());
    }

    private static Serving serving(Executor executor) {
        return Serving.all(Map.of(MAIL, new Served(executor, Slot.HANDLER, Duration.ZERO)));
    }

    private Surroundings around() {
        return new Surroundings(time, random, new FakeProcesses());
    }
}
