package dev.pawl.core;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that has ended elsewhere, for {@link Store#adopt}. Nothing waits for it, no key stands for
 * it and its result answers nobody.
 *
 * @param id of the moment of {@code submittedAt}, as all are: lists go by ids. {@link #id} makes it
 * @param submission without parents, key of idempotency and reuse
 * @param started when the last attempt started; null where that isn't known. What is known of a
 *     cancelled one its history tells
 * @param output as {@link Job}'s; empty of a cancelled one
 * @param history attempts that ended without success, oldest first
 * @param log in the order of attempt and sequence number
 */
public record PastJob(
        JobId id,
        Submission submission,
        Instant submittedAt,
        @Nullable Instant started,
        JobState state,
        String output,
        List<AttemptEnd> history,
        List<LogLine> log,
        List<Artifact> artifacts) {
    /** A tag of it that tells by what UUID it was known where it ended. */
    public static final String TAG = "original:";

    private static final int SAME_NAME_MAX = 10;

    public PastJob {
        if (!state.ended()) throw new IllegalArgumentException(state + " is no end");
        boolean cancelled = state instanceof JobState.Cancelled;
        if (cancelled && (started != null || !output.isEmpty()))
            throw new IllegalArgumentException("a cancelled job has no run and no output");
        if (!submission.parents().isEmpty()
                || !submission.idempotencyKey().isEmpty()
                || submission.by() != null
                || !submission.reuse().never())
            throw new IllegalArgumentException(
                    "a past job has parents, a key, a cause or a result to be kept");
        history = List.copyOf(history);
        log = List.copyOf(log);
        artifacts = List.copyOf(artifacts);
    }

    /** The attempt that ended it by itself. */
    public Ran ran() {
        return switch (state) {
            case JobState.Succeeded done when started != null -> Ran.once(started, done.at());
            case JobState.Dead dead when started != null -> Ran.once(started, dead.at());
            default -> Ran.NONE;
        };
    }

    /** When it ended. */
    public Instant endedAt() {
        return switch (state) {
            case JobState.Succeeded done -> done.at();
            case JobState.Dead dead -> dead.at();
            case JobState.Cancelled cancelled -> cancelled.at();
            case JobState.Waiting _, JobState.Queued _, JobState.Running _ ->
                    throw new IllegalStateException(state + " is no end");
        };
    }

    /**
     * The id of a job that was known elsewhere by a random UUID: the same each time, of the moment
     * of its submit, its last 74 random bits those of the original.
     *
     * @param submittedAt not before 1970
     */
    public static JobId id(UUID original, Instant submittedAt) {
        long high =
                (submittedAt.toEpochMilli() << 16)
                        | 0x7000L
                        | (original.getMostSignificantBits() & 0xFFFL);
        long low = 0x8000000000000000L | ((original.getLeastSignificantBits() << 2) >>> 2);
        return new JobId(new UUID(high, low));
    }

    /** What a job is called where it is from: by its UUID there if it was adopted. */
    public static String name(Job job) {
        return original(job).map(UUID::toString).orElseGet(() -> job.id().toString());
    }

    /** The UUID of an adopted job. Anybody's job may have such a tag, but not with that id. */
    public static Optional<UUID> original(Job job) {
        return job.submission().tags().stream()
                .filter(tag -> tag.startsWith(TAG))
                .flatMap(tag -> JobId.parse(tag.substring(TAG.length())).stream())
                .map(JobId::value)
                .filter(uuid -> id(uuid, job.submittedAt()).equals(job.id()))
                .findFirst();
    }

    /** The job with that id, or the adopted one of that queue which was known by it. Blocks. */
    public static Optional<Job> find(Store store, String queue, String name) {
        Optional<JobId> id = JobId.parse(name);
        if (id.isEmpty()) return Optional.empty();
        Optional<Job> ours = store.find(id.get());
        if (ours.isPresent()) return ours;
        JobFilter adopted = JobFilter.ALL.withTag(TAG + id.get()).withQueue(queue);
        return store.search(adopted, "", SAME_NAME_MAX, SAME_NAME_MAX).jobs().stream()
                .filter(job -> original(job).filter(id.get().value()::equals).isPresent())
                .findFirst()
                .flatMap(job -> store.find(job.id()));
    }
}
