package dev.pawl.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A submission with the id it was given, and the kept result that answers it, if there is one. */
public record NewJob(JobId id, Submission submission, @Nullable Kept keptAnswer) {
    public NewJob(JobId id, Submission submission) {
        this(id, submission, null);
    }

    /** The kept result that answers the job at once. */
    public Optional<Kept> answer() {
        return Optional.ofNullable(keptAnswer);
    }
}
