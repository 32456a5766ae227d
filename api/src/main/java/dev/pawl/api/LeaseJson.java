package dev.pawl.api;

import dev.pawl.core.Artifact;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitKey;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Rate;
import dev.pawl.core.Report;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documents of {@code /v1/leases}: what the server writes and a Java worker reads, and back.
 */
public final class LeaseJson {
    private LeaseJson() {}

    // ---- What a claim got

    /** What runs under a lease. */
    public static JsonNode leased(
            LeaseId lease, String worker, Duration ttl, List<ClaimedJob> jobs) {
        Json.Fields fields =
                Json.object()
                        .put("lease", lease.toString())
                        .put("worker", worker)
                        .put("ttl_ms", ttl.toMillis());
        if (!jobs.isEmpty()) fields.put("until", jobs.getFirst().state().lease().until());
        return fields.list("jobs", jobs.stream().map(LeaseJson::job).toList()).node();
    }

    /** The jobs of what {@link #leased} wrote. */
    static List<ClaimedJob> jobs(JsonNode leased) {
        var jobs = new ArrayList<ClaimedJob>();
        for (JsonNode job : leased.path("jobs").values()) jobs.add(job(leased, job));
        return jobs;
    }

    private static JsonNode job(ClaimedJob job) {
        Submission s = job.submission();
        Json.Fields fields =
                Json.object()
                        .put("id", job.id().toString())
                        .put("tool", s.tool().toString())
                        .put("attempt", job.token().attempt())
                        .put("failures", job.state().failures())
                        .put("started_at", job.startedAt())
                        .put("queue", s.queue())
                        .put("priority", s.priority())
                        .put("tags", s.tags())
                        .put("correlation_id", s.correlationId())
                        .put("causation_id", s.causation())
                        .put("traceparent", s.traceparent())
                        .put("input_hash", s.key().hash())
                        .put("input", Json.trusted(s.input()));
        if (!s.limit().none()) fields.put("limit", limit(s.limit()));
        return fields.node();
    }

    private static JsonNode limit(Limit limit) {
        LimitKey key = limit.key();
        var fields = Json.object().put("name", limit.name()).put("max", limit.max());
        if (!limit.rate().none()) fields.put("rate", rate(limit.rate()));
        if (!key.none()) {
            fields.put("key", key.value()).put("key_max", key.max());
            if (!key.rate().none()) fields.put("key_rate", rate(key.rate()));
        }
        return fields.node();
    }

    private static JsonNode rate(Rate rate) {
        return Json.object()
                .put("max", rate.max())
                .put("period_ms", rate.period().toMillis())
                .node();
    }

    private static Limit limit(JsonNode limit) {
        int each = limit.path("key_max").asInt(Integer.MAX_VALUE);
        var key = new LimitKey(text(limit, "key"), each, readRate(limit.path("key_rate")));
        int max = limit.path("max").intValue();
        return new Limit(text(limit, "name"), max, readRate(limit.path("rate")), key);
    }

    private static Rate readRate(JsonNode rate) {
        if (!rate.isObject()) return Rate.NONE;
        long period = rate.path("period_ms").longValue();
        return new Rate(rate.path("max").intValue(), Duration.ofMillis(period));
    }

    private static ClaimedJob job(JsonNode leased, JsonNode job) {
        LeaseId id = LeaseId.parse(text(leased, "lease")).orElseThrow();
        var lease = new Lease(id, text(leased, "worker"), Instant.parse(text(leased, "until")));
        int attempt = job.path("attempt").intValue();
        var token = new Token(JobId.parse(text(job, "id")).orElseThrow(), attempt, id);
        var state = new JobState.Running(lease, attempt, job.path("failures").intValue());
        String input = job.path("input").toString();
        Submission.Builder submission =
                Submission.of(ToolId.parse(text(job, "tool")), input)
                        .queue(text(job, "queue"))
                        .priority(job.path("priority").intValue())
                        .correlationId(text(job, "correlation_id"))
                        .causation(text(job, "causation_id"))
                        .traceparent(text(job, "traceparent"));
        JsonNode limit = job.path("limit");
        if (limit.isObject()) submission.limit(limit(limit));
        Instant startedAt = Instant.parse(text(job, "started_at"));
        return new ClaimedJob(token, submission.build(), state, startedAt);
    }

    // ---- What a worker asks for

    static JsonNode claim(Claim claim) {
        var wants = new ArrayList<JsonNode>();
        for (Claim.Want want : claim.wants())
            wants.add(
                    Json.object()
                            .put("tools", want.tools())
                            .put("queues", want.queues())
                            .put("jobs", want.only())
                            .put("max", want.max())
                            .node());
        return Json.object()
                .put("worker", claim.worker())
                .put("lease", claim.lease().toString())
                .put("ttl_ms", claim.ttl().toMillis())
                .list("wants", wants)
                .put("spent", claim.spent())
                .node();
    }

    // ---- Attempts

    /** An attempt's name: its job, its number and its lease. */
    public static ObjectNode token(Token token) {
        return Json.object()
                .put("job", token.job().toString())
                .put("attempt", token.attempt())
                .put("lease", token.lease().toString())
                .node();
    }

    /** What {@link #token} wrote; empty when a part is missing or wrong. */
    public static Optional<Token> token(JsonNode json) {
        Optional<JobId> job = JobId.parse(text(json, "job"));
        Optional<LeaseId> lease = LeaseId.parse(text(json, "lease"));
        JsonNode attempt = json.path("attempt");
        if (job.isEmpty()
                || lease.isEmpty()
                || !attempt.canConvertToInt()
                || attempt.intValue() < 1) return Optional.empty();
        return Optional.of(new Token(job.get(), attempt.intValue(), lease.get()));
    }

    static JsonNode report(Report report) {
        ObjectNode node = token(report.job().token());
        switch (report) {
            case Report.GivenBack _ -> node.put("end", "release");
            case Report.Ended(_, Outcome.Succeeded(var output, var files)) -> {
                node.put("end", "complete").set("output", Json.trusted(output));
                node.set("artifacts", artifacts(files));
            }
            case Report.Ended(_, Outcome.Failed(var error, var files)) -> {
                node.put("end", "fail")
                        .put("error_class", error.kind().wire())
                        .put("error", error.message());
                if (error.notBefore().isPositive())
                    node.put("retry_after_ms", error.notBefore().toMillis());
                node.set("artifacts", artifacts(files));
            }
            case Report.Ended(_, Outcome.Snoozed(var delay, var why)) ->
                    node.put("end", "snooze").put("delay_ms", delay.toMillis()).put("reason", why);
        }
        return node;
    }

    private static JsonNode artifacts(List<Artifact> files) {
        var list = JsonNodeFactory.instance.arrayNode();
        files.forEach(file -> list.add(artifact(file)));
        return list;
    }

    public static JsonNode artifact(Artifact artifact) {
        return JobView.artifact(artifact);
    }

    static JsonNode lines(List<LogLine> lines) {
        var list = new ArrayList<JsonNode>();
        for (LogLine line : lines)
            list.add(
                    Json.object()
                            .put("seq", line.seq())
                            .put("at", line.at())
                            .put("stream", line.stream().wire())
                            .put("text", line.text())
                            .node());
        return Json.object().list("lines", list).node();
    }

    private static String text(JsonNode json, String name) {
        return json.path(name).stringValue("");
    }
}
