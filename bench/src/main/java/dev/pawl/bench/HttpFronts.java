package dev.pawl.bench;

import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Progress;
import dev.pawl.core.ToolId;
import dev.pawl.server.Front;
import dev.pawl.server.compute.Contracts;
import dev.pawl.server.sitefit.ContractTools;
import dev.pawl.server.sitefit.SitefitFront;
import dev.pawl.server.sitefit.SitefitOptions;
import dev.pawl.server.toolrunner.Scripts;
import dev.pawl.server.toolrunner.ToolRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * The fronts beside the native API on the same server: submits of the same job, all different, from
 * 64 connections of another process, in turns; a page and the figures of the tool runner at 10,000
 * jobs; and 500 of its WebSocket subscribers with a job each, told of 100 changes a second.
 */
final class HttpFronts implements Main.Benchmark {
    private static final String JSON = "application/json";
    private static final String SCRIPT =
            """
            import argparse
            parser = argparse.ArgumentParser()
            parser.add_argument("--number", type=int)
            parser.add_argument("--text")
            """;
    private static final String TEXT = "some text as long as the input of a usual job is";
    private static final String SOLVE =
            """
            {"crs":"EPSG:5514","parcel":{"coordinates":[[0,0],[24.5,0],[24.5,30],[0,30]]},\
            "house":{"coordinates":[[0,0],[10,0],[10,8],[0,8]]},"seed":########}\
            """;
    private static final int TURNS = 4;
    private static final int PAGES = 1_000;
    private static final int LISTED = 10_000;
    private static final int SUBSCRIBERS = 500;
    private static final int CHANGES_PER_SECOND = 100;

    @Override
    public void run(Setting setting) throws Exception {
        Path folder = Files.createTempDirectory("pawl-fronts");
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(scripts.resolve("script.py"), SCRIPT);
        Scripts found = Scripts.of(scripts);
        Contracts contracts = Contracts.of(Path.of("examples", "sitefit", "contracts"));
        var runner = new ToolRunner(found);
        var sitefit = new SitefitFront(contracts, new Random(), Optional.empty());
        var tools = new ArrayList<>(found.tools());
        tools.addAll(ContractTools.of(contracts, SitefitOptions.of("http://localhost:1")));
        int jobs = setting.jobsOr(40_000);
        for (int run = 1; run <= setting.runs(); run++) {
            try (var site = new HttpSite(setting.synchronous(), List.of(runner, sitefit), tools)) {
                submits(site, runner, run, jobs);
                solves(site, sitefit, run, jobs);
            }
            try (var site = new HttpSite(setting.synchronous(), List.of(runner), tools)) {
                lists(site, runner, run);
            }
            try (var site = new HttpSite(setting.synchronous(), List.of(runner), tools)) {
                updates(site, runner, run);
            }
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private static void submits(HttpSite site, Front front, int run, int jobs) throws Exception {
        String given = "{\"number\":########,\"text\":\"" + TEXT + "\"}";
        beside(
                "POST /api/run, run " + run,
                new HttpLoad.Ask(
                        site.port(),
                        "POST",
                        "/v1/jobs",
                        JSON,
                        "{\"tool\":\"script@1\",\"input\":" + given + "}",
                        64),
                new HttpLoad.Ask(
                        site.port(front),
                        "POST",
                        "/api/run",
                        JSON,
                        "{\"tool_name\":\"script\",\"parameters\":" + given + "}",
                        64),
                jobs);
    }

    private static void solves(HttpSite site, Front front, int run, int jobs) throws Exception {
        beside(
                "POST /jobs/run, run " + run,
                new HttpLoad.Ask(
                        site.port(),
                        "POST",
                        "/v1/jobs",
                        JSON,
                        "{\"tool\":\"sitefit@1.0.0\",\"input\":" + SOLVE + "}",
                        64),
                new HttpLoad.Ask(
                        site.port(front),
                        "POST",
                        "/jobs/run",
                        JSON,
                        """
                        {"app_id":"sitefit","definition":"sitefit","version":"1.0.0","inputs":%s}\
                        """
                                .formatted(SOLVE),
                        64),
                jobs);
    }

    private static void beside(String what, HttpLoad.Ask ours, HttpLoad.Ask theirs, int jobs)
            throws Exception {
        int turn = jobs / TURNS;
        HttpLoad.run(ours, turn);
        HttpLoad.run(theirs, turn);
        double ourSeconds = 0;
        double theirSeconds = 0;
        for (int i = 0; i < TURNS; i++) {
            ourSeconds += turn / HttpLoad.run(ours, turn).perSecond();
            theirSeconds += turn / HttpLoad.run(theirs, turn).perSecond();
        }
        System.out.printf(
                "%s: native %,.0f/s; front %,.0f/s = %.2f x%n",
                what, jobs / ourSeconds, jobs / theirSeconds, ourSeconds / theirSeconds);
    }

    private static void lists(HttpSite site, Front front, int run) throws Exception {
        String body = "{\"tool_name\":\"script\",\"parameters\":{\"number\":########}}";
        HttpLoad.run(
                new HttpLoad.Ask(site.port(front), "POST", "/api/run", JSON, body, 64), LISTED);
        for (String path : List.of("/api/jobs?limit=100", "/api/stats")) {
            var ask = new HttpLoad.Ask(site.port(front), "GET", path, "", "", 1);
            HttpLoad.run(ask, PAGES);
            HttpLoad.Result pages = HttpLoad.run(ask, PAGES);
            System.out.printf(
                    "GET %s at %,d jobs, run %d: p50 %.1f ms, p99 %.1f ms%n",
                    path, LISTED, run, pages.p50Millis(), pages.p99Millis());
        }
    }

    /** Each change is a report of progress whose text says when it was about to be written. */
    private static void updates(HttpSite site, Front front, int run) throws Exception {
        String body = "{\"tool_name\":\"script\",\"parameters\":{\"number\":########}}";
        HttpLoad.run(
                new HttpLoad.Ask(site.port(front), "POST", "/api/run", JSON, body, 8), SUBSCRIBERS);
        var want =
                new Claim.Want(Set.of(new ToolId("script", "1")), Set.of(), Set.of(), SUBSCRIBERS);
        var claim =
                new Claim(
                        new LeaseId(new UUID(1, 1)),
                        "bench",
                        Duration.ofHours(1),
                        List.of(want),
                        Set.of());
        List<ClaimedJob> jobs = site.engine.claim(claim).jobs();
        var ids = jobs.stream().map(job -> job.id().toString()).toList();
        try (var load = SocketLoad.start(site.port(front), ids)) {
            long begun = Jobs.TIME.nanos();
            for (int i = 0; i < SUBSCRIBERS * 4; i++) {
                Duration early =
                        Duration.ofNanos(
                                begun
                                        + i * 1_000_000_000L / CHANGES_PER_SECOND
                                        - Jobs.TIME.nanos());
                if (early.isPositive()) Jobs.TIME.sleep(early);
                ClaimedJob job = jobs.get(i % SUBSCRIBERS);
                String now = Long.toString(Jobs.TIME.nanos());
                var progress = new Progress(i / 4_000.0, now, site.store.now());
                var _ = site.engine.progress(job.token(), progress);
            }
            System.out.printf("WebSocket, run %d: %s%n", run, load.finish());
        }
    }
}
