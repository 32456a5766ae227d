package dev.pawl.bench;

import dev.pawl.core.Outcome;
import dev.pawl.worker.Served;
import dev.pawl.worker.Serving;
import dev.pawl.worker.Slot;
import dev.pawl.worker.Surroundings;
import dev.pawl.worker.SystemProcesses;
import dev.pawl.worker.Worker;
import dev.pawl.worker.WorkerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * 500 jobs a second are submitted and run for two seconds each, and every one has a listener from
 * its submit to its end: 1,000 at a time. Beside it the same without listeners, in the same run.
 * What submits lose is told twice: at that rate, and with callers on top who submit as fast as they
 * can.
 */
final class HttpListeners implements Main.Benchmark {
    private static final int PER_SECOND = 500;
    private static final Duration JOB = Duration.ofSeconds(2);
    private static final int SLOTS = 4_096;

    @Override
    public void run(Setting setting) throws Exception {
        int jobs = setting.jobsOr(10_000);
        for (int run = 1; run <= setting.runs(); run++)
            for (int eager : List.of(0, 16)) {
                ListenerLoad.Result without = measure(setting, jobs, 0, eager);
                ListenerLoad.Result with = measure(setting, jobs, 1_200, eager);
                System.out.printf(
                        "%d jobs/s, run %d, without listeners: %s; with: %s; submits = %.2f x%n",
                        PER_SECOND,
                        run,
                        without,
                        with,
                        eager == 0
                                ? with.perSecond() / without.perSecond()
                                : with.eagerPerSecond() / without.eagerPerSecond());
            }
    }

    private static ListenerLoad.Result measure(Setting setting, int jobs, int listeners, int eager)
            throws Exception {
        try (var site = new HttpSite(setting.synchronous());
                var worker = worker(site)) {
            worker.start();
            var load = new ListenerLoad.Plan(site.port(), PER_SECOND, 0, eager);
            // Once to warm up.
            ListenerLoad.run(load.with(listeners), jobs / 4);
            return ListenerLoad.run(load.with(listeners), jobs);
        }
    }

    private static Worker worker(HttpSite site) {
        var done = new Outcome.Succeeded("{}", List.of());
        var slow =
                new Served(
                        _ -> {
                            Jobs.TIME.sleep(JOB);
                            return done;
                        },
                        Slot.HANDLER,
                        Duration.ZERO);
        return new Worker(
                site.engine,
                Serving.all(Map.of(Jobs.NOOP, slow)),
                WorkerOptions.defaults().withHandlerSlots(SLOTS),
                new Surroundings(Jobs.TIME, new Random(), new SystemProcesses(_ -> {})));
    }
}
