package dev.pawl.server;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes for whoever watches the process. */
final class HealthRoutes {
    private HealthRoutes() {}

    static void live(Exchange exchange) {
        exchange.answer(
                JsonNodeFactory.instance
                        .objectNode()
                        .put("status", "up")
                        .put("version", exchange.site().version()));
    }

    static void ready(Exchange exchange) {
        Site site = exchange.site();
        ObjectNode node = Documents.ready(site.engine().store(), site.tools(), site.version());
        exchange.answer(node.path("status").stringValue("").equals("up") ? 200 : 503, node);
    }
}
