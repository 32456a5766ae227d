package dev.pawl.bench;

import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code GET /v1/jobs?limit=100} at a million jobs, by state, tool, queue and time: how long a page
 * takes, asked one after the other by another process.
 */
final class HttpPages implements Main.Benchmark {
    private static final int PAGES = 1_000;

    @Override
    public void run(Setting setting) throws Exception {
        int jobs = setting.jobsOr(1_000_000);
        try (var site = new HttpSite(setting.synchronous())) {
            fill(site, jobs);
            var since = Jobs.TIME.instant().minus(Duration.ofHours(1));
            Map<String, String> filters = new LinkedHashMap<>();
            filters.put("none", "");
            filters.put("state", "&state=queued");
            filters.put("state without a match", "&state=dead");
            filters.put("tool", "&tool=noop");
            filters.put("queue", "&queue=rare");
            filters.put("time", "&since=" + since);
            filters.put(
                    "state, tool, queue and time",
                    "&state=queued&tool=noop&queue=default&since=" + since);
            for (int run = 1; run <= setting.runs(); run++)
                for (var filter : filters.entrySet()) {
                    var ask =
                            new HttpLoad.Ask(
                                    site.port(),
                                    "GET",
                                    "/v1/jobs?limit=100" + filter.getValue(),
                                    "",
                                    "",
                                    1);
                    HttpLoad.Result pages = HttpLoad.run(ask, PAGES);
                    System.out.printf(
                            "page of 100 at %,d jobs, filter %s, run %d: p50 %.1f ms, p99 %.1f"
                                    + " ms%n",
                            jobs, filter.getKey(), run, pages.p50Millis(), pages.p99Millis());
                }
        }
    }

    /** Mostly of one tool and queue; one in a thousand is of another. */
    private static void fill(HttpSite site, int jobs) {
        var other = Submission.of(new ToolId("other", "1"), Jobs.INPUT).queue("rare").build();
        for (int done = 0; done < jobs; done += 10_000) {
            Jobs.submit(site.engine, Math.min(9_990, jobs - done), Jobs.job());
            Jobs.submit(site.engine, 10, other);
        }
    }
}
