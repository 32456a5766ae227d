package dev.pawl.server;

import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Routes for whoever watches the process.
 *
 * @param draining whether it is about to stop, so that nobody should be sent here any more
 */
record HealthRoutes(BooleanSupplier draining) {
    void live(Exchange exchange) {
        exchange.answer(
                JsonNodeFactory.instance
                        .objectNode()
                        .put("status", "up")
                        .put("version", exchange.site().version()));
    }

    void ready(Exchange exchange) {
        Site site = exchange.site();
        ObjectNode node =
                Documents.ready(
                        site.engine().store(), site.artifacts(), site.tools(), site.version());
        boolean leaves = draining.getAsBoolean();
        node.withObject("/components").putObject("server").put("status", leaves ? "down" : "up");
        if (leaves) {
            node.put("status", "down");
            node.withObject("/components/server").put("error", "it drains, and stops then");
        }
        exchange.answer(node.path("status").stringValue("").equals("up") ? 200 : 503, node);
    }
}
