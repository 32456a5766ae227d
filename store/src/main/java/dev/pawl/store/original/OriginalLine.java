package dev.pawl.store.original;

import java.time.Instant;

/** A line of a job's log, as the original has it. */
public record OriginalLine(Instant at, String level, String message) {}
