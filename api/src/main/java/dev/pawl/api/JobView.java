package dev.pawl.api;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Progress;
import dev.pawl.core.Submission;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job as the API and {@code --json} show it. The document is kept whole, so that what a newer
 * server adds is carried along; the accessors read what this program knows. The field names are
 * stable.
 *
 * @param json an object
 */
public record JobView(JsonNode json) {
    public JobView {
        if (!json.isObject()) throw new IllegalArgumentException("a job is an object: " + json);
    }

    /** All but input, output, history and artifacts: as a list shows it. */
    public static JobView of(Job job) {
        return new JobView(fields(job));
    }

    /**
     * All there is to know of a job.
     *
     * @param children those that name it as a parent
     */
    public static JobView whole(
            Job job, List<Artifact> artifacts, List<AttemptEnd> history, Set<JobId> children) {
        ObjectNode fields = fields(job);
        fields.set("input", Json.trusted(job.submission().input()));
        if (job.state() instanceof JobState.Succeeded && !job.output().isEmpty())
            fields.set("output", Json.trusted(job.output()));
        var rest = new Json.Fields(fields).put("children", sorted(children));
        rest.list("artifacts", artifacts.stream().map(JobView::artifact).toList());
        rest.list("attempts", history.stream().map(JobView::attempt).toList());
        return new JobView(fields);
    }

    private static ObjectNode fields(Job job) {
        Submission s = job.submission();
        Json.Fields fields =
                Json.object()
                        .put("id", job.id().toString())
                        .put("tool", s.tool().toString())
                        .put("state", job.state().name().wire())
                        .put("queue", s.queue())
                        .put("priority", s.priority())
                        .put("submitted_at", job.submittedAt())
                        .put("started_at", job.startedAt())
                        .put("attempt", job.state().attempt());
        place(job, fields);
        fields.put("cached_from", job.cachedFrom());
        job.progress().ifPresent(p -> fields.put("progress", progress(p)));
        if (job.stopping()) fields.put("stopping", true);
        return fields.put("parents", sorted(s.parents()))
                .put("tags", s.tags())
                .put("correlation_id", s.correlationId())
                .put("causation_id", s.causation())
                .put("traceparent", s.traceparent())
                .put("idempotency_key", s.idempotencyKey())
                .put("input_hash", s.key().hash())
                .node();
    }

    private static void place(Job job, Json.Fields fields) {
        switch (job.state()) {
            case JobState.Waiting(var on, var follower) ->
                    fields.put(follower ? "follows" : "waits_for", sorted(on));
            case JobState.Queued(var runAt, _, var failures) ->
                    fields.put("failures", failures).put("run_at", runAt);
            case JobState.Running(var lease, _, var failures) ->
                    fields.put("failures", failures)
                            .put("worker", lease.worker())
                            .put("lease_until", lease.until());
            case JobState.Succeeded(var at, _) -> fields.put("finished_at", at);
            case JobState.Dead(var at, _, var kind) ->
                    fields.put("finished_at", at)
                            .put("error_class", kind.wire())
                            .put("error", job.output());
            case JobState.Cancelled(var at, _) -> fields.put("finished_at", at);
        }
    }

    /** One artifact, as it stands in a job. */
    public static JsonNode artifact(Artifact artifact) {
        return Json.object()
                .put("name", artifact.name())
                .put("size", artifact.sizeBytes())
                .put("sha256", artifact.sha256())
                .put("media_type", artifact.mediaType())
                .node();
    }

    private static JsonNode attempt(AttemptEnd end) {
        return Json.object()
                .put("attempt", end.attempt())
                .put("how", end.how().wire())
                .put("worker", end.worker())
                .put("started_at", end.startedAt())
                .put("ended_at", end.at())
                .put("error_class", end.kind().map(ErrorClass::wire))
                .put("message", end.message())
                .node();
    }

    private static JsonNode progress(Progress progress) {
        return Json.object()
                .put("fraction", progress.fraction())
                .put("text", progress.text())
                .node();
    }

    private static List<JobId> sorted(Set<JobId> ids) {
        return ids.stream().sorted().toList();
    }

