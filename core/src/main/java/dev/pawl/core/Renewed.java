package dev.pawl.core;

import java.util.Set;

/**
 * The heartbeat's answer.
 *
 * @param leases those of the held ones that still stand
 * @param stop attempts of jobs that were cancelled: stop their handlers, then report {@link
 *     Store#stopped}
 */
public record Renewed(Set<LeaseId> leases, Set<Token> stop) {
    public Renewed {
        leases = Set.copyOf(leases);
        stop = Set.copyOf(stop);
    }
}
