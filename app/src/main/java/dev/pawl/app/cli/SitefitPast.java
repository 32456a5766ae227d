package dev.pawl.app.cli;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobState;
import dev.pawl.core.PastJob;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.store.original.SitefitJob;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a site-fit job is here. */
final class SitefitPast {
    private static final String QUEUE = "sitefit";

    private SitefitPast() {}

    static PastRow of(SitefitJob row) {
        return PastRow.of(row.id(), id -> read(row, id));
    }

    private static PastRow read(SitefitJob row, UUID id) {
        return switch (row.status()) {
            case "succeeded", "failed" -> ended(row, id);
            case "queued", "running" ->
                    new PastRow.LeftOut(
                            row.id(),
                            "it is %s in the original; once it has ended there, import again, or submit it here"
                                    .formatted(row.status()));
            default ->
                    new PastRow.LeftOut(
                            row.id(), "its status \"%s\" is unknown".formatted(row.status()));
        };
    }

    private static PastRow ended(SitefitJob row, UUID id) {
        Instant created = ToolRunnerPast.created(row.createdAt());
        Instant started = row.startedAt().orElse(created);
        Instant at = row.endedAt().orElse(started);
        int attempts = Math.max(1, row.attempts());
        boolean succeeded = row.status().equals("succeeded");
        if (succeeded && ToolRunnerPast.json(row.outputs()).isEmpty())
            throw new IllegalArgumentException(
                    "it has succeeded, but has no result that can be read");
        JsonNode error =
                ToolRunnerPast.json(row.lastError()).orElse(JsonNodeFactory.instance.objectNode());
        ErrorClass kind = kind(error);
        String message = message(error);
        var job =
                new PastJob(
                        PastJob.id(id, created),
                        submission(row, id),
                        created,
                        started,
                        succeeded
                                ? new JobState.Succeeded(at, attempts)
                                : new JobState.Dead(at, attempts, kind),
                        succeeded ? row.outputs() : message,
                        succeeded
                                ? List.of()
                                : List.of(
                                        new AttemptEnd(
                                                attempts,
                                                AttemptEnd.How.FAILED,
                                                "",
                                                started,
                                                at,
                                                kind,
                                                message)),
                        List.of(),
                        List.of());
        List<String> files = row.files().stream().map(SitefitPast::withoutQuery).toList();
        return new PastRow.Ended(row.id(), job, files, "");
    }

    /** A signed link's right to the file is in its query: it is nothing to be told. */
    private static String withoutQuery(String url) {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }

    private static Submission submission(SitefitJob row, UUID id) {
        if (!ToolRunnerPast.json(row.inputs()).map(JsonNode::isObject).orElse(false))
            throw new IllegalArgumentException("its payload_json is no JSON object");
        var tags = new LinkedHashSet<String>();
        if (!row.app().isEmpty()) tags.add("app:" + row.app());
        if (!row.inputsHash().isEmpty()) tags.add("inputs:" + row.inputsHash());
        tags.add(PastJob.TAG + id);
        var builder =
                Submission.of(new ToolId(row.definition(), row.version()), row.inputs())
                        .queue(QUEUE)
                        .priority(Math.clamp(row.priority(), Short.MIN_VALUE, Short.MAX_VALUE))
                        .tags(tags)
                        .correlationId(row.correlationId());
        if (!row.tenant().isEmpty()) builder.tenant(row.tenant());
        return builder.build();
    }

    /** What came back until nothing was left is told from what was final at once. */
    private static ErrorClass kind(JsonNode error) {
        return error.path("type").stringValue("").equals("max_attempts_exceeded")
                ? ErrorClass.TRANSIENT
                : ErrorClass.PERMANENT;
    }

    /** An answer that was an error is told as one is here. */
    private static String message(JsonNode error) {
        String said = error.path("message").stringValue("failed, the original doesn't say how");
        JsonNode status = error.path("status_code");
        return status.isInt()
                ? "the compute server answered %d: %s".formatted(status.intValue(), said)
                : said;
    }
}
