package dev.pawl.core;

import java.time.Instant;
import java.util.Set;

/**
 * A worker that the store has heard of.
 *
 * @param id its random name, new at every start
 * @param host the machine and its boot; workers with the same host can see each other's processes
 * @param pid its process on that host
 * @param pidStartedAt when that process started: with the pid it names one process for ever
 * @param tools what it can run
 * @param seenAt its last heartbeat, by the store's clock
 */
public record WorkerEntry(
        String id,
        String host,
        long pid,
        Instant pidStartedAt,
        Set<ToolId> tools,
        int slots,
        Instant startedAt,
        Instant seenAt) {
    public WorkerEntry {
        tools = Set.copyOf(tools);
    }

    /** The same worker, its last heartbeat at that moment. */
    public WorkerEntry withSeenAt(Instant at) {
        return new WorkerEntry(id, host, pid, pidStartedAt, tools, slots, startedAt, at);
    }
}
