package dev.pawl.testkit;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.InputKey;
import dev.pawl.core.Job;
import dev.pawl.core.JobEvent;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.JobState.Running;
import dev.pawl.core.Lifecycle;
import dev.pawl.core.LogLine;
import dev.pawl.core.PastJob;
import dev.pawl.core.Progress;
import dev.pawl.core.Ran;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import dev.pawl.core.ToolId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All that {@link MemoryStore} holds of one job; touched only under the store's lock. */
final class MemoryJob {
    /** Claim order: priority (larger first), run_at, id. */
    static final Comparator<MemoryJob> CLAIM_ORDER =
            Comparator.<MemoryJob>comparingInt(j -> -j.submission.priority())
                    .thenComparing(j -> j.runAt)
                    .thenComparing(j -> j.id);

    /** Those due first come first. */
    static final Comparator<MemoryJob> DUE_ORDER =
            Comparator.<MemoryJob, Instant>comparing(j -> j.runAt).thenComparing(j -> j.id);

    /** Those whose time to live ended first come first. */
    static final Comparator<MemoryJob> EXPIRY_ORDER =
            Comparator.<MemoryJob, Instant>comparing(j -> j.expiresAt).thenComparing(j -> j.id);

    private static final Comparator<Line> LINE_ORDER =
            Comparator.comparingInt(Line::attempt).thenComparingLong(Line::seq);

    final JobId id;
    final Submission submission;
    final Instant submittedAt;
    final List<AttemptEnd> history = new ArrayList<>();
    final TreeMap<String, Artifact> artifacts = new TreeMap<>();
    final TreeMap<Line, LogLine> logs = new TreeMap<>(LINE_ORDER);

    JobState state;

    /** As it was queued last; where the job stands in the claim order. */
    Instant runAt = Instant.EPOCH;

    Instant expiresAt = Instant.MAX;
    @Nullable Instant startedAt;

    /** The attempt that ended it by itself. */
    Ran ran = Ran.NONE;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    String output = "";
    @Nullable JobId source;
    @Nullable Progress progress;

    /** The cancelled attempt whose handler has not been seen to stop. */
    @Nullable Token stopping;

    MemoryJob(JobId id, Submission submission, JobState state, Instant now) {
        this.id = id;
        this.submission = submission;
        this.state = state;
        this.submittedAt = now;
        liveFrom(now);
    }

    /** One that ended elsewhere. */
    static MemoryJob of(PastJob past) {
        var job = new MemoryJob(past.id(), past.submission(), past.state(), past.submittedAt());
        job.startedAt =
                past.started() == null && !past.history().isEmpty()
                        ? past.history().getLast().startedAt()
                        : past.started();
        job.ran = past.ran();
        job.output = past.output();
        job.history.addAll(past.history());
        for (Artifact artifact : past.artifacts()) job.artifacts.put(artifact.name(), artifact);
        for (LogLine line : past.log()) job.logs.put(new Line(line.attempt(), line.seq()), line);
        return job;
    }

    /** Where a log line stands within the job. */
    record Line(int attempt, long seq) {}

    /** The job's life, by its own policy. */
    Optional<JobState> next(JobState from, JobEvent event) {
        return new Lifecycle(submission.retry()).next(from, event);
    }

    /** The token that holds the job now; null when nobody runs it. */
    @Nullable Token token() {
        return state instanceof Running r ? new Token(id, r.attempt(), r.lease().id()) : null;
    }

    /** The time to live begins at this moment: of the submit, or of the redrive. */
    void liveFrom(Instant now) {
        expiresAt = submission.ttl().isZero() ? Instant.MAX : now.plus(submission.ttl());
    }

    /** Whether its time to live is over; it has none once it failed. */
    boolean expired(Instant now) {
        return !now.isBefore(expiresAt)
                && (state instanceof JobState.Waiting
                        || (state instanceof Queued q && q.failures() == 0));
    }

    /** Whether a list with this filter holds the job. */
    boolean matches(JobFilter filter) {
        Submission s = submission;
        return (filter.states().isEmpty() || filter.states().contains(state.name()))
                && matches(filter.tool(), s.tool())
                && matches(filter.queue(), s.queue())
                && (filter.tag().isEmpty() || s.tags().contains(filter.tag()))
                && matches(filter.correlationId(), s.correlationId())
                && matches(filter.causation(), s.causation())
                && matches(filter.tenant(), s.tenant())
                && matches(filter.owner(), s.owner())
                && !submittedAt.isBefore(filter.since())
                && submittedAt.isBefore(filter.before())
                && (filter.idempotencyKey().isEmpty() || hasKey(filter))
                && (filter.error().isEmpty() || failedWith(filter.error()))
                && filter.inputs().stream().allMatch(this::hasInput);
    }

    private boolean hasKey(JobFilter filter) {
        String tenant = filter.tenant().isEmpty() ? Submission.DEFAULT_TENANT : filter.tenant();
        return submission.tenant().equals(tenant)
                && submission.idempotencyKey().equals(filter.idempotencyKey());
    }

    private boolean failedWith(String text) {
        String error =
                switch (state) {
                    case JobState.Dead _ -> output;
                    case Queued _, Running _ ->
                            history.stream()
                                    .filter(end -> end.kind().isPresent())
                                    .reduce((_, last) -> last)
                                    .map(AttemptEnd::message)
                                    .orElse("");
                    case JobState.Waiting _, JobState.Succeeded _, JobState.Cancelled _ -> "";
                };
        return lower(error).contains(lower(text));
    }

    /** Of ASCII letters, as databases do it. */
    private static String lower(String text) {
        return text.codePoints()
                .map(c -> c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private boolean hasInput(JobFilter.InputField field) {
        JsonNode at = JSON.readTree(submission.input());
        for (String step : field.steps())
            at = step.matches("\\d+") ? at.path(Integer.parseInt(step)) : at.path(step);
        if (at.isString()) return at.stringValue().equals(field.value());
        return at.isValueNode() && at.toString().equals(field.value());
    }

    private static boolean matches(String wanted, String value) {
        return wanted.isEmpty() || wanted.equals(value);
    }

    private static boolean matches(String wanted, ToolId tool) {
        return matches(wanted, tool.name()) || wanted.equals(tool.toString());
    }

    Job view(JobState seen) {
        return view(seen, submission, output);
    }

    /** The job as lists show it. */
    Job brief(JobState seen) {
        return view(seen, withoutInput(submission), "");
    }

    private Job view(JobState seen, Submission asked, String result) {
        return new Job(
                id,
                asked,
                submittedAt,
                seen,
                startedAt,
                result,
                source,
                progress,
                stopping != null);
    }

    private static Submission withoutInput(Submission s) {
        return new Submission(
                s.tool(),
                "",
                s.queue(),
                s.priority(),
                s.runAt(),
                s.ttl(),
                s.parents(),
                s.goOn(),
                s.tags(),
                s.correlationId(),
                s.causation(),
                null,
                s.tenant(),
                s.owner(),
                s.idempotencyKey(),
                s.retry(),
                s.limit(),
                new InputKey(s.key().hash(), ""),
                s.reuse(),
                s.traceparent());
    }
}
