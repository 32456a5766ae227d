package dev.pawl.core;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fenced write that ends an attempt: where the job goes, and what the attempt leaves behind.
 *
 * @param to the state that {@link Lifecycle} says follows
 * @param worker who ran it, for the history
 * @param jobError of a failed attempt
 * @param output JSON text of a completed one, the reason of a snoozed one; empty for none
 * @param artifacts what it leaves; each replaces an earlier attempt's of the same name
 */
public record End(
        Token token,
        AttemptEnd.How how,
        JobState to,
        String worker,
        @Nullable JobError jobError,
        String output,
        List<Artifact> artifacts) {
    public End {
        artifacts = List.copyOf(artifacts);
        if (to.attempt() != token.attempt())
            throw new IllegalArgumentException(
                    "attempt " + token.attempt() + " can't end in a state of " + to.attempt());
    }

    public Optional<JobError> error() {
        return Optional.ofNullable(jobError);
    }
}
