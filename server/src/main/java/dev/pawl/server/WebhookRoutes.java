package dev.pawl.server;

import dev.pawl.api.WebhookCalls;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Webhooks;
import dev.pawl.tool.DurationText;
import java.time.Duration;

/** Routes about webhooks. */
final class WebhookRoutes {
    private static final int SHOWN = 50;
    private static final Duration OVERLAP = Duration.ofDays(1);

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

    static void rotate(Exchange exchange) throws InterruptedException {
        Duration overlap =
                exchange.query("overlap")
                        .map(text ->
                                DurationText.parse(text)
                                        .orElseThrow(() ->
                                                new Refused(
                                                        ErrorCode.INPUT_INVALID,
                                                        "overlap is \"%s\"; want a time as 24h or 0"
                                                                .formatted(text))))
                        .orElse(OVERLAP);
        exchange.answer(calls(exchange).rotate(id(exchange), overlap));
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
