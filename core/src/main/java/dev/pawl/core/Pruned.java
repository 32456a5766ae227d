package dev.pawl.core;

/**
 * What a look at some finished jobs came to.
 *
 * @param jobs how many were removed
 * @param next where the next look begins; empty when all have been looked at
 */
public record Pruned(int jobs, String next) {}
