package dev.pawl.server;

import dev.pawl.api.JobView;
import dev.pawl.core.Count;
import dev.pawl.core.Event;
import dev.pawl.core.Found;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.Store;
import dev.pawl.core.Tally;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes that list and count jobs. */
record ListRoutes(EventRoutes events) {
    private static final int PAGE = 50;
    private static final int PAGE_MAX = 1_000;
    private static final int DEAD_SHOWN = 20;

    /** How many jobs a page looks at; a longer look goes on with its cursor. */
    static final int LOOK_MAX = 10_000;

    private static final int COUNT_MAX = 10_000;
    private static final int COUNT_LOOK_MAX = 50_000;

    void list(Exchange exchange) {
        int limit = exchange.number("limit", PAGE, 1, PAGE_MAX);
        String cursor = exchange.query("cursor").orElse("");
        if (!cursor.isEmpty() && JobId.parse(cursor).isEmpty())
            throw Exchange.badRequest(
                    "cursor \"%s\" is none; give the next_cursor of a page, unchanged"
                            .formatted(cursor));
        JobFilter filter = exchange.caller().limited(Filters.ofQuery(exchange));
        if (EventRoutes.wanted(exchange))
            events.snapshots(
                    exchange,
                    event -> concerns(filter, event),
                    () -> page(exchange, filter, cursor, limit));
        else exchange.answer(page(exchange, filter, cursor, limit));
    }

    /** Whether a page may look different after this event. */
    private static boolean concerns(JobFilter filter, Event event) {
        String tool = filter.tool();
        return (filter.queue().isEmpty() || filter.queue().equals(event.queue()))
                && (tool.isEmpty()
                        || tool.equals(event.tool().name())
                        || tool.equals(event.tool().toString()));
    }

    private static ObjectNode page(Exchange exchange, JobFilter filter, String cursor, int limit) {
        return filter.isPlain()
                ? indexed(exchange, filter, cursor, limit)
                : searched(exchange, filter, cursor, limit);
    }

    private static ObjectNode indexed(
            Exchange exchange, JobFilter filter, String cursor, int limit) {
        List<Job> jobs = store(exchange).list(filter, cursor, limit);
        ObjectNode page = page(jobs);
        if (jobs.size() == limit) page.put("next_cursor", jobs.getLast().id().toString());
        return page;
    }

    private static ObjectNode searched(
            Exchange exchange, JobFilter filter, String cursor, int limit) {
        Found found = store(exchange).search(filter, cursor, limit, LOOK_MAX);
        ObjectNode page = page(found.jobs());
        if (!found.ended())
            found.lookedTo().ifPresent(last -> page.put("next_cursor", last.toString()));
        page.put("looked_at", found.lookedAt());
        // At the end it has looked back to where it was to look, not only to the oldest job.
        boolean atStart = found.ended() && !filter.since().equals(Instant.EPOCH);
        if (atStart) page.put("looked_back_to", filter.since().toString());
        else
            found.lookedTo()
                    .ifPresent(last -> page.put("looked_back_to", last.madeAt().toString()));
        return page.put("complete", found.ended());
    }

    private static ObjectNode page(List<Job> jobs) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.putArray("jobs").addAll(jobs.stream().map(job -> JobView.of(job).json()).toList());
        return page;
    }

    /** Exact where counters are kept; else it counts so far and says that there are more. */
    static void count(Exchange exchange) {
        JobFilter filter = exchange.caller().limited(Filters.ofQuery(exchange));
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        if (filter.isPlain()) {
            long jobs =
                    store(exchange).counts().stream()
                            .filter(count -> counts(filter, count))
                            .mapToLong(Count::jobs)
                            .sum();
            exchange.answer(answer.put("count", jobs).put("more", false).put("text", text(jobs)));
            return;
        }
        Tally tally = store(exchange).count(filter, COUNT_MAX, COUNT_LOOK_MAX);
        exchange.answer(
                answer.put("count", tally.jobs())
                        .put("more", !tally.ended())
                        .put("text", text(tally.jobs()) + (tally.ended() ? "" : "+"))
                        .put("looked_at", tally.lookedAt()));
    }

    /** What died of what. */
    static void dead(Exchange exchange) {
        JobFilter filter = exchange.caller().limited(Filters.ofQuery(exchange));
        int limit = exchange.number("limit", DEAD_SHOWN, 1, PAGE_MAX);
        exchange.answer(DeadLetters.list(store(exchange), filter, limit));
    }

    private static String text(long jobs) {
        return "%,d".formatted(jobs);
    }

    private static boolean counts(JobFilter filter, Count count) {
        String tool = count.tool().toString();
        return (filter.states().isEmpty() || filter.states().contains(count.state()))
                && (filter.queue().isEmpty() || filter.queue().equals(count.queue()))
                && (filter.tool().isEmpty()
                        || filter.tool().equals(tool)
                        || filter.tool().equals(count.tool().name()));
    }

    private static Store store(Exchange exchange) {
        return exchange.site().engine().store();
    }
}
