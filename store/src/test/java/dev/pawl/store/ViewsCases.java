package dev.pawl.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.pawl.core.Artifact;
import dev.pawl.core.Claim;
import dev.pawl.core.Claim.Want;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.MemoryStore;
import dev.pawl.testkit.NoArtifacts;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What those read who knew the databases of the fronts' originals. */
public abstract class ViewsCases {
    private static final String SHA = "a".repeat(64);

    private final FakeTime time = FakeTime.advancing();
    private Store store = new MemoryStore(time);
    private Engine engine = new Engine(store, new NoArtifacts(), time, new Random(1));
    private long leases;

    /** A fresh store that lives by this time. */
    protected abstract Store open(FakeTime time);

    /** Of the database, for another program. */
    protected abstract String url();

    /** The query with the views' names as this database has them. */
    protected abstract String named(String sql);

    @BeforeEach
    void open() {
        store.close();
        store = open(time);
        engine = new Engine(store, new NoArtifacts(), time, new Random(1));
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** The queries of the site-fit jobs' own document, but for the names of the tables. */
    @Test
    void theQueriesOfTheSitefitDocumentRun() throws SQLException {
        JobId solved = sitefit("1.0.0", "acme", "app:sitefit", "inputs:" + SHA);
        succeed(claim("sitefit", "1.0.0"), "{\"results\":[{\"score\":1.5},{\"score\":92.5}]}");
        JobId refused = sitefit("1.1.0", Submission.DEFAULT_TENANT);
        end(claim("sitefit", "1.1.0"), Outcome.failed(ErrorClass.USER, "answered 422: no"));
        JobId waits = sitefit("1.0.0", "acme");

        assertThat(
                        rows(
                                """
                                select id, status, definition, version, attempts, created_at, ended_at
                                from sitefit_job
                                order by created_at desc
                                limit 10;
                                """))
                .extracting(
                        row -> row.get("id"), row -> row.get("status"), row -> row.get("attempts"))
                .containsExactly(
                        tuple(waits.toString(), "queued", "0"),
                        tuple(refused.toString(), "failed", "1"),
                        tuple(solved.toString(), "succeeded", "1"));
        assertThat(
                        rows(
                                """
                                select job_id, score, created_at
                                from sitefit_result
                                order by created_at desc
                                limit 10;
                                """))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("job_id", solved.toString()))
                .satisfies(row -> assertThat(row).containsEntry("score", "92.5"))
                .satisfies(row -> assertThat(row.get("created_at")).startsWith("2026-01-01"));
        Map<String, String> job = one("select * from sitefit_job where id = '" + solved + "'");
        assertThat(job)
                .containsEntry("tenant_id", "acme")
                .containsEntry("app_id", "sitefit")
                .containsEntry("inputs_hash", SHA)
                .containsEntry("payload_json", "{\"a\":1}")
                .containsEntry("last_error", "");
        Map<String, String> failed = one("select * from sitefit_job where id = '" + refused + "'");
        assertThat(failed).containsEntry("tenant_id", "").containsEntry("app_id", "");
        assertThat(failed.get("last_error")).contains("answered 422: no");
        assertThat(one("select * from sitefit_job_with_result where score > 90"))
                .containsEntry("id", solved.toString());
        assertThat(one("select * from sitefit_artifact"))
                .containsEntry("job_id", solved.toString())
                .containsEntry("kind", "text/html");
    }

    /**
     * A job of an older program has its hash as a tag; a later job for the same inputs names the
     * first.
     */
    @Test
    void theHashOfTheInputsIsInTheKeyOrInATag() throws SQLException {
        var tool = new ToolId("sitefit", "1.0.0");
        String key = "sitefit:" + SHA;
        JobId first = submit(Submission.of(tool, "{}").queue("sitefit").idempotencyKey(key));
        JobId next =
                submit(
                        Submission.of(tool, "{}")
                                .queue("sitefit")
                                .idempotencyKey(key + ":" + first));
        JobId older = sitefit("1.0.0", "acme", "inputs:" + SHA, "app:a");
        JobId others = submit(Submission.of(tool, "{}").queue("sitefit").idempotencyKey("mine"));

        assertThat(rows("select id, inputs_hash from sitefit_job"))
                .extracting(row -> row.get("id"), row -> row.get("inputs_hash"))
                .containsExactlyInAnyOrder(
                        tuple(first.toString(), SHA),
                        tuple(next.toString(), SHA),
                        tuple(older.toString(), SHA),
                        tuple(others.toString(), ""));
    }

