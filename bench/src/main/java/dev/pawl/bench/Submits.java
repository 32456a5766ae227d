package dev.pawl.bench;

import dev.pawl.core.Engine;
import dev.pawl.core.Submission;
import dev.pawl.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Single durable submits from 1 and from 64 threads, each answered after its commit; beside them
 * the bare loop that commits one job at a time.
 */
final class Submits implements Main.Benchmark {
    @Override
    public void run(Setting setting) throws Exception {
        int jobs = setting.jobsOr(30_000);
        for (int run = 1; run <= setting.runs(); run++) {
            double bare = bare(setting, jobs / 2);
            double one = ours(setting, jobs / 2, 1);
            double many = ours(setting, jobs * 2, 64);
            System.out.printf(
                    "submit %s, run %d: bare single commits %,.0f/s; pawl 1 thread %,.0f/s = %.2f"
                            + " x; 64 threads %,.0f/s = %.2f x%n",
                    setting.synchronous(), run, bare, one, one / bare, many, many / bare);
        }
    }

    private static double bare(Setting setting, int jobs) throws Exception {
        Path file = Setting.freshFile();
        Jobs.open(file, setting.synchronous()).close();
        try (var bare = new Bare(file, setting.synchronous())) {
            bare.submit(jobs / 10, 1);
            long begun = Jobs.TIME.nanos();
            bare.submit(jobs, 1);
            return jobs * 1e9 / (Jobs.TIME.nanos() - begun);
        } finally {
            Setting.delete(file);
        }
    }

    private static double ours(Setting setting, int jobs, int threads) throws Exception {
        Path file = Setting.freshFile();
        try (SqliteStore store = Jobs.open(file, setting.synchronous())) {
            Engine engine = Jobs.engine(store);
            together(engine, jobs / 10, threads);
            long begun = Jobs.TIME.nanos();
            together(engine, jobs, threads);
            return jobs * 1e9 / (Jobs.TIME.nanos() - begun);
        } finally {
            Setting.delete(file);
        }
    }

    private static void together(Engine engine, int jobs, int threads) throws Exception {
        Submission job = Jobs.job();
        var ready = new CountDownLatch(1);
        List<Thread> all = new ArrayList<>();
        for (int t = 0; t < threads; t++)
            all.add(
                    Thread.ofPlatform()
                            .name("submit-" + t)
                            .start(() -> {
                                await(ready);
                                for (int i = 0; i < jobs / threads; i++) engine.submit(job);
                            }));
        ready.countDown();
        for (Thread thread : all) thread.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
