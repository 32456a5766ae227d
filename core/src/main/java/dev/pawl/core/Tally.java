package dev.pawl.core;

/**
 * What {@link Store#count} counted.
 *
 * @param jobs that match
 * @param lookedAt how many jobs it looked at
 * @param ended whether all were looked at, so that there are no more
 */
public record Tally(int jobs, int lookedAt, boolean ended) {}
