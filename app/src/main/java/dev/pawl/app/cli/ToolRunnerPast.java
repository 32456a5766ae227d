package dev.pawl.app.cli;

import dev.pawl.api.Json;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.PastJob;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.store.original.OriginalLine;
import dev.pawl.store.original.ToolRunnerJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a job of the tool runner is here. */
final class ToolRunnerPast {
    /** As its front's: of all tools that come from scripts. */
    private static final String QUEUE = "tool-runner";

    private static final String VERSION = "1";
    private static final int LINE_MAX = 8_192;

    private ToolRunnerPast() {}

    static PastRow of(ToolRunnerJob row) {
        return PastRow.of(row.id(), id -> read(row, id));
    }

    private static PastRow read(ToolRunnerJob row, UUID id) {
        return switch (row.status()) {
            case "completed", "failed", "cancelled" -> ended(row, id);
            case "pending", "queued", "running" ->
                    new PastRow.LeftOut(
                            row.id(),
                            "it is %s in the original; once it has ended there, import again, or run it here"
                                    .formatted(row.status()));
            default ->
                    new PastRow.LeftOut(
                            row.id(), "its status \"%s\" is unknown".formatted(row.status()));
        };
    }

    private static PastRow ended(ToolRunnerJob row, UUID id) {
        Instant created = created(row.createdAt());
        Optional<Instant> started = started(row);
        Instant at =
                row.completedAt()
                        .or(() -> started.map(from -> from.plus(seconds(row))))
                        .orElse(created);
        JobState state =
                switch (row.status()) {
                    case "completed" -> new JobState.Succeeded(at, 1);
                    case "failed" -> new JobState.Dead(at, 1, ErrorClass.PERMANENT);
                    default -> new JobState.Cancelled(at, started.isPresent() ? 1 : 0);
                };
        boolean cancelled = state instanceof JobState.Cancelled;
        String message = state instanceof JobState.Dead ? message(row) : "";
        var job =
                new PastJob(
                        PastJob.id(id, created),
                        submission(row, id),
                        created,
                        cancelled ? null : started.orElse(null),
                        state,
                        state instanceof JobState.Succeeded ? "{}" : message,
                        history(row, state, started.orElse(null), at, message),
                        log(row, at),
                        List.of());
        return new PastRow.Ended(row.id(), job, files(row.files()), row.folder());
    }

    static Instant created(Optional<Instant> created) {
        Instant at =
                created.orElseThrow(
                        () -> new IllegalArgumentException("its created_at is no time"));
        if (at.isBefore(Instant.EPOCH))
            throw new IllegalArgumentException("its created_at %s is before 1970".formatted(at));
        return at;
    }

    /** The original often wrote only the end and how long it took. */
    private static Optional<Instant> started(ToolRunnerJob row) {
        if (row.startedAt().isPresent() || row.seconds() <= 0) return row.startedAt();
        return row.completedAt().map(at -> at.minus(seconds(row)));
    }

    private static Duration seconds(ToolRunnerJob row) {
        return Duration.ofMillis(Math.round(Math.max(0, row.seconds()) * 1_000));
    }

    private static Submission submission(ToolRunnerJob row, UUID id) {
        String input = row.parameters().isEmpty() ? "{}" : row.parameters();
        if (!json(input).map(JsonNode::isObject).orElse(false))
            throw new IllegalArgumentException("its parameters are no JSON object");
        var builder =
                Submission.of(new ToolId(row.tool(), VERSION), input)
                        .queue(QUEUE)
                        .priority(Math.clamp(row.priority(), Short.MIN_VALUE, Short.MAX_VALUE))
                        .tags(Set.of(PastJob.TAG + id));
        if (!row.user().isEmpty()) builder.owner(row.user());
        return builder.build();
    }

    /** As a command's end is told here. */
    private static String message(ToolRunnerJob row) {
        return row.returnCode().isEmpty()
                ? "failed, the original doesn't say how"
                : "exited with " + row.returnCode();
    }

    private static List<AttemptEnd> history(
            ToolRunnerJob row,
            JobState state,
            @Nullable Instant started,
            Instant at,
            String message) {
        if (started == null || state instanceof JobState.Succeeded) return List.of();
        boolean cancelled = state instanceof JobState.Cancelled;
        return List.of(
                new AttemptEnd(
                        1,
                        cancelled ? AttemptEnd.How.CANCELLED : AttemptEnd.How.FAILED,
                        row.worker(),
                        started,
                        at,
                        cancelled ? null : ErrorClass.PERMANENT,
                        message));
    }

    /** What was logged meanwhile, then what was printed: when each line was, nobody wrote down. */
    private static List<LogLine> log(ToolRunnerJob row, Instant at) {
        record Said(Instant at, LogLine.Stream stream, String text) {}
        var said = new ArrayList<Said>();
        for (OriginalLine line : row.log()) {
            boolean plain = line.level().isEmpty() || line.level().equals("INFO");
            String text = plain ? line.message() : line.level() + ": " + line.message();
            said.add(new Said(line.at(), LogLine.Stream.PAWL, text));
        }
        for (String line : lines(row.stdout())) said.add(new Said(at, LogLine.Stream.STDOUT, line));
        for (String line : lines(row.stderr())) said.add(new Said(at, LogLine.Stream.STDERR, line));
        said.sort(Comparator.comparing(Said::at));
        var log = new ArrayList<LogLine>(said.size());
        for (Said each : said) log.add(new LogLine(1, log.size(), each.at, each.stream, each.text));
        return log;
    }

    private static List<String> lines(String text) {
        return text.lines()
                .map(line -> line.length() > LINE_MAX ? line.substring(0, LINE_MAX) : line)
                .toList();
    }

    private static List<String> files(String list) {
        if (list.isEmpty()) return List.of();
        return json(list).stream()
                .flatMap(node -> node.values().stream())
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .toList();
    }

    static Optional<JsonNode> json(String text) {
        return Json.read(text.getBytes(StandardCharsets.UTF_8))
                        instanceof Json.Reading.Read(var node)
                ? Optional.of(node)
                : Optional.empty();
    }
}
