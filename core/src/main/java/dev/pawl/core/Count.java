package dev.pawl.core;

/**
 * How many jobs of one tool in one queue are in one state; kept, not counted.
 *
 * @param ran the attempts that ended those jobs by themselves, from start to end: of succeeded and
 *     dead jobs. A kept answer ran nothing, nor did a job that expired; a cancel from outside ends
 *     a job whether it ran or not, and counts no time
 */
public record Count(String queue, ToolId tool, JobState.Name state, long jobs, Ran ran) {}
