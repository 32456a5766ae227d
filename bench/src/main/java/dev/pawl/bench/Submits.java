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
 * the bare loop that commits one job at a time. The three take turns, a few hundred milliseconds
 * each: what else the disk has to do meets them all.
 */
final class Submits implements Main.Benchmark {
    private static final int TURNS = 20;

    @Override
    public void run(Setting setting) throws Exception {
        int jobs = setting.jobsOr(30_000);
        for (int run = 1; run <= setting.runs(); run++) {
            var bare = new Timed();
            var one = new Timed();
            var many = new Timed();
            takeTurns(setting, jobs, bare, one, many);
            System.out.printf(
                    "submit %s, run %d: bare single commits %,.0f/s; pawl 1 thread %,.0f/s = %.2f"
                            + " x; 64 threads %,.0f/s = %.2f x%n",
                    setting.synchronous(),
                    run,
                    bare.perSecond(),
                    one.perSecond(),
                    one.perSecond() / bare.perSecond(),
                    many.perSecond(),
                    many.perSecond() / bare.perSecond());
        }
    }

    private static void takeTurns(Setting setting, int jobs, Timed bare, Timed one, Timed many)
            throws Exception {
        Path bareFile = Setting.freshFile();
        Path oneFile = Setting.freshFile();
        Path manyFile = Setting.freshFile();
        Jobs.open(bareFile, setting.synchronous()).close();
        try (var loop = new Bare(bareFile, setting.synchronous());
                SqliteStore oneStore = Jobs.open(oneFile, setting.synchronous());
                SqliteStore manyStore = Jobs.open(manyFile, setting.synchronous())) {
            Engine alone = Jobs.engine(oneStore);
            Engine shared = Jobs.engine(manyStore);
            int single = Math.max(1, jobs / 2 / TURNS);
            int together = Math.max(64, jobs * 2 / TURNS);
            // The first two turns warm up.
            for (int turn = -2; turn < TURNS; turn++) {
                boolean counts = turn >= 0;
                bare.time(counts, single, () -> loop.submit(single, 1));
                one.time(counts, single, () -> together(alone, single, 1));
                many.time(counts, together / 64 * 64, () -> together(shared, together, 64));
            }
        } finally {
            Setting.delete(bareFile);
            Setting.delete(oneFile);
            Setting.delete(manyFile);
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
