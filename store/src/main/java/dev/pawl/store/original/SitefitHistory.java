package dev.pawl.store.original;

import static dev.pawl.store.original.OriginalDatabase.text;
import static dev.pawl.store.original.OriginalDatabase.time;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;

/**
 * The site-fit jobs' tables {@code job}, {@code result} and {@code artifact}, by id, a page at a
 * time. Not thread-safe.
 */
public final class SitefitHistory {
    private static final int PAGE = 20;
    private static final List<String> WANTED =
            List.of(
                    "id",
                    "definition",
                    "version",
                    "status",
                    "inputs_hash",
                    "payload_json",
                    "attempts",
                    "last_error",
                    "created_at",
                    "started_at",
                    "ended_at");

    private final OriginalDatabase original;
    private final String jobs;
    private final String results;
    private final String artifacts;
    private String after;

    public SitefitHistory(OriginalDatabase original) {
        this.original = original;
        this.after = original.dialect().first;
        this.jobs = jobs(original.columns("job", WANTED));
        original.columns("result", List.of("id", "job_id", "outputs_json", "created_at"));
        this.results =
                """
                SELECT CAST(job_id AS text), %s
                  FROM (SELECT job_id, outputs_json,
                               row_number() OVER (PARTITION BY job_id
                                                  ORDER BY created_at DESC, id DESC) AS place
                          FROM result WHERE job_id %s) AS r
                 WHERE place = 1
                """
                        .formatted(
                                ToolRunnerHistory.json("outputs_json", SitefitJob.JSON_MAX),
                                original.dialect().among);
        this.artifacts =
                original.columns("artifact").contains("url")
                        ? """
                        SELECT CAST(job_id AS text), substr(url, 1, 2000) FROM artifact
                         WHERE job_id %s ORDER BY job_id, id LIMIT ?
                        """
                                .formatted(original.dialect().among)
                        : "";
    }

    private String jobs(Set<String> has) {
        return """
        SELECT CAST(j.id AS text), %s, %s, j.definition, j.version,
               lower(CAST(j.status AS text)), j.inputs_hash, %s, j.attempts, %s, %s, %s,
               %s, %s, %s
          FROM job j
         WHERE j.id > %s ORDER BY j.id LIMIT ?
        """
                .formatted(
                        has.contains("tenant_id") ? "CAST(j.tenant_id AS text)" : "NULL",
                        has.contains("app_id") ? "j.app_id" : "NULL",
                        ToolRunnerHistory.json("j.payload_json", SitefitJob.JSON_MAX),
                        has.contains("priority") ? "j.priority" : "0",
                        ToolRunnerHistory.json("j.last_error", SitefitJob.JSON_MAX),
                        has.contains("correlation_id") ? "CAST(j.correlation_id AS text)" : "NULL",
                        original.dialect().millis("j.created_at"),
                        original.dialect().millis("j.started_at"),
                        original.dialect().millis("j.ended_at"),
                        original.dialect().after);
    }

    /** The next page; empty at the end. */
    public List<SitefitJob> next() {
        var page = new ArrayList<SitefitJob>();
        original.each(jobs, rows -> page.add(job(rows)), after, PAGE);
        if (page.isEmpty()) return page;
        after = page.getLast().id();
        String ids = original.dialect().ids(page.stream().map(SitefitJob::id).toList());
        var outputs = new HashMap<String, String>();
        original.each(results, rows -> outputs.put(text(rows, 1), text(rows, 2)), ids);
        var files = new HashMap<String, List<String>>();
        if (!artifacts.isEmpty())
            original.each(
                    artifacts,
                    rows ->
                            files.computeIfAbsent(text(rows, 1), _ -> new ArrayList<>())
                                    .add(text(rows, 2)),
                    ids,
                    PAGE * SitefitJob.FILES_MAX);
        return page.stream()
                .map(job ->
                        whole(
                                job,
                                outputs.getOrDefault(job.id(), ""),
                                files.getOrDefault(job.id(), List.of())))
                .toList();
    }

    private static SitefitJob job(ResultSet rows) throws SQLException {
        return new SitefitJob(
                text(rows, 1),
                text(rows, 2),
                text(rows, 3),
                text(rows, 4),
                text(rows, 5),
                text(rows, 6),
                text(rows, 7),
                text(rows, 8),
                rows.getInt(9),
                rows.getInt(10),
                text(rows, 11),
                text(rows, 12),
                time(rows, 13),
                time(rows, 14),
                time(rows, 15),
                "",
                List.of());
    }

    private static SitefitJob whole(SitefitJob job, String outputs, List<String> files) {
        return new SitefitJob(
                job.id(),
                job.tenant(),
                job.app(),
                job.definition(),
                job.version(),
                job.status(),
                job.inputsHash(),
                job.inputs(),
                job.attempts(),
                job.priority(),
                job.lastError(),
                job.correlationId(),
                job.created(),
                job.started(),
                job.ended(),
                outputs,
                List.copyOf(files));
    }
}
