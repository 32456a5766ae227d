package dev.pawl.store.original;

import static dev.pawl.store.original.OriginalDatabase.text;
import static dev.pawl.store.original.OriginalDatabase.time;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tool runner's tables {@code jobs}, {@code job_results} and {@code job_logs}, by id, a page at
 * a time. Their columns came over years: those that a job can do without may be missing, as may the
 * tables but {@code jobs}. Not thread-safe.
 */
public final class ToolRunnerHistory {
    /** With what hangs on them at most, a page is some tens of megabytes. */
    private static final int PAGE = 20;

    private static final int LINE_MAX = 4_096;

    private final OriginalDatabase original;
    private final String jobs;
    private final String results;
    private final String logs;
    private String after;

    public ToolRunnerHistory(OriginalDatabase original) {
        this.original = original;
        this.after = original.dialect().first;
        Set<String> columns =
                original.columns("jobs", List.of("id", "tool_name", "status", "created_at"));
        this.jobs = jobs(columns);
        this.results = results(original.columns("job_results"));
        this.logs = logs(original.columns("job_logs"));
    }

    /** By the primary key. */
    private String jobs(Set<String> has) {
        boolean users = has.contains("user_id") && original.columns("users").contains("username");
        String user =
                users ? "coalesce(u.username, CAST(j.user_id AS text))" : "CAST(j.user_id AS text)";
        return """
        SELECT CAST(j.id AS text), j.tool_name, %s, %s, lower(CAST(j.status AS text)),
               %s, %s, %s, %s, %s, %s, %s
          FROM jobs j %s
         WHERE j.id > %s ORDER BY j.id LIMIT ?
        """
                .formatted(
                        has.contains("user_id") ? user : "NULL",
                        has.contains("parameters")
                                ? json("j.parameters", ToolRunnerJob.JSON_MAX)
                                : "NULL",
                        original.dialect().millis("j.created_at"),
                        has.contains("started_at")
                                ? original.dialect().millis("j.started_at")
                                : "NULL",
                        has.contains("completed_at")
                                ? original.dialect().millis("j.completed_at")
                                : "NULL",
                        has.contains("duration") ? "j.duration" : "0",
                        has.contains("return_code") ? "CAST(j.return_code AS text)" : "NULL",
                        has.contains("priority") ? "j.priority" : "0",
                        has.contains("worker_name") ? "j.worker_name" : "NULL",
                        users ? "LEFT JOIN users u ON u.id = j.user_id" : "",
                        original.dialect().after);
    }

    /** By the key of job_id, which is unique. */
    private String results(Set<String> has) {
        if (!has.contains("job_id")) return "";
        return """
        SELECT CAST(job_id AS text), %s, %s, %s, %s, %s
          FROM job_results WHERE job_id %s
        """
                .formatted(
                        has.contains("stdout") ? start("stdout", ToolRunnerJob.TEXT_MAX) : "NULL",
                        has.contains("stderr") ? start("stderr", ToolRunnerJob.TEXT_MAX) : "NULL",
                        has.contains("output_files")
                                ? json("output_files", ToolRunnerJob.JSON_MAX)
                                : "NULL",
                        has.contains("storage_path") ? "storage_path" : "NULL",
                        has.contains("return_code") ? "CAST(return_code AS text)" : "NULL",
                        original.dialect().among);
    }

    /** The original has no index for it: the table is read once for each page. */
    private String logs(Set<String> has) {
        if (!has.containsAll(Set.of("job_id", "timestamp", "message"))) return "";
        return """
        SELECT CAST(job_id AS text), %s, level, message
          FROM (SELECT job_id, timestamp, %s AS level, %s AS message,
                       row_number() OVER (PARTITION BY job_id ORDER BY timestamp, id) AS line
                  FROM job_logs WHERE job_id %s) AS l
         WHERE line <= ? ORDER BY job_id, line
        """
                .formatted(
                        original.dialect().millis("timestamp"),
                        has.contains("level") ? "upper(CAST(level AS text))" : "NULL",
                        start("message", LINE_MAX),
                        original.dialect().among);
    }

    private static String start(String column, int max) {
        return "substr(%s, 1, %d)".formatted(column, max);
    }

    /** All of it or nothing: the beginning of JSON is none. */
    static String json(String column, int max) {
        return "CASE WHEN length(CAST(%1$s AS text)) <= %2$d THEN CAST(%1$s AS text) END"
                .formatted(column, max);
    }

    /** The next page; empty at the end. */
    public List<ToolRunnerJob> next() {
        var page = new ArrayList<ToolRunnerJob>();
        original.each(jobs, rows -> page.add(job(rows)), after, PAGE);
        if (page.isEmpty()) return page;
        after = page.getLast().id();
        String ids = original.dialect().ids(page.stream().map(ToolRunnerJob::id).toList());
        Map<String, Result> ends = results(ids);
        Map<String, List<OriginalLine>> lines = lines(ids);
        return page.stream()
                .map(job ->
                        whole(
                                job,
                                ends.getOrDefault(job.id(), Result.NONE),
                                lines.getOrDefault(job.id(), List.of())))
                .toList();
    }

    private static ToolRunnerJob job(ResultSet rows) throws SQLException {
        return new ToolRunnerJob(
                text(rows, 1),
                text(rows, 2),
                text(rows, 3),
                text(rows, 4),
                text(rows, 5),
                time(rows, 6),
                time(rows, 7),
                time(rows, 8),
                rows.getDouble(9),
                text(rows, 10),
                rows.getInt(11),
                text(rows, 12),
                "",
                "",
                "",
                "",
                List.of());
    }

    private record Result(String stdout, String stderr, String files, String folder, String code) {
        static final Result NONE = new Result("", "", "", "", "");

        static Result of(ResultSet rows) throws SQLException {
            return new Result(
                    text(rows, 2), text(rows, 3), text(rows, 4), text(rows, 5), text(rows, 6));
        }
    }

    private Map<String, Result> results(String ids) {
        var found = new HashMap<String, Result>();
        if (!results.isEmpty())
            original.each(results, rows -> found.put(text(rows, 1), Result.of(rows)), ids);
        return found;
    }

    private Map<String, List<OriginalLine>> lines(String ids) {
        var found = new HashMap<String, List<OriginalLine>>();
        if (!logs.isEmpty())
            original.each(
                    logs,
                    rows ->
                            found.computeIfAbsent(text(rows, 1), _ -> new ArrayList<>())
                                    .add(line(rows)),
                    ids,
                    ToolRunnerJob.LINES_MAX);
        return found;
    }

    private static OriginalLine line(ResultSet rows) throws SQLException {
        var at = Instant.ofEpochMilli(rows.getLong(2));
        return new OriginalLine(at, text(rows, 3), text(rows, 4));
    }

    private static ToolRunnerJob whole(ToolRunnerJob job, Result end, List<OriginalLine> log) {
        return new ToolRunnerJob(
                job.id(),
                job.tool(),
                job.user(),
                job.parameters(),
                job.status(),
                job.created(),
                job.started(),
                job.completed(),
                job.seconds(),
                job.returnCode().isEmpty() ? end.code : job.returnCode(),
                job.priority(),
                job.worker(),
                end.stdout,
                end.stderr,
                end.files,
                end.folder,
                List.copyOf(log));
    }
}
