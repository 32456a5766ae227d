package dev.pawl.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a job stood at one moment.
 *
 * @param lastProgress of the running attempt
 * @param event the number of the last event of that moment, of whatever job: those after it tell
 *     what happened since
 */
public record Standing(JobState state, @Nullable Progress lastProgress, long event) {
    public Optional<Progress> progress() {
        return Optional.ofNullable(lastProgress);
    }
}
