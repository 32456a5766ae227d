package dev.pawl.server;

import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Store;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Routes about queues, workers, counters and kept results. */
final class QueueRoutes {
    private static final Set<String> SWITCHES = Set.of("depth_max", "paused");

    private QueueRoutes() {}

    static void list(Exchange exchange) {
        exchange.answer(Documents.queues(store(exchange)));
    }

    static void pause(Exchange exchange) {
        exchange.answer(Documents.paused(store(exchange), name(exchange), true));
    }

    static void resume(Exchange exchange) {
        exchange.answer(Documents.paused(store(exchange), name(exchange), false));
    }

    /** Sets what the body names and leaves the rest as it is; {@code null} is no cap. */
    static void change(Exchange exchange) {
        JsonNode body = exchange.json();
        QueueEntry queue = Documents.queue(store(exchange), name(exchange));
        var errors = new ArrayList<FieldProblem>();
        if (!body.isObject()) errors.add(new FieldProblem("", "want an object"));
        for (String name : body.propertyNames())
            if (!SWITCHES.contains(name))
                errors.add(
                        new FieldProblem(
                                "/" + name, "is not known; known are " + new TreeSet<>(SWITCHES)));
        JsonNode paused = body.path("paused");
        if (body.has("paused") && !paused.isBoolean())
            errors.add(new FieldProblem("/paused", "want true or false"));
        JsonNode depth = body.path("depth_max");
        boolean fits = depth.isIntegralNumber() && depth.canConvertToInt() && depth.intValue() >= 1;
        if (body.has("depth_max") && !depth.isNull() && !fits)
            errors.add(new FieldProblem("/depth_max", "want a whole number above 0, or null"));
        if (!errors.isEmpty()) throw Refused.wrong(errors);
        int depthMax = depth.isNull() ? Integer.MAX_VALUE : depth.asInt(queue.depthMax());
        var changed = new QueueEntry(queue.name(), paused.booleanValue(queue.paused()), depthMax);
        exchange.answer(Documents.set(store(exchange), changed));
    }

    private static String name(Exchange exchange) {
        String name = exchange.path("queue");
        // As a submit takes it: no job could ever be in another one.
        if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(c -> c <= ' '))
            throw Exchange.badRequest(
                    "queue \"%s\": want 1 to 100 characters without spaces".formatted(name));
        return name;
    }

    static void workers(Exchange exchange) {
        exchange.answer(Documents.workers(store(exchange)));
    }

    static void stats(Exchange exchange) {
        exchange.answer(Documents.stats(store(exchange)));
    }

    static void cache(Exchange exchange) {
        int limit = exchange.number("limit", 50, 1, 1_000);
        exchange.answer(
                CacheDocuments.list(store(exchange), exchange.query("tool").orElse(""), limit));
    }

    static void prune(Exchange exchange) {
        boolean all = exchange.query("all").filter(text -> text.equals("true")).isPresent();
        exchange.answer(CacheDocuments.prune(exchange.site().engine(), all));
    }

    private static Store store(Exchange exchange) {
        return exchange.site().engine().store();
    }
}
