package dev.pawl.bench;

import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pages of {@code GET /v1/jobs} and {@code /v1/stats} over HTTP where millions of jobs have ended.
 * Their rows are made by {@code INSERT ... SELECT}, as they stand after a day of ten tools in two
 * queues: one in fifty is dead, one in seventy cancelled, one in a hundred in the smaller queue,
 * one in ten has a tag that some ten thousandth of all have, and belongs to a flow of ten.
 */
final class PostgresPages implements PawlScenario {
    private static final int JOBS = 10_000_000;
    private static final int REQUESTS = 1_000;
    private static final int CHUNK = 250_000;

    /**
     * Jobs of these numbers, one submitted after another, ten in a millisecond. Parameters: when
     * the last one was, how many there are in all, the first and the last of these; the input.
     */
    private static final String ADD =
            """
            WITH n AS MATERIALIZED (
                   SELECT n, CAST(? AS bigint) - (CAST(? AS integer) - n) / 10 AS ms,
                          (SELECT max(l.id) FROM pawl.lane l JOIN pawl.tool t ON t.id = l.tool_id
                            WHERE l.queue = CASE WHEN n % 100 = 7 THEN 'rare' ELSE 'default' END
                              AND t.name = 'tool-' || n % 10) AS lane,
                          CASE WHEN n % 50 = 3 THEN 2 WHEN n % 70 = 5 THEN 3 ELSE 1 END AS state,
                          CASE WHEN n % 10 = 1 THEN 'customer:' || n / 10 % 1000 END AS tag,
                          CASE WHEN n % 10 = 1 THEN 'flow-' || n / 100 END AS flow
                     FROM generate_series(CAST(? AS integer), CAST(? AS integer)) n),
                 j AS (SELECT n.*,
                              CAST(lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(n % 10), 3, '0')
                                   || '8' || lpad(to_hex(n), 15, '0') AS uuid) AS id
                         FROM n),
                 a AS (INSERT INTO pawl.job (id, lane, policy, priority, parents, run_at,
                                             submitted_at, ttl, reuse_ttl, go_on, reuse_errors,
                                             tenant, input, tags, correlation_id)
                       SELECT id, lane, (SELECT min(id) FROM pawl.policy), 0, 0, ms, ms, 0, 0, 0, 0,
                              'default', ?, tag, flow
                         FROM j),
                 t AS (INSERT INTO pawl.tag (tag, id) SELECT tag, id FROM j WHERE tag IS NOT NULL),
                 e AS (INSERT INTO pawl.attempt_end (id, attempt, started_at, at, how, worker,
                                                     class, message)
                       SELECT id, 1, ms + 5, ms + 25, 'failed', 'w', 'user', 'no such word'
                         FROM j WHERE state = 2)
            INSERT INTO pawl.outcome (id, at, started_at, lane, attempt, state, output, class)
            SELECT id, ms + 25, ms + 5, lane, 1, state,
                   CASE state WHEN 1 THEN '{"sent":true}' WHEN 2 THEN 'no such word' END,
                   CASE state WHEN 2 THEN 'user' END
              FROM j
            """;

    /** What a server would have counted. */
    private static final String COUNT =
            """
            INSERT INTO pawl.counter (lane, state, jobs, runs, millis)
            SELECT lane, state + 2, count(*), count(*), sum(at - started_at)
              FROM pawl.outcome GROUP BY lane, state
                ON CONFLICT (lane, state)
                DO UPDATE SET jobs = excluded.jobs, runs = excluded.runs, millis = excluded.millis
            """;

    @Override
    public String measure(PostgresServer server, Setting setting) throws Exception {
        int jobs = setting.jobsOr(JOBS);
        String url = server.freshDatabase();
        try {
            Instant last = Jobs.TIME.instant();
            fill(url, jobs, last.toEpochMilli());
            PostgresPeers.settle(url);
            try (var site = new PostgresSite(url)) {
                var said = new ArrayList<String>();
                // The first requests of all warm up.
                ask(site, "/v1/jobs");
                for (var page : pages(last.minusMillis(jobs / 20)).entrySet()) {
                    HttpLoad.Result result = ask(site, page.getValue());
                    said.add(
                            "%s p50 %.1f, p99 %.1f"
                                    .formatted(
                                            page.getKey(), result.p50Millis(), result.p99Millis()));
                }
                return "%,d jobs, ms: %s".formatted(jobs, String.join("; ", said));
            }
        } finally {
            server.drop(url);
        }
    }

    private static HttpLoad.Result ask(PostgresSite site, String path) throws Exception {
        return HttpLoad.run(new HttpLoad.Ask(site.port(), "GET", path, "", "", 1), REQUESTS);
    }

    /**
     * @param since half of the jobs are younger
     */
    private static Map<String, String> pages(Instant since) {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("all", "/v1/jobs?limit=100");
        pages.put("state", "/v1/jobs?limit=100&state=succeeded");
        pages.put("state (dead)", "/v1/jobs?limit=100&state=dead");
        pages.put("state (none)", "/v1/jobs?limit=100&state=running");
        pages.put("queue", "/v1/jobs?limit=100&queue=rare");
        pages.put("tool", "/v1/jobs?limit=100&tool=tool-3");
        pages.put("tag", "/v1/jobs?limit=100&tag=customer:7");
        pages.put("correlation", "/v1/jobs?limit=100&correlation_id=flow-7");
        pages.put("time", "/v1/jobs?limit=100&since=" + since);
        pages.put("queue, tool, state", "/v1/jobs?limit=100&queue=rare&tool=tool-7&state=dead");
        pages.put("statistics", "/v1/stats");
        return pages;
    }

    private static void fill(String url, int jobs, long lastMillis) throws SQLException {
        // Lanes and policies are made as ever, by jobs; these end with no attempt.
        try (var store = PostgresStore.open(PostgresOptions.of(url))) {
            var engine = Jobs.engine(store);
            for (int tool = 0; tool < 10; tool++)
                for (String queue : List.of("default", "rare"))
                    Jobs.submit(
                            engine,
                            1,
                            Submission.of(new ToolId("tool-" + tool, "1"), Jobs.INPUT)
                                    .queue(queue)
                                    .runAt(Jobs.TIME.instant().plus(Duration.ofDays(1)))
                                    .build());
        }
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement add = connection.prepareStatement(ADD)) {
            for (int from = 1; from <= jobs; from += CHUNK) {
                add.setLong(1, lastMillis);
                add.setInt(2, jobs);
                add.setInt(3, from);
                add.setInt(4, Math.min(jobs, from + CHUNK - 1));
                add.setString(5, Jobs.INPUT);
                add.executeUpdate();
            }
        }
        PostgresServer.execute(url, COUNT);
    }
}
