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
 * @param can what it has that some tools require, as {@code gpu}; words
 * @param draining it was told to claim nothing any more, and to leave when nothing runs on it
 */
public record WorkerEntry(
        String id,
        String host,
        long pid,
        Instant pidStartedAt,
        Set<ToolId> tools,
        int slots,
        Instant startedAt,
        Instant seenAt,
        Set<String> can,
        boolean draining) {
    public WorkerEntry {
        tools = Set.copyOf(tools);
        can = Set.copyOf(can);
    }

    /** One that has nothing special, and works on. */
    public WorkerEntry(
            String id,
            String host,
            long pid,
            Instant pidStartedAt,
            Set<ToolId> tools,
            int slots,
            Instant startedAt,
            Instant seenAt) {
        this(id, host, pid, pidStartedAt, tools, slots, startedAt, seenAt, Set.of(), false);
    }

    /** The same worker, its last heartbeat at that moment. */
    public WorkerEntry withSeenAt(Instant at) {
        return with(at, can, draining);
    }

    /** The same worker, with these special things. */
    public WorkerEntry withCan(Set<String> words) {
        return with(seenAt, words, draining);
    }

    /** The same worker, told to drain or not. */
    public WorkerEntry withDraining(boolean told) {
        return with(seenAt, can, told);
    }

    /** What changes of a worker while it runs. */
    private WorkerEntry with(Instant seen, Set<String> words, boolean told) {
        return new WorkerEntry(
                id, host, pid, pidStartedAt, tools, slots, startedAt, seen, words, told);
    }
}
