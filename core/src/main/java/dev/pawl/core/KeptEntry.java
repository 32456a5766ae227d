package dev.pawl.core;

import java.time.Instant;
import java.util.List;

/**
 * A kept result as lists show it, without its output.
 *
 * @param job the job that ran
 * @param hash the input hash that it answers
 * @param until when it stops answering
 */
public record KeptEntry(
        JobId job,
        ToolId tool,
        String tenant,
        String hash,
        List<Artifact> artifacts,
        Instant until) {
    public KeptEntry {
        artifacts = List.copyOf(artifacts);
    }
}
