package dev.pawl.server;

/** Routes that act on every job that a filter holds. */
final class BulkRoutes {
    private BulkRoutes() {}

    static void cancel(Exchange exchange) {
        act(exchange, Bulk.CANCEL);
    }

    static void redrive(Exchange exchange) {
        act(exchange, Bulk.REDRIVE);
    }

    static void discard(Exchange exchange) {
        act(exchange, Bulk.DISCARD);
    }

    private static void act(Exchange exchange, Bulk.Action action) {
        var bulk = new Bulk(exchange.site().engine(), exchange.caller()::limited, action);
        exchange.answer(bulk.act(exchange.json()));
    }
}