    @Test
    void aResultWithoutScoresHasNone() throws SQLException {
        var _ = sitefit("1.1.0", "acme");
        succeed(claim("sitefit", "1.1.0"), "{\"result\":52}");

        assertThat(one("select score from sitefit_result")).containsEntry("score", "");
    }

    @Test
    void theToolRunnersTablesAreThere() throws SQLException {
        JobId done = script("greet");
        ClaimedJob job = claim("greet", "1");
        var _ =
                store.log(
                        job.token(),
                        List.of(
                                line(0, LogLine.Stream.STDOUT, "hello"),
                                line(1, LogLine.Stream.STDERR, "careful"),
                                line(2, LogLine.Stream.STDOUT, "world")));
        succeed(job, "{}");
        JobId broken = script("greet");
        end(claim("greet", "1"), Outcome.failed(ErrorClass.PERMANENT, "exited with 3"));
        JobId runs = script("greet");
        var _ = claim("greet", "1");

        assertThat(rows("select * from tool_runner_jobs order by created_at"))
                .extracting(row -> row.get("id") + " " + row.get("status"))
                .containsExactly(done + " completed", broken + " failed", runs + " running");
        assertThat(one("select * from tool_runner_jobs where status = 'failed'"))
                .containsEntry("tool_name", "greet")
                .containsEntry("return_code", "3")
                .containsEntry("worker_name", "w")
                .containsEntry("parameters", "{\"a\":1}");
        assertThat(one("select * from tool_runner_job_results where job_id = '" + done + "'"))
                .containsEntry("stdout", "hello\nworld")
                .containsEntry("stderr", "careful")
                .containsEntry("output_files", "[\"greet.html\"]")
                .containsEntry("total_size", "3");
        assertThat(rows("select level, message from tool_runner_job_logs order by timestamp, id"))
                .extracting(row -> row.get("level") + " " + row.get("message"))
                .containsExactly("INFO hello", "WARNING careful", "INFO world");
        assertThat(rows("select * from sitefit_job")).isEmpty();
    }

    // ---- Jobs

    private JobId sitefit(String version, String tenant, String... tags) {
        return submit(
                Submission.of(new ToolId("sitefit", version), "{\"a\":1}")
                        .queue("sitefit")
                        .tenant(tenant)
                        .tags(Set.of(tags)));
    }

    private JobId script(String name) {
        return submit(Submission.of(new ToolId(name, "1"), "{\"a\":1}").queue("tool-runner"));
    }

    private JobId submit(Submission.Builder submission) {
        time.advance(Duration.ofSeconds(1));
        if (engine.submit(submission.build()) instanceof Submitted.Accepted(var id, var _))
            return id;
        throw new AssertionError("not accepted");
    }

    private ClaimedJob claim(String tool, String version) {
        var want = Want.of(Set.of(new ToolId(tool, version)), 1);
        var lease = new LeaseId(new UUID(7, leases++));
        return engine.claim(new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of()))
                .jobs()
                .getFirst();
    }

    private void succeed(ClaimedJob job, String output) {
        end(
                job,
                new Outcome.Succeeded(
                        output, List.of(new Artifact("greet.html", 3, SHA, "text/html"))));
    }

    private void end(ClaimedJob job, Outcome outcome) {
        engine.end(List.of(engine.ending(job, "w", outcome)));
    }

    private LogLine line(int seq, LogLine.Stream stream, String text) {
        return new LogLine(1, seq, time.instant(), stream, text);
    }

    // ---- Read by others

    private Map<String, String> one(String sql) throws SQLException {
        List<Map<String, String>> rows = rows(sql);
        assertThat(rows).as(sql).hasSize(1);
        return rows.getFirst();
    }

    /** As another program reads the file; an empty text for null. */
    protected final List<Map<String, String>> rows(String sql) throws SQLException {
        var all = new ArrayList<Map<String, String>>();
        try (Connection other = DriverManager.getConnection(url());
                var statement = other.createStatement();
                var rows = statement.executeQuery(named(sql))) {
            var columns = rows.getMetaData();
            while (rows.next()) {
                var row = new LinkedHashMap<String, String>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    String value = rows.getString(i);
                    row.put(
                            columns.getColumnName(i),
                            value == null ? "" : value.replace("\": ", "\":"));
                }
                all.add(row);
            }
        }
        return all;
    }
}
