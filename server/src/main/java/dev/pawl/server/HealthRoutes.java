package dev.pawl.server;

import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.WorkerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes for whoever watches the process. */
final class HealthRoutes {
    /** A worker that has been silent for longer counts as gone. */
    private static final Duration LIVE = Duration.ofSeconds(60);

    private HealthRoutes() {}

    static void live(Exchange exchange) {
        exchange.answer(JsonNodeFactory.instance.objectNode().put("status", "up"));
    }

    /** Asks each part for real. A server without a worker is ready: jobs are accepted and kept. */
    static void ready(Exchange exchange) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("status", "up").put("version", exchange.site().version());
        ObjectNode parts = node.putObject("components");
        boolean up = store(exchange, parts.putObject("store"));
        ObjectNode tools = parts.putObject("tools");
        int problems = exchange.site().tools().problems().size();
        tools.put("status", "up").put("tools", exchange.site().tools().all().size());
        if (problems > 0) tools.put("problems", problems);
        if (!up) node.put("status", "down");
        exchange.answer(up ? 200 : 503, node);
    }

    private static boolean store(Exchange exchange, ObjectNode node) {
        try {
            Store store = exchange.site().engine().store();
            Instant now = store.now();
            List<WorkerEntry> workers = store.workers();
            long live = workers.stream().filter(w -> w.seenAt().plus(LIVE).isAfter(now)).count();
            node.put("status", "up").put("workers", live);
            return true;
        } catch (PawlException e) {
            node.put("status", "down").put("error", String.valueOf(e.getMessage()));
            return false;
        }
    }
}
