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
 * @param can what the worker has that some tools require, as {@code gpu}; words of letters, digits,
 *     dots, dashes and underscores
 * @param only asked before each claim: these jobs only; empty for all. Answers at once
 */
public record Serving(
        Map<ToolId, Served> tools, Set<String> queues, Set<String> can, Supplier<Set<JobId>> only) {
    public Serving {
        tools = Map.copyOf(tools);
        queues = Set.copyOf(queues);
        can = Set.copyOf(can);
    }

    /** All jobs of these tools. */
    public static Serving all(Map<ToolId, Served> tools) {
        return new Serving(tools, Set.of(), Set.of(), Set::of);
    }

    public Serving withQueues(Set<String> names) {
        return new Serving(tools, names, can, only);
    }

    public Serving withCan(Set<String> words) {
        return new Serving(tools, queues, words, only);
    }

    public Serving withOnly(Supplier<Set<JobId>> jobs) {
        return new Serving(tools, queues, can, jobs);
    }
}
