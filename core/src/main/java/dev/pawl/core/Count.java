package dev.pawl.core;

/** How many jobs of one tool in one queue are in one state; kept, not counted. */
public record Count(String queue, ToolId tool, JobState.Name state, long jobs) {}
