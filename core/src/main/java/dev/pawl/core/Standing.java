package dev.pawl.core;

/**
 * Where a job stood at one moment.
 *
 * @param event the number of the last event of that moment, of whatever job: those after it tell
 *     what happened since
 */
public record Standing(JobState state, long event) {}
