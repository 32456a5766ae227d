package dev.pawl.api;

import dev.pawl.core.PawlException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/**
 * What people do with webhooks, in the documents of {@code /v1/webhooks}. Each blocks for its I/O,
 * and throws {@link PawlException} with the code of a refusal or an outage.
 */
public interface WebhookCalls {
    /** Adds one; the answer alone has its secret. */
    JsonNode add(JsonNode webhook) throws InterruptedException;

    JsonNode list() throws InterruptedException;

    JsonNode one(String id) throws InterruptedException;

    JsonNode remove(String id) throws InterruptedException;

    JsonNode enable(String id, boolean enabled) throws InterruptedException;

    /**
     * Gives it another secret, which the answer alone has. For that time deliveries are signed with
     * the one of before too.
     */
    JsonNode rotate(String id, Duration overlap) throws InterruptedException;

    /** What was sent, the newest first. */
    JsonNode deliveries(String id, int limit) throws InterruptedException;

    /** Delivers again what one job delivered, or all since a moment. */
    JsonNode replay(String id, JsonNode which) throws InterruptedException;

    /** Sends it something that is no event. */
    JsonNode test(String id) throws InterruptedException;
}
