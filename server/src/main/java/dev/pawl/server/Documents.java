package dev.pawl.server;

import dev.pawl.core.Artifacts;
import dev.pawl.core.Count;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobState;
import dev.pawl.core.LimitEntry;
import dev.pawl.core.PawlException;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Ran;
import dev.pawl.core.Store;
import dev.pawl.core.WorkerEntry;
import dev.pawl.tool.PerKey;
import dev.pawl.tool.RateText;
import dev.pawl.tool.Run;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolCheck;
import dev.pawl.tool.ToolPolicy;
import dev.pawl.tool.ToolProblem;
import dev.pawl.tool.Tools;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documents of the API that are about no single job: for its routes, and for commands on a data
 * folder, so that both say the same. Each blocks for the store's I/O.
 */
public final class Documents {
    /** A worker that has been silent for longer counts as gone. */
    private static final Duration LIVE = Duration.ofSeconds(60);

    private Documents() {}

    // ---- Tools

    /** What can be run, and what is wrong with tool files. */
    public static ObjectNode tools(Tools tools) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var list = page.putArray("tools");
        for (Tool tool : tools.all()) list.add(line(tool));
        var problems = page.putArray("problems");
        tools.problems().forEach(problem -> problems.add(problem.toString()));
        return page;
    }

    private static ObjectNode line(Tool tool) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        return node.put("tool", tool.id().toString())
                .put("title", tool.title())
                .put("runs_as", kind(tool))
                .put("source", tool.source());
    }

    /** All there is to know of a tool. */
    public static ObjectNode tool(Tool tool) {
        ObjectNode node = line(tool).put("description", tool.description());
        node.set("input", tool.input().node());
        node.set("output", tool.output().node());
        ToolPolicy policy = tool.policy();
        ObjectNode says = node.putObject("policy");
        says.put("timeout_ms", policy.timeout().toMillis())
                .put("attempts", policy.retry().attempts())
                .put("concurrency", policy.concurrency())
                .put("rate", RateText.of(policy.rate()))
                .put("queue", policy.queue())
                .put("cache_ttl_ms", policy.cache().reuse().ttl().toMillis());
        put(says, "requires", policy.requires());
        PerKey each = policy.perKey();
        if (each.equals(PerKey.NONE)) return node;
        ObjectNode perKey = says.putObject("per_key");
        perKey.put("per", each.by()).put("rate", RateText.of(each.rate()));
        if (each.max() != Integer.MAX_VALUE) perKey.put("concurrency", each.max());
        return node;
    }

    /** Each tool against its own examples, and what is wrong with tool files. */
    public static ObjectNode toolsCheck(Tools tools) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var problems = page.putArray("problems");
        for (ToolProblem problem : tools.problems())
            problems.addObject()
                    .put("file", problem.file().toString())
                    .put("line", problem.line())
                    .put("column", problem.column())
                    .put("reason", problem.reason())
                    .put("hint", problem.hint())
                    .put("text", problem.toString());
        var reports = page.putArray("tools");
        for (Tool tool : tools.all()) {
            ToolCheck.Report report = ToolCheck.of(tool);
            ObjectNode node =
                    reports.addObject()
                            .put("tool", tool.id().toString())
                            .put("passed", report.passed())
                            .put("valid_examples", report.validCount())
                            .put("invalid_examples", report.invalidCount());
            var failures = node.putArray("failures");
            report.failures().forEach(failures::add);
        }
        return page;
    }

    private static String kind(Tool tool) {
        return switch (tool.run()) {
            case Run.Command _ -> "command";
            case Run.Http _ -> "http";
            case Run.Java _ -> "java";
            case Run.External _ -> "external";
        };
    }

    // ---- Health

    /**
     * Asks each part for real. What has no worker is ready: jobs are accepted and kept.
     *
     * @param version of this program
     */
    public static ObjectNode ready(Store store, Artifacts artifacts, Tools tools, String version) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("status", "up").put("version", version);
        ObjectNode parts = node.putObject("components");
        boolean up = ready(store, parts.putObject("store"));
        Optional<String> trouble = artifacts.trouble();
        ObjectNode files = parts.putObject("artifacts");
        files.put("status", trouble.isEmpty() ? "up" : "down");
        trouble.ifPresent(why -> files.put("error", why));
        up &= trouble.isEmpty();
        int problems = tools.problems().size();
        ObjectNode part = parts.putObject("tools");
        part.put("status", "up").put("tools", tools.all().size());
        if (problems > 0) part.put("problems", problems);
        return up ? node : node.put("status", "down");
    }

    private static boolean ready(Store store, ObjectNode node) {
        try {
            Instant now = store.now();
            long live =
                    store.workers().stream()
                            .filter(worker -> worker.seenAt().plus(LIVE).isAfter(now))
                            .count();
            node.put("status", "up").put("workers", live);
            return true;
        } catch (PawlException e) {
            node.put("status", "down").put("error", String.valueOf(e.getMessage()));
            return false;
        }
    }

    // ---- Queues, workers, counters

    /** Every queue, and what is in it. */
    public static ObjectNode queues(Store store) {
        var look = Look.at(store);
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var queues = page.putArray("queues");
        for (QueueEntry queue : store.queues()) queues.add(look.node(queue));
        return page;
    }

    /** What is in the queues at a moment. */
    private record Look(
            Map<String, Map<JobState.Name, Long>> counts,
            Map<String, Instant> oldestDue,
            Instant now) {
        static Look at(Store store) {
            return new Look(sums(store, Count::queue), store.oldestDue(), store.now());
        }

        ObjectNode node(QueueEntry queue) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("queue", queue.name()).put("paused", queue.paused());
            if (queue.depthMax() != Integer.MAX_VALUE) node.put("depth_max", queue.depthMax());
            if (queue.runningMax() != Integer.MAX_VALUE)
                node.put("concurrency", queue.runningMax());
            if (!queue.rate().none()) node.put("rate", RateText.of(queue.rate()));
            var jobs = counts.getOrDefault(queue.name(), Map.of());
            put(node, jobs);
            node.put("depth", depth(jobs));
            Instant oldest = oldestDue.get(queue.name());
            if (oldest != null)
                node.put("oldest_due_at", oldest.toString())
                        .put("oldest_age_ms", Math.max(0, oldest.until(now).toMillis()));
            return node;
        }
    }

    /** Unfinished jobs: what a cap bounds. */
    static long depth(Map<JobState.Name, Long> jobs) {
        long depth = 0;
        for (var each : jobs.entrySet())
            switch (each.getKey()) {
                case WAITING, QUEUED, RUNNING -> depth += each.getValue();
                case SUCCEEDED, DEAD, CANCELLED -> {}
            }
        return depth;
    }

    /** The queue's switches; those of one that nobody has named before are open. */
    static QueueEntry queue(Store store, String name) {
        return store.queues().stream()
                .filter(queue -> queue.name().equals(name))
                .findFirst()
                .orElse(QueueEntry.of(name));
    }

    /** Sets a queue's switches; answers it. */
    static ObjectNode set(Store store, QueueEntry queue) {
        store.setQueue(queue);
        return Look.at(store).node(queue);
    }

    /**
     * Sets the limits of a queue that an object names, as the route does; answers it.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} for what is none
     */
    public static ObjectNode limit(Store store, String name, JsonNode change) {
        try {
            return set(store, QueueRoutes.changed(queue(store, name), change));
        } catch (Refused e) {
            throw new PawlException(ErrorCode.INPUT_INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    /** Pauses a queue or resumes it; answers it. */
    public static ObjectNode paused(Store store, String name, boolean paused) {
        return set(store, queue(store, name).withPaused(paused));
    }

    /** Workers that were heard of. */
    public static ObjectNode workers(Store store) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var workers = page.putArray("workers");
        for (WorkerEntry worker : store.workers()) workers.add(worker(worker));
        return page;
    }

    static ObjectNode worker(WorkerEntry worker) {
        ObjectNode node =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("worker", worker.id())
                        .put("host", worker.host())
                        .put("pid", worker.pid())
                        .put("slots", worker.slots())
                        .put("started_at", worker.startedAt().toString())
                        .put("seen_at", worker.seenAt().toString());
        put(node, "tools", worker.tools());
        put(node, "can", worker.can());
        return node.put("draining", worker.draining());
    }

    private static void put(ObjectNode node, String name, Set<?> words) {
        var array = node.putArray(name);
        words.stream().map(Object::toString).sorted().forEach(array::add);
    }

    /** What holds jobs back, and who holds its places. */
    public static ObjectNode limits(Store store) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var limits = page.putArray("limits");
        for (LimitEntry limit : store.limits()) {
            int taken = limit.holders().size();
            ObjectNode node = limits.addObject().put("limit", limit.shown()).put("taken", taken);
            if (limit.max() != Integer.MAX_VALUE)
                node.put("max", limit.max()).put("free", Math.max(0, limit.max() - taken));
            if (!limit.rate().none())
                node.put("rate", RateText.of(limit.rate())).put("started", limit.started());
            node.put("waiting", limit.waiting());
            var holders = node.putArray("holders");
            for (LimitEntry.Holder holder : limit.holders())
                holders.addObject()
                        .put("job", holder.job().toString())
                        .put("attempt", holder.attempt())
                        .put("worker", holder.worker())
                        .put("since", holder.since().toString())
                        .put("stopping", holder.stopping());
        }
        return page;
    }

    /** Jobs by state, and how long they run: of all, by queue, by tool. */
    public static ObjectNode stats(Store store) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        List<Count> counts = store.counts();
        put(page.putObject("states"), counts);
        var queues = page.putObject("queues");
        by(counts, Count::queue).forEach((name, some) -> put(queues.putObject(name), some));
        var tools = page.putObject("tools");
        by(counts, count -> count.tool().toString())
                .forEach((name, some) -> put(tools.putObject(name), some));
        return page;
    }

    private static Map<String, List<Count>> by(List<Count> counts, Function<Count, String> name) {
        return counts.stream()
                .collect(Collectors.groupingBy(name, TreeMap::new, Collectors.toList()));
    }

    private static void put(ObjectNode node, List<Count> counts) {
        put(node, states(counts));
        counts.stream()
                .filter(count -> count.state() == JobState.Name.SUCCEEDED)
                .map(Count::ran)
                .reduce(Ran.NONE, Ran::and)
                .average()
                .ifPresent(average -> node.put("average_ms", average.toMillis()));
    }

    private static void put(ObjectNode node, Map<JobState.Name, Long> counts) {
        for (JobState.Name state : JobState.Name.values())
            node.put(state.wire(), counts.getOrDefault(state, 0L));
    }

    static Map<String, Map<JobState.Name, Long>> sums(Store store, Function<Count, String> by) {
        var sums = new TreeMap<String, Map<JobState.Name, Long>>();
        by(store.counts(), by).forEach((name, counts) -> sums.put(name, states(counts)));
        return sums;
    }

    private static Map<JobState.Name, Long> states(List<Count> counts) {
        var states = new EnumMap<JobState.Name, Long>(JobState.Name.class);
        for (Count count : counts) states.merge(count.state(), count.jobs(), Long::sum);
        return states;
    }
}
