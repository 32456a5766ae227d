package dev.pawl.server;

import dev.pawl.core.Store;

/** Routes about queues, workers, counters and kept results. */
final class QueueRoutes {
    private QueueRoutes() {}

    static void list(Exchange exchange) {
        exchange.answer(Documents.queues(store(exchange)));
    }

    static void pause(Exchange exchange) {
        exchange.answer(Documents.paused(store(exchange), exchange.path("queue"), true));
    }

    static void resume(Exchange exchange) {
        exchange.answer(Documents.paused(store(exchange), exchange.path("queue"), false));
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
