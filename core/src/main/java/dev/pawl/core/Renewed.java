package dev.pawl.core;

import java.util.Set;

/**
 * The heartbeat's answer.
 *
 * @param leases those of the held ones that still stand
 * @param stop attempts of jobs that were cancelled: stop their handlers, then report {@link
 *     Store#stopped}
 * @param drain the worker was told to claim nothing any more
 */
public record Renewed(Set<LeaseId> leases, Set<Token> stop, boolean drain) {
    public Renewed {
        leases = Set.copyOf(leases);
        stop = Set.copyOf(stop);
    }

    /** The answer to one that goes on working. */
    public Renewed(Set<LeaseId> leases, Set<Token> stop) {
        this(leases, stop, false);
    }
}
