package dev.pawl.bench;

import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.Engine;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Outcome;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.core.Written;
import dev.pawl.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * How fast claims go (batches of 100, each completed) in an empty store, beside a million future
 * jobs of higher priority, beside a million due jobs of a tool that nobody serves, and after a
 * million finished ones.
 */
final class Beside implements Main.Benchmark {
    private static final int DRAINED = 50_000;
    private static final Random RANDOM = new Random();

    private interface Before {
        void fill(Engine engine, int jobs);
    }

    @Override
    public void run(Setting setting) throws Exception {
        int jobs = setting.jobsOr(1_000_000);
        for (int run = 1; run <= setting.runs(); run++) {
            double empty = claims(setting, 0, (_, _) -> {});
            report(run, "beside future jobs", claims(setting, jobs, Beside::future), empty, jobs);
            report(
                    run,
                    "beside unserved jobs",
                    claims(setting, jobs, Beside::unserved),
                    empty,
                    jobs);
            report(
                    run,
                    "after finished jobs",
                    claims(setting, jobs, Beside::finished),
                    empty,
                    jobs);
        }
    }

    private static void report(int run, String what, double rate, double empty, int jobs) {
        System.out.printf(
                "claims %s (%,d), run %d: empty %,.0f jobs/s, %,.0f jobs/s = %.2f x empty%n",
                what, jobs, run, empty, rate, rate / empty);
    }

    private static double claims(Setting setting, int jobs, Before before) throws Exception {
        Path file = Setting.freshFile();
        try (SqliteStore store = Jobs.open(file, setting.synchronous())) {
            Engine engine = Jobs.engine(store);
            before.fill(engine, jobs);
            Jobs.submit(engine, DRAINED / 5, Jobs.job());
            drain(engine);
            Jobs.submit(engine, DRAINED, Jobs.job());
            long begun = Jobs.TIME.nanos();
            drain(engine);
            return DRAINED * 1e9 / (Jobs.TIME.nanos() - begun);
        } finally {
            Setting.delete(file);
        }
    }

    private static void future(Engine engine, int jobs) {
        var tomorrow = Jobs.TIME.instant().plus(Duration.ofDays(1));
        Jobs.submit(
                engine,
                jobs,
                Submission.of(Jobs.NOOP, Jobs.INPUT).runAt(tomorrow).priority(9).build());
    }

    private static void unserved(Engine engine, int jobs) {
        var other = new ToolId("nobody", "1");
        Jobs.submit(engine, jobs, Submission.of(other, Jobs.INPUT).priority(9).build());
    }

    private static void finished(Engine engine, int jobs) {
        for (int left = jobs; left > 0; left -= 10_000) {
            Jobs.submit(engine, Math.min(left, 10_000), Jobs.job());
            drain(engine);
        }
    }

    private static void drain(Engine engine) {
        var want = List.of(Claim.Want.of(Set.of(Jobs.NOOP), 100));
        Set<LeaseId> spent = Set.of();
        while (true) {
            var lease = new LeaseId(new UUID(RANDOM.nextLong(), RANDOM.nextLong()));
            List<ClaimedJob> jobs =
                    engine.claim(new Claim(lease, "bench", Duration.ofMinutes(5), want, spent))
                            .jobs();
            if (jobs.isEmpty()) return;
            var ends = new ArrayList<End>(jobs.size());
            for (ClaimedJob job : jobs)
                ends.add(engine.ending(job, "bench", new Outcome.Succeeded("{}", List.of())));
            for (Written answer : engine.end(ends))
                if (!(answer instanceof Written.Done))
                    throw new IllegalStateException(answer.toString());
            spent = Set.of(lease);
        }
    }
}
