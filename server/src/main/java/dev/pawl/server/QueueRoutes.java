package dev.pawl.server;

import dev.pawl.core.Count;
import dev.pawl.core.JobState;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Store;
import dev.pawl.core.WorkerEntry;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes about queues, workers and counters. */
final class QueueRoutes {
    private QueueRoutes() {}

    static void list(Exchange exchange) {
        Store store = store(exchange);
        var counts = sums(store, Count::queue);
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var queues = page.putArray("queues");
        for (QueueEntry queue : store.queues())
            queues.add(node(queue, counts.getOrDefault(queue.name(), Map.of())));
        exchange.answer(page);
    }

    private static ObjectNode node(QueueEntry queue, Map<JobState.Name, Long> counts) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("queue", queue.name()).put("paused", queue.paused());
        if (queue.depthMax() != Integer.MAX_VALUE) node.put("depth_max", queue.depthMax());
        long depth = 0;
        for (JobState.Name state : JobState.Name.values()) {
            long jobs = counts.getOrDefault(state, 0L);
            node.put(state.wire(), jobs);
            switch (state) {
                case WAITING, QUEUED, RUNNING -> depth += jobs;
                case SUCCEEDED, DEAD, CANCELLED -> {}
            }
        }
        return node.put("depth", depth);
    }

    static void pause(Exchange exchange) {
        exchange.answer(switched(exchange, true));
    }

    static void resume(Exchange exchange) {
        exchange.answer(switched(exchange, false));
    }

    private static ObjectNode switched(Exchange exchange, boolean paused) {
        Store store = store(exchange);
        String name = exchange.path("queue");
        int depth =
                store.queues().stream()
                        .filter(queue -> queue.name().equals(name))
                        .mapToInt(QueueEntry::depthMax)
                        .findFirst()
                        .orElse(Integer.MAX_VALUE);
        var queue = new QueueEntry(name, paused, depth);
        store.setQueue(queue);
        return node(queue, sums(store, Count::queue).getOrDefault(name, Map.of()));
    }

    static void workers(Exchange exchange) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var workers = page.putArray("workers");
        for (WorkerEntry worker : store(exchange).workers()) {
            var tools = JsonNodeFactory.instance.arrayNode();
            worker.tools().stream().map(Object::toString).sorted().forEach(tools::add);
            ObjectNode node =
                    workers.addObject()
                            .put("worker", worker.id())
                            .put("host", worker.host())
                            .put("pid", worker.pid())
                            .put("slots", worker.slots())
                            .put("started_at", worker.startedAt().toString())
                            .put("seen_at", worker.seenAt().toString());
            node.set("tools", tools);
        }
        exchange.answer(page);
    }

    static void stats(Exchange exchange) {
        Store store = store(exchange);
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        put(page.putObject("states"), sums(store, _ -> "all").getOrDefault("all", Map.of()));
        var queues = page.putObject("queues");
        sums(store, Count::queue).forEach((name, counts) -> put(queues.putObject(name), counts));
        var tools = page.putObject("tools");
        sums(store, count -> count.tool().toString())
                .forEach((name, counts) -> put(tools.putObject(name), counts));
        exchange.answer(page);
    }

    private static void put(ObjectNode node, Map<JobState.Name, Long> counts) {
        for (JobState.Name state : JobState.Name.values())
            node.put(state.wire(), counts.getOrDefault(state, 0L));
    }

    private static Map<String, Map<JobState.Name, Long>> sums(
            Store store, Function<Count, String> by) {
        var sums = new TreeMap<String, Map<JobState.Name, Long>>();
        for (Count count : store.counts())
            sums.computeIfAbsent(by.apply(count), _ -> new EnumMap<>(JobState.Name.class))
                    .merge(count.state(), count.jobs(), Long::sum);
        return sums;
    }

    private static Store store(Exchange exchange) {
        return exchange.site().engine().store();
    }
}
