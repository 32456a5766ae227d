package dev.pawl.core;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A worker's call for jobs.
 *
 * @param lease the claim's name, chosen at random by the worker; used once
 * @param ttl how long the lease lasts unless renewed
 * @param wants what the worker can run, each with its own bound
 * @param spent leases of this worker under which nothing runs any more; the store forgets them
 */
public record Claim(
        LeaseId lease, String worker, Duration ttl, List<Want> wants, Set<LeaseId> spent) {
    public Claim {
        wants = List.copyOf(wants);
        spent = Set.copyOf(spent);
    }

    /**
     * Up to {@code max} jobs of these tools.
     *
     * @param queues from these queues only; empty for all
     * @param only these jobs only; empty for all
     */
    public record Want(Set<ToolId> tools, Set<String> queues, Set<JobId> only, int max) {
        public Want {
            tools = Set.copyOf(tools);
            queues = Set.copyOf(queues);
            only = Set.copyOf(only);
            if (max < 0) throw new IllegalArgumentException("max is " + max + ", want >= 0");
        }

        public static Want of(Set<ToolId> tools, int max) {
            return new Want(tools, Set.of(), Set.of(), max);
        }
    }
}
