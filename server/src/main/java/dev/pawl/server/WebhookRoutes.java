package dev.pawl.server;

import dev.pawl.api.WebhookCalls;
import dev.pawl.core.Webhooks;

/** Routes about webhooks. */
final class WebhookRoutes {
    private static final int SHOWN = 50;

    private WebhookRoutes() {}

    static void add(Exchange exchange) throws InterruptedException {
        exchange.answer(201, calls(exchange).add(exchange.json()));
    }

    static void list(Exchange exchange) throws InterruptedException {
        exchange.answer(calls(exchange).list());
    }

    static void one(Exchange exchange) throws InterruptedException {
        exchange.answer(calls(exchange).one(id(exchange)));
    }

    static void remove(Exchange exchange) throws InterruptedException {
        exchange.answer(calls(exchange).remove(id(exchange)));
    }

    static void enable(Exchange exchange) throws InterruptedException {
        exchange.answer(calls(exchange).enable(id(exchange), true));
    }

    static void disable(Exchange exchange) throws InterruptedException {
        exchange.answer(calls(exchange).enable(id(exchange), false));
    }

    static void deliveries(Exchange exchange) throws InterruptedException {
        int limit = exchange.number("limit", SHOWN, 1, Webhooks.DELIVERIES_MAX);
        exchange.answer(calls(exchange).deliveries(id(exchange), limit));
    }

    static void replay(Exchange exchange) throws InterruptedException {
        exchange.answer(202, calls(exchange).replay(id(exchange), exchange.json()));
    }

    static void test(Exchange exchange) throws InterruptedException {
        exchange.answer(202, calls(exchange).test(id(exchange)));
    }

    private static WebhookCalls calls(Exchange exchange) {
        return exchange.site().webhooks();
    }

    private static String id(Exchange exchange) {
        return exchange.path("webhook");
    }
}
