package dev.pawl.bench;

import java.nio.file.Path;

/**
 * {@code POST /v1/jobs}, durable, from 64 connections of another process, beside the same web
 * server's bare JSON echo; and NDJSON batches of 1,000 from one connection, beside a bare loop that
 * inserts the same rows 1,000 to a commit.
 */
final class HttpSubmits implements Main.Benchmark {
    private static final String JSON = "application/json";
    private static final String JOB = "{\"tool\":\"noop\",\"input\":%s}".formatted(Jobs.INPUT);
    private static final int BATCH = 1_000;

    @Override
    public void run(Setting setting) throws Exception {
        int jobs = setting.jobsOr(100_000);
        for (int run = 1; run <= setting.runs(); run++) {
            single(setting, jobs, run);
            batches(setting, jobs * 2, run);
        }
    }

    private static void single(Setting setting, int jobs, int run) throws Exception {
        HttpLoad.Result echo;
        var bare = HttpSite.echo();
        try {
            var ask = new HttpLoad.Ask(bare.port(), "POST", "/v1/jobs", JSON, JOB, 64);
            HttpLoad.run(ask, jobs / 2);
            echo = HttpLoad.run(ask, jobs);
        } finally {
            bare.stop();
        }
        try (var site = new HttpSite(setting.synchronous())) {
            var ask = new HttpLoad.Ask(site.port(), "POST", "/v1/jobs", JSON, JOB, 64);
            HttpLoad.run(ask, jobs / 2);
            HttpLoad.Result ours = HttpLoad.run(ask, jobs);
            System.out.printf(
                    "POST /v1/jobs %s, 64 connections, run %d: echo %,.0f/s; pawl %,.0f/s = %.2f x"
                            + " echo; p50 %.1f ms, p99 %.1f ms%n",
                    setting.synchronous(),
                    run,
                    echo.perSecond(),
                    ours.perSecond(),
                    ours.perSecond() / echo.perSecond(),
                    ours.p50Millis(),
                    ours.p99Millis());
        }
    }

    private static void batches(Setting setting, int jobs, int run) throws Exception {
        double bare = bare(setting, jobs);
        String body = (JOB + "\n").repeat(BATCH);
        try (var site = new HttpSite(setting.synchronous())) {
            var ask =
                    new HttpLoad.Ask(
                            site.port(), "POST", "/v1/jobs:batch", "application/x-ndjson", body, 1);
            HttpLoad.run(ask, Math.max(20, jobs / BATCH / 4));
            double ours = HttpLoad.run(ask, jobs / BATCH).perSecond() * BATCH;
            System.out.printf(
                    "NDJSON batches of 1,000 %s, run %d: bare insert %,.0f jobs/s; pawl %,.0f"
                            + " jobs/s = %.2f x%n",
                    setting.synchronous(), run, bare, ours, ours / bare);
        }
    }

    private static double bare(Setting setting, int jobs) throws Exception {
        Path file = Setting.freshFile();
        Jobs.open(file, setting.synchronous()).close();
        try (var bare = new Bare(file, setting.synchronous())) {
            bare.submit(jobs / 4, BATCH);
            long begun = Jobs.TIME.nanos();
            bare.submit(jobs, BATCH);
            return jobs * 1e9 / (Jobs.TIME.nanos() - begun);
        } finally {
            Setting.delete(file);
        }
    }
}
