package dev.pawl.server.sitefit;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobState;
import dev.pawl.core.PastJob;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A job in the words of the site-fit clients. */
final class JobDocument {
    /** As the executor tells of an answer that is an error. */
    private static final Pattern ANSWERED = Pattern.compile(" answered (\\d{3})(?:$|: )");

    private JobDocument() {}

    /** One of queued, running, succeeded, failed. */
    static String status(JobState state) {
        return switch (state) {
            case JobState.Waiting _, JobState.Queued _ -> "queued";
            case JobState.Running _ -> "running";
            case JobState.Succeeded _ -> "succeeded";
            case JobState.Dead _, JobState.Cancelled _ -> "failed";
        };
    }

    /**
     * The whole status.
     *
     * @param history as the store has it
     */
    static ObjectNode status(Job job, List<AttemptEnd> history) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("job_id", PastJob.name(job))
                .put("status", status(job.state()))
                .put("has_result", job.state() instanceof JobState.Succeeded)
                .put("created_at", job.submittedAt().toString())
                .put("correlation_id", job.submission().correlationId())
                .put("attempts", job.state().attempt());
        ResultRoutes.score(job).ifPresent(score -> node.put("score", score));
        lastError(job, history).ifPresent(error -> node.set("last_error", error));
        return node;
    }

    private static Optional<ObjectNode> lastError(Job job, List<AttemptEnd> history) {
        if (job.state() instanceof JobState.Cancelled(var at, var attempt))
            return Optional.of(error("processing_error", "the job was cancelled", attempt, at));
        Optional<AttemptEnd> last =
                history.stream().filter(end -> end.kind().isPresent()).reduce((_, end) -> end);
        if (last.isEmpty() || job.state() instanceof JobState.Succeeded) return Optional.empty();
        AttemptEnd end = last.get();
        Matcher answered = ANSWERED.matcher(end.message());
        boolean byServer = answered.find();
        ObjectNode error =
                error(
                        byServer ? "appserver_error" : "processing_error",
                        end.message(),
                        end.attempt(),
                        end.at());
        if (byServer) error.put("status_code", Integer.parseInt(answered.group(1)));
        if (job.state() instanceof JobState.Dead dead) {
            boolean exhausted = dead.kind().treatment() == ErrorClass.Treatment.RETRY;
            if (exhausted) error.put("type", "max_attempts_exceeded");
            error.put("reason", exhausted ? "MaxAttemptsReached" : "AppServerError");
        }
        return Optional.of(error);
    }

    private static ObjectNode error(String type, String message, int attempts, Instant at) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", type)
                .put("message", message)
                .put("attempts", attempts)
                .put("timestamp", at.toString());
    }
}