    public JobId id() {
        return JobId.parse(json.path("id").stringValue("")).orElseThrow();
    }

    public String tool() {
        return json.path("tool").stringValue("");
    }

    public JobState.Name state() {
        return JobState.Name.valueOf(json.path("state").stringValue("").toUpperCase(Locale.ROOT));
    }

    public boolean ended() {
        return switch (state()) {
            case SUCCEEDED, DEAD, CANCELLED -> true;
            case WAITING, QUEUED, RUNNING -> false;
        };
    }

    public Instant submittedAt() {
        return Instant.parse(json.path("submitted_at").stringValue(""));
    }

    public Optional<Instant> startedAt() {
        return text("started_at").map(Instant::parse);
    }

    public Optional<Instant> finishedAt() {
        return text("finished_at").map(Instant::parse);
    }

    /** Earliest start of a queued job. */
    public Optional<Instant> runAt() {
        return text("run_at").map(Instant::parse);
    }

    public String queue() {
        return json.path("queue").stringValue("");
    }

    public int priority() {
        return json.path("priority").intValue(0);
    }

    /** Number of the latest attempt; 0 before the first. */
    public int attempt() {
        return json.path("attempt").intValue(0);
    }

    public int failures() {
        return json.path("failures").intValue(0);
    }

    /** Who runs it; empty text while nobody does. */
    public String worker() {
        return json.path("worker").stringValue("");
    }

    /** How far it is, 0 to 1, if it has said so. */
    public Optional<Double> progress() {
        JsonNode fraction = json.path("progress").path("fraction");
        return fraction.isNumber() ? Optional.of(fraction.doubleValue()) : Optional.empty();
    }

    /** What it last said of its progress; may be empty. */
    public String progressText() {
        return json.path("progress").path("text").stringValue("");
    }

    /** Whether its handler has not come back although the job is over. */
    public boolean stopping() {
        return json.path("stopping").booleanValue(false);
    }

    /** The job whose result will be this one's. */
    public Optional<JobId> follows() {
        return ids("follows").stream().findFirst();
    }

    /** The unfinished ones among its parents. */
    public List<JobId> waitsFor() {
        return ids("waits_for");
    }

    public List<JobId> parents() {
        return ids("parents");
    }

    /** Those that name it as a parent; told of a whole job only. */
    public List<JobId> children() {
        return ids("children");
    }

    public List<String> tags() {
        return json.path("tags").values().stream().map(tag -> tag.stringValue("")).toList();
    }

    public String correlationId() {
        return json.path("correlation_id").stringValue("");
    }

    public String idempotencyKey() {
        return json.path("idempotency_key").stringValue("");
    }

    /** The job whose result answered this one. */
    public Optional<JobId> cachedFrom() {
        return text("cached_from").flatMap(JobId::parse);
    }

    /** Class of the last error of a dead job; empty text for others. */
    public String errorClass() {
        return json.path("error_class").stringValue("");
    }

    /** The last error's message of a dead job; empty text for others. */
    public String error() {
        return json.path("error").stringValue("");
    }

    /** JSON text; empty where it is not told. */
    public String input() {
        return document("input");
    }

    /** JSON text; empty where there is none, or it is not told. */
    public String output() {
        return document("output");
    }

    /** What the job has left; told of a whole job only. */
    public List<Artifact> artifacts() {
        return json.path("artifacts").values().stream()
                .map(each ->
                        new Artifact(
                                each.path("name").stringValue(""),
                                each.path("size").longValue(0),
                                each.path("sha256").stringValue(""),
                                each.path("media_type").stringValue("")))
                .toList();
    }

    /** How its attempts have ended, oldest first; told of a whole job only. */
    public List<JsonNode> attempts() {
        return List.copyOf(json.path("attempts").values());
    }

    private String document(String name) {
        JsonNode node = json.path(name);
        return node.isMissingNode() ? "" : node.toString();
    }

    private List<JobId> ids(String name) {
        return json.path(name).values().stream()
                .flatMap(id -> JobId.parse(id.stringValue("")).stream())
                .toList();
    }

    private Optional<String> text(String name) {
        return json.path(name).stringValueOpt();
    }
}
