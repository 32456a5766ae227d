package dev.pawl.app.cli;

import dev.pawl.app.config.Durations;
import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Progress;
import dev.pawl.core.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How a job looks in JSON, and what is said of it in a line. The field names are stable. */
final class JobView {
    private JobView() {}

    /** All but input, output, history and artifacts. */
    static Map<String, Object> fields(Job job) {
        Submission s = job.submission();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("id", job.id());
        fields.put("tool", s.tool());
        fields.put("state", job.state().name().wire());
        fields.put("queue", s.queue());
        fields.put("priority", s.priority());
        fields.put("submitted_at", job.submittedAt());
        fields.put("started_at", job.startedAt());
        fields.put("attempt", job.state().attempt());
        place(job, fields);
        fields.put("cached_from", job.cachedFrom());
        job.progress().ifPresent(p -> fields.put("progress", progress(p)));
        if (job.stopping()) fields.put("stopping", true);
        if (!s.parents().isEmpty()) fields.put("parents", ids(s.parents()));
        if (!s.tags().isEmpty()) fields.put("tags", s.tags());
        fields.put("correlation_id", text(s.correlationId()));
        fields.put("causation_id", text(s.causation()));
        fields.put("idempotency_key", text(s.idempotencyKey()));
        fields.put("input_hash", text(s.key().hash()));
        return fields;
    }

    private static void place(Job job, Map<String, Object> fields) {
        switch (job.state()) {
            case JobState.Waiting(var on, var follower) ->
                    fields.put(follower ? "follows" : "waits_for", ids(on));
            case JobState.Queued(var runAt, _, var failures) -> {
                fields.put("failures", failures);
                fields.put("run_at", runAt);
            }
            case JobState.Running(var lease, _, var failures) -> {
                fields.put("failures", failures);
                fields.put("worker", lease.worker());
                fields.put("lease_until", lease.until());
            }
            case JobState.Succeeded(var at, _) -> fields.put("finished_at", at);
            case JobState.Dead(var at, _, var kind) -> {
                fields.put("finished_at", at);
                fields.put("error_class", kind.wire());
                fields.put("error", job.output());
            }
            case JobState.Cancelled(var at, _) -> fields.put("finished_at", at);
        }
    }

    static Map<String, Object> artifact(Artifact artifact) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", artifact.name());
        fields.put("size", artifact.sizeBytes());
        fields.put("sha256", artifact.sha256());
        fields.put("media_type", artifact.mediaType());
        return fields;
    }

    static Map<String, Object> attempt(AttemptEnd end) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("attempt", end.attempt());
        fields.put("how", end.how().wire());
        fields.put("worker", end.worker());
        fields.put("started_at", end.startedAt());
        fields.put("ended_at", end.at());
        fields.put("error_class", end.kind().map(ErrorClass::wire));
        fields.put("message", text(end.message()));
        return fields;
    }

    private static Map<String, Object> progress(Progress progress) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("fraction", progress.fraction());
        fields.put("text", text(progress.text()));
        return fields;
    }

    /** What a person wants to know beside the state, in a few words. */
    static String detail(Job job, Instant now) {
        return switch (job.state()) {
            case JobState.Waiting(var on, var follower) ->
                    follower
                            ? "follows " + List.copyOf(on).getFirst()
                            : "for %d parents".formatted(on.size());
            case JobState.Queued(var runAt, _, var failures) -> {
                String due = runAt.isAfter(now) ? "in " + since(now, runAt) : "due";
                yield failures == 0 ? due : due + ", " + failures + " failed";
            }
            case JobState.Running(var lease, var attempt, _) ->
                    job.progress()
                            .map(p -> "%.0f%% %s".formatted(p.fraction() * 100, p.text()))
                            .orElse("attempt %d on %s".formatted(attempt, lease.worker()));
            case JobState.Succeeded(var at, _) ->
                    job.cachedFrom().isPresent()
                            ? "from the cache"
                            : job.startedAt().map(start -> "in " + since(start, at)).orElse("");
            case JobState.Dead(_, _, var kind) -> kind.wire() + ": " + job.output();
            case JobState.Cancelled _ -> job.stopping() ? "its handler is still stopping" : "";
        };
    }

    static String since(Instant from, Instant to) {
        return Durations.shown(Duration.between(from, to));
    }

    /** {@code 1,234 bytes}; the same in every locale. */
    static String size(long bytes) {
        return String.format(java.util.Locale.ROOT, "%,d bytes", bytes);
    }

    private static Optional<String> text(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static List<JobId> ids(Set<JobId> ids) {
        return ids.stream().sorted().toList();
    }
}
