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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * From the answer of a submit to the start of its handler, on an idle worker in the same process.
 * Submits come 2 to 12 ms apart, so that the worker is idle and its polls are hit at random.
 */
final class Pickup implements Main.Benchmark {
    @Override
    public void run(Setting setting) throws Exception {
        int jobs = setting.jobsOr(3_000);
        for (int run = 1; run <= setting.runs(); run++)
            report(setting, run, measure(setting, jobs));
    }

    private static void report(Setting setting, int run, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                "pickup %s, run %d: p50 %.3f ms, p95 %.3f ms, p99 %.3f ms, max %.3f ms (n=%d)%n",
                setting.synchronous(),
                run,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 95 / 100] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                nanos[nanos.length - 1] / 1e6,
                nanos.length);
    }

    private static long[] measure(Setting setting, int jobs) throws Exception {
        Path file = Setting.freshFile();
        try (SqliteStore store = Jobs.open(file, setting.synchronous())) {
            Engine engine = Jobs.engine(store);
            var starts = new ArrayBlockingQueue<Long>(10);
            var done = new Outcome.Succeeded("{}", List.of());
            var noop =
                    new Served(
                            _ -> {
                                starts.add(Jobs.TIME.nanos());
                                return done;
                            },
                            Slot.HANDLER,
                            Duration.ZERO);
            var random = new Random(1);
            var around = new Surroundings(Jobs.TIME, new Random(), new SystemProcesses(_ -> {}));
            try (var worker =
                    new Worker(
                            engine,
                            Serving.all(Map.of(Jobs.NOOP, noop)),
                            WorkerOptions.defaults(),
                            around)) {
                worker.start();
                long[] nanos = new long[jobs];
                for (int i = -jobs / 3; i < jobs; i++) {
                    Jobs.TIME.sleep(Duration.ofMillis(2 + random.nextInt(10)));
                    engine.submit(Jobs.job());
                    long answered = Jobs.TIME.nanos();
                    long started = starts.take();
                    if (i >= 0) nanos[i] = Math.max(0, started - answered);
                }
                return nanos;
            }
        } finally {
            Setting.delete(file);
        }
    }
}
