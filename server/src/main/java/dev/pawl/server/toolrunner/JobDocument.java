package dev.pawl.server.toolrunner;

import dev.pawl.core.Artifact;
import dev.pawl.core.Job;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.PastJob;
import dev.pawl.core.Progress;
import dev.pawl.core.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A job in the words of the contract. */
final class JobDocument {
    /** Lines of a log that are shown. */
    private static final int LINES_MAX = 10_000;

    /** After every line of an attempt. */
    private static final long LAST = Integer.MAX_VALUE;

    private static final Pattern LEVEL =
            Pattern.compile("^\\W{0,3}(?:[\\d:.,TZ -]+ )?\\W?(DEBUG|INFO|WARNING|ERROR)\\b");

    private JobDocument() {}

    static String status(JobState.Name state) {
        return switch (state) {
            case WAITING, QUEUED -> "pending";
            case RUNNING -> "running";
            case SUCCEEDED -> "completed";
            case DEAD -> "failed";
            case CANCELLED -> "cancelled";
        };
    }

    /** As in a list. */
    static ObjectNode line(Job job) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("job_id", PastJob.name(job))
                .put("tool_name", job.submission().tool().name())
                .put("status", status(job.state().name()))
                .put("progress", percent(job))
                .put("started_at", job.startedAt().map(Instant::toString).orElse(null))
                .put("completed_at", endedAt(job).map(Instant::toString).orElse(null))
                .put("duration", duration(job).orElse(null))
                .put("source", "database");
    }

    /** All of it. */
    static ObjectNode whole(Store store, Job job) {
        List<LogLine> lines = lastAttempt(store, job);
        ObjectNode node =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("job_id", PastJob.name(job))
                        .put("tool_name", job.submission().tool().name())
                        .put("status", status(job.state().name()))
                        .put("progress", percent(job))
                        .put("output", text(lines, LogLine.Stream.STDOUT))
                        .put("error", error(lines, job).orElse(null))
                        .put("started_at", job.startedAt().map(Instant::toString).orElse(null))
                        .put("completed_at", endedAt(job).map(Instant::toString).orElse(null))
                        .put("duration", duration(job).orElse(null));
        var files = node.putArray("output_files");
        for (Artifact artifact : store.artifacts(job.id())) files.add(artifact.name());
        return node;
    }

    /** What went wrong, in the script's own words where it has some. */
    static Optional<String> error(Store store, Job job) {
        return error(lastAttempt(store, job), job);
    }

    private static Optional<String> error(List<LogLine> lines, Job job) {
        String stderr = text(lines, LogLine.Stream.STDERR);
        if (!stderr.isEmpty()) return Optional.of(stderr);
        return job.state() instanceof JobState.Dead && !job.output().isEmpty()
                ? Optional.of(job.output())
                : Optional.empty();
    }

    /** What was printed, between what became of the job. */
    static ObjectNode logs(Store store, Job job) {
        ArrayNode logs = JsonNodeFactory.instance.arrayNode();
        add(logs, job.submittedAt(), "INFO", "Job submitted: " + job.submission().tool().name());
        for (LogLine line : store.logs(job.id(), 0, -1, LINES_MAX))
            add(logs, line.at(), level(line), line.text());
        endedAt(job)
                .ifPresent(at -> {
                    boolean dead = job.state() instanceof JobState.Dead;
                    String end = "Job " + status(job.state().name());
                    add(logs, at, dead ? "ERROR" : "INFO", dead ? end + ": " + job.output() : end);
                });
        ObjectNode page =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("job_id", PastJob.name(job))
                        .put("total", logs.size());
        page.set("logs", logs);
        return page;
    }

    private static void add(ArrayNode logs, Instant at, String level, String message) {
        logs.addObject()
                .put("timestamp", at.toString())
                .put("level", level)
                .put("message", message);
    }

    /** As the line itself says it, in the way of Python's logging. */
    private static String level(LogLine line) {
        Matcher said = LEVEL.matcher(line.text());
        if (said.find()) return said.group(1);
        return line.stream() == LogLine.Stream.STDERR ? "WARNING" : "INFO";
    }

    private static List<LogLine> lastAttempt(Store store, Job job) {
        int attempt = job.state().attempt();
        return attempt == 0 ? List.of() : store.logs(job.id(), attempt - 1, LAST, LINES_MAX);
    }

    private static String text(List<LogLine> lines, LogLine.Stream stream) {
        return lines.stream()
                .filter(line -> line.stream() == stream)
                .map(LogLine::text)
                .collect(Collectors.joining("\n"));
    }

    /** 0 to 100. */
    static int percent(Job job) {
        return switch (job.state()) {
            case JobState.Succeeded _ -> 100;
            case JobState.Waiting _, JobState.Queued _ -> 0;
            case JobState.Running _, JobState.Dead _, JobState.Cancelled _ ->
                    (int) Math.floor(job.progress().map(Progress::fraction).orElse(0.0) * 100);
        };
    }

    private static Optional<Instant> endedAt(Job job) {
        return switch (job.state()) {
            case JobState.Waiting _, JobState.Queued _, JobState.Running _ -> Optional.empty();
            case JobState.Succeeded(var at, var _) -> Optional.of(at);
            case JobState.Dead(var at, var _, var _) -> Optional.of(at);
            case JobState.Cancelled(var at, var _) -> Optional.of(at);
        };
    }

    /** Seconds of the last attempt. */
    static Optional<Double> duration(Job job) {
        Optional<Instant> begun = job.startedAt();
        Optional<Instant> ended = endedAt(job);
        if (begun.isEmpty() || ended.isEmpty()) return Optional.empty();
        return Optional.of(Duration.between(begun.get(), ended.get()).toMillis() / 1000.0);
    }
}
