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
 * nothing; history is kept. Beside it the bare loop, in batches of 100.
 */
final class Drain implements Main.Benchmark {
    @Override
    public void run(Setting setting) throws Exception {
        int jobs = setting.jobsOr(200_000);
        for (int run = 1; run <= setting.runs(); run++) {
            double bare = bare(setting, jobs);
            double ours = ours(setting, jobs);
            System.out.printf(
                    "drain %s %d jobs, run %d: bare %,.0f jobs/s, pawl %,.0f jobs/s = %.2f x"
                            + " bare%n",
                    setting.synchronous(), jobs, run, bare, ours, ours / bare);
        }
    }

    private static double bare(Setting setting, int jobs) throws Exception {
        Path file = Setting.freshFile();
        Jobs.open(file, setting.synchronous()).close();
        try (var bare = new Bare(file, setting.synchronous())) {
            bare.submit(jobs, 1_000);
            long begun = Jobs.TIME.nanos();
            bare.drain(100);
            return jobs * 1e9 / (Jobs.TIME.nanos() - begun);
        } finally {
            Setting.delete(file);
        }
    }

    private static double ours(Setting setting, int jobs) throws Exception {
        Path file = Setting.freshFile();
        try (SqliteStore store = Jobs.open(file, setting.synchronous())) {
            Engine engine = Jobs.engine(store);
            Jobs.submit(engine, jobs, Jobs.job());
            var left = new CountDownLatch(jobs);
            engine.listen(new Ends(left));
            var done = new Outcome.Succeeded("{}", List.of());
            var noop = new Served(_ -> done, Slot.HANDLER, Duration.ZERO);
            var around = new Surroundings(Jobs.TIME, new Random(), new SystemProcesses(_ -> {}));
            long begun = Jobs.TIME.nanos();
            try (var worker =
                    new Worker(
                            engine,
                            Serving.all(Map.of(Jobs.NOOP, noop)),
                            WorkerOptions.defaults(),
                            around)) {
                worker.start();
                left.await();
                return jobs * 1e9 / (Jobs.TIME.nanos() - begun);
            }
        } finally {
            Setting.delete(file);
        }
    }

    private record Ends(CountDownLatch left) implements dev.pawl.core.EngineListener {
        @Override
        public void jobEnded(dev.pawl.core.JobId id) {
            left.countDown();
        }
    }
}
