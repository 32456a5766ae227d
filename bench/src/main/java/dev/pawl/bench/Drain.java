package dev.pawl.bench;

import dev.pawl.core.Engine;
import dev.pawl.core.Outcome;
import dev.pawl.store.sqlite.SqliteStore;
import dev.pawl.worker.Served;
import dev.pawl.worker.Serving;
import dev.pawl.worker.Slot;
import dev.pawl.worker.Surroundings;
import dev.pawl.worker.SystemProcesses;
import dev.pawl.worker.Worker;
import dev.pawl.worker.WorkerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * One worker process, in its default settings, empties a queue of jobs whose Java handler does
 * nothing; history is kept. Beside it the bare loop, in batches of 100. The two take turns: what
 * else the disk has to do meets both.
 */
final class Drain implements Main.Benchmark {
    private static final int TURNS = 5;

    @Override
    public void run(Setting setting) throws Exception {
        int jobs = setting.jobsOr(200_000);
        for (int run = 1; run <= setting.runs(); run++) {
            var bare = new Timed();
            var ours = new Timed();
            takeTurns(setting, jobs / TURNS, bare, ours);
            System.out.printf(
                    "drain %s %d jobs, run %d: bare %,.0f jobs/s, pawl %,.0f jobs/s = %.2f x"
                            + " bare%n",
                    setting.synchronous(),
                    jobs,
                    run,
                    bare.perSecond(),
                    ours.perSecond(),
                    ours.perSecond() / bare.perSecond());
        }
    }

    private static void takeTurns(Setting setting, int jobs, Timed bare, Timed ours)
            throws Exception {
        Path bareFile = Setting.freshFile();
        Path file = Setting.freshFile();
        Jobs.open(bareFile, setting.synchronous()).close();
        try (var loop = new Bare(bareFile, setting.synchronous());
                SqliteStore store = Jobs.open(file, setting.synchronous())) {
            Engine engine = Jobs.engine(store);
            // The first turn warms up.
            for (int turn = -1; turn < TURNS; turn++) {
                boolean counts = turn >= 0;
                loop.submit(jobs, 1_000);
                bare.time(counts, jobs, () -> loop.drain(100));
                Jobs.submit(engine, jobs, Jobs.job());
                var left = new CountDownLatch(jobs);
                var ends = new Ends(left);
                engine.listen(ends);
                try (Worker worker = worker(engine)) {
                    ours.time(
                            counts,
                            jobs,
                            () -> {
                                worker.start();
                                left.await();
                            });
                }
                engine.unlisten(ends);
            }
        } finally {
            Setting.delete(bareFile);
            Setting.delete(file);
        }
    }

    private static Worker worker(Engine engine) {
        var done = new Outcome.Succeeded("{}", List.of());
        var noop = new Served(_ -> done, Slot.HANDLER, Duration.ZERO);
        return new Worker(
                engine,
                Serving.all(Map.of(Jobs.NOOP, noop)),
                WorkerOptions.defaults(),
                new Surroundings(Jobs.TIME, new Random(), new SystemProcesses(_ -> {})));
    }

    private record Ends(CountDownLatch left) implements dev.pawl.core.EngineListener {
        @Override
        public void jobEnded(dev.pawl.core.JobId id) {
            left.countDown();
        }
    }
}
