package dev.pawl.core;

/**
 * How busy a store's connections are at a moment.
 *
 * @param connections for reads that run at once
 * @param busy how many of them are reading
 * @param writesWaiting how many writes wait for their commit
 */
public record StorePool(int connections, int busy, int writesWaiting) {}
