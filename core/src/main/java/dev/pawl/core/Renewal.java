package dev.pawl.core;

import java.time.Duration;
import java.util.Set;

/**
 * A worker's heartbeat: it lives, and holds these leases.
 *
 * @param held leases by name, so that a claim whose answer was lost is not renewed and expires
 */
public record Renewal(String worker, Set<LeaseId> held, Duration ttl) {
    public Renewal {
        held = Set.copyOf(held);
    }
}
