package dev.pawl.server;

import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import dev.pawl.core.Store;
import dev.pawl.tool.RateText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Routes about queues, workers, counters and kept results. */
final class QueueRoutes {
    private static final Set<String> SWITCHES =
            Set.of("concurrency", "depth_max", "paused", "rate");

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
        QueueEntry queue = Documents.queue(store(exchange), name(exchange));
        exchange.answer(Documents.set(store(exchange), changed(queue, exchange.json())));
    }

    /** The queue with what the body names. */
    static QueueEntry changed(QueueEntry queue, JsonNode body) {
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
        int depthMax = number(body, "depth_max", queue.depthMax(), errors);
        int runningMax = number(body, "concurrency", queue.runningMax(), errors);
        Rate rate = rate(body, queue.rate(), errors);
        if (!errors.isEmpty()) throw Refused.wrong(errors);
        return queue.withPaused(paused.booleanValue(queue.paused()))
                .withDepthMax(depthMax)
                .withLimits(runningMax, rate);
    }

    private static int number(JsonNode body, String name, int before, List<FieldProblem> errors) {
        JsonNode value = body.path(name);
        if (!body.has(name)) return before;
        if (value.isNull()) return Integer.MAX_VALUE;
        if (value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 1)
            return value.intValue();
        errors.add(new FieldProblem("/" + name, "want a whole number above 0, or null"));
        return before;
    }

    private static Rate rate(JsonNode body, Rate before, List<FieldProblem> errors) {
        JsonNode value = body.path("rate");
        if (!body.has("rate")) return before;
        if (value.isNull()) return Rate.NONE;
        Optional<Rate> rate = RateText.parse(value.stringValue(""));
        if (rate.isEmpty())
            errors.add(new FieldProblem("/rate", "want %s, or null".formatted(RateText.WANTED)));
        return rate.orElse(before);
    }

    private static String name(Exchange exchange) {
        String name = exchange.path("queue");
        // As a submit takes it: no job could ever be in another one.
        if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(c -> c <= ' '))
            throw Exchange.badRequest(
                    "queue \"%s\": want 1 to 100 characters without spaces".formatted(name));
        return name;
    }

    static void limits(Exchange exchange) {
        exchange.answer(Documents.limits(store(exchange)));
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
