package dev.pawl.core;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands at one moment.
 *
 * @param submission what was asked for; in lists without its input
 * @param started when the last attempt started
 * @param output JSON text of a success, in lists empty; of a dead job its last error's message
 * @param source the job whose result answered this one
 * @param lastProgress of the running attempt
 * @param stopping whether it is cancelled while its handler has not been seen to stop
 */
public record Job(
        JobId id,
        Submission submission,
        Instant submittedAt,
        JobState state,
        @Nullable Instant started,
        String output,
        @Nullable JobId source,
        @Nullable Progress lastProgress,
        boolean stopping) {
    public Optional<Instant> startedAt() {
        return Optional.ofNullable(started);
    }

    public Optional<JobId> cachedFrom() {
        return Optional.ofNullable(source);
    }

    public Optional<Progress> progress() {
        return Optional.ofNullable(lastProgress);
    }
}
