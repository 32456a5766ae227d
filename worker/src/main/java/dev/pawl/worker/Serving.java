package dev.pawl.worker;

import dev.pawl.core.JobId;
import dev.pawl.core.ToolId;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which jobs a worker claims.
 *
 * @param tools what it can run
 * @param queues from these queues only; empty for all
 * @param only asked before each claim: these jobs only; empty for all. Answers at once
 */
public record Serving(Map<ToolId, Served> tools, Set<String> queues, Supplier<Set<JobId>> only) {
    public Serving {
        tools = Map.copyOf(tools);
        queues = Set.copyOf(queues);
    }

    /** All jobs of these tools. */
    public static Serving all(Map<ToolId, Served> tools) {
        return new Serving(tools, Set.of(), Set::of);
    }

    public Serving withQueues(Set<String> names) {
        return new Serving(tools, names, only);
    }

    public Serving withOnly(Supplier<Set<JobId>> jobs) {
        return new Serving(tools, queues, jobs);
    }
}
