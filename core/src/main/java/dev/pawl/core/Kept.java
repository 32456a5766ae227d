package dev.pawl.core;

import java.time.Instant;
import java.util.List;

/**
 * A result that answers later jobs with the same input: the cache's entry.
 *
 * @param job the job that ran
 * @param state how it ended: succeeded, or dead with {@link ErrorClass#USER}
 * @param output JSON text of a success; the error's message otherwise
 * @param until when it stops answering
 */
public record Kept(
        JobId job, JobState state, String output, List<Artifact> artifacts, Instant until) {
    public Kept {
        if (!state.ended()) throw new IllegalArgumentException("job " + job + " has not ended");
        artifacts = List.copyOf(artifacts);
    }
}
