package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Engine;
import dev.pawl.core.Explanation;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Outcome;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Time;
import dev.pawl.core.ToolId;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.NoArtifacts;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.worker.Served;
import dev.pawl.worker.Serving;
import dev.pawl.worker.Slot;
import dev.pawl.worker.Surroundings;
import dev.pawl.worker.SystemProcesses;
import dev.pawl.worker.Worker;
import dev.pawl.worker.WorkerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers on one PostgreSQL whose clocks, or whose tools, are not the same. */
@Tag("process")
@Timeout(120)
final class ClocksTest {
    private static final ToolId MAIL = new ToolId("mail", "1");
    private static final Outcome DONE = new Outcome.Succeeded("{}", List.of());
    private static final WorkerOptions OPTIONS =
            WorkerOptions.defaults().withLease(Duration.ofSeconds(3), Duration.ofMillis(500));
    private static final Duration POLL = Duration.ofMillis(20);

    private final SystemTime time = new SystemTime();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Map<JobId, Instant> startedAt = new ConcurrentHashMap<>();
    private final CountDownLatch leave = new CountDownLatch(1);
    private String url = "";

    /** A machine whose clock is off. */
    private record Off(Time real, Duration by) implements Time {
        @Override
        public Instant instant() {
            return real.instant().plus(by);
        }

        @Override
        public long nanos() {
            return real.nanos();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            real.sleep(duration);
        }
    }

    @BeforeEach
    void database() {
        url = PostgresServer.shared().freshDatabase();
        open.push(() -> PostgresServer.shared().drop(url));
    }

    @AfterEach
    void close() throws Exception {
        leave.countDown();
        while (!open.isEmpty()) open.pop().close();
    }

    @ParameterizedTest
    @ValueSource(longs = {10, -10})
    void aWorkerWhoseClockIsOffByMinutesStartsOnTimeAndKeepsItsLeases(long minutes)
            throws Exception {
        Engine engine = engine(time);
        Time off = new Off(time, Duration.ofMinutes(minutes));
        work(off, MAIL);
        JobId running = submit(engine, MAIL, Instant.EPOCH);
        await(() -> startedAt.containsKey(running));
        // One whose clock is right looks after leases, and would take back what is over.
        work(time, new ToolId("other", "1"));
        Instant due = engine.now().plusSeconds(2);
        JobId later = submit(engine, MAIL, due);

        await(() -> startedAt.containsKey(later));
        assertThat(engine.now()).isBetween(due, due.plusSeconds(5));
        time.sleep(Duration.ofSeconds(7));
        assertThat(state(engine, running)).isInstanceOf(JobState.Running.class);
        leave.countDown();
        await(() -> state(engine, running).ended() && state(engine, later).ended());

        for (JobId id : List.of(running, later)) {
            assertThat(state(engine, id)).isInstanceOf(JobState.Succeeded.class);
            assertThat(engine.store().history(id)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {10, -10})
    void aDatabaseWhoseClockIsSetLosesNoLeaseAndStartsWhatIsDueByIt(long minutes) throws Exception {
        Engine engine = engine(time);
        work(time, MAIL);
        work(time, MAIL);
        JobId running = submit(engine, MAIL, Instant.EPOCH);
        await(() -> startedAt.containsKey(running));
        JobId later = submit(engine, MAIL, engine.now().plus(Duration.ofMinutes(5)));

        setClock(minutes);
        time.sleep(Duration.ofSeconds(7));

        assertThat(state(engine, running)).isInstanceOf(JobState.Running.class);
        assertThat(startedAt.containsKey(later)).isEqualTo(minutes > 0);
        setClock(6);
        await(() -> startedAt.containsKey(later));
        leave.countDown();
        await(() -> state(engine, running).ended() && state(engine, later).ended());
        for (JobId id : List.of(running, later)) assertThat(engine.store().history(id)).isEmpty();
    }

    @Test
    void twoDeploymentsWithOtherVersionsOfAToolEachTakeTheirOwn() throws Exception {
        var second = new ToolId("mail", "2");
        var third = new ToolId("mail", "3");
        leave.countDown();
        Engine engine = engine(time);
        Worker old = work(time, MAIL);
        Worker fresh = work(time, second);

        JobId forOld = submit(engine, MAIL, Instant.EPOCH);
        JobId forFresh = submit(engine, second, Instant.EPOCH);
        JobId forNobody = submit(engine, third, Instant.EPOCH);
        await(() -> state(engine, forOld).ended() && state(engine, forFresh).ended());

        assertThat(old.id()).isNotEqualTo(fresh.id());
        assertThat(engine.store().find(forOld).orElseThrow().submission().tool()).isEqualTo(MAIL);
        assertThat(state(engine, forNobody)).isInstanceOf(JobState.Queued.class);
        assertThat(Explanation.of(engine.store(), forNobody, _ -> Set.of()).orElseThrow().text())
                .contains("no live worker serves mail@3", "2 are alive", "mail@1, mail@2");
    }

    private Engine engine(Time clock) {
        var store = PostgresStore.open(PostgresOptions.of(url).withConnections(4));
        open.push(store);
        return new Engine(store, new NoArtifacts(), clock, new SplittableRandom());
    }

    /** A worker of this tool, on a store of its own as in another process. */
    private Worker work(Time clock, ToolId tool) {
        Engine engine = engine(clock);
        var served =
                new Served(
                        attempt -> {
                            startedAt.put(attempt.job().id(), time.instant());
                            leave.await();
                            return DONE;
                        },
                        Slot.HANDLER,
                        Duration.ZERO);
        var around = new Surroundings(clock, new SplittableRandom(), new SystemProcesses(_ -> {}));
        var worker = new Worker(engine, Serving.all(Map.of(tool, served)), OPTIONS, around);
        open.push(worker);
        worker.start();
        return worker;
    }

    private void setClock(long minutes) {
        PostgresServer.execute(
                url,
                """
                CREATE OR REPLACE FUNCTION pawl.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS
                'SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint) + %d'
                """
                        .formatted(minutes * 60_000));
    }

    private static JobId submit(Engine engine, ToolId tool, Instant runAt) {
        Submission.Builder job = Submission.of(tool, "{}");
        Submitted answer = engine.submit(job.runAt(runAt).build());
        return ((Submitted.Accepted) answer).id();
    }

    private static JobState state(Engine engine, JobId id) {
        return engine.store().find(id).orElseThrow().state();
    }

    private interface Check {
        boolean holds() throws Exception;
    }

    private void await(Check check) throws Exception {
        while (!check.holds()) time.sleep(POLL);
    }
}
