package dev.pawl.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The webhooks of a server. */
record WebhookClient(PawlClient client) implements WebhookCalls {
    private static final String ALL = "v1/webhooks";

    @Override
    public JsonNode add(JsonNode webhook) throws InterruptedException {
        return client.call("POST", ALL, webhook);
    }

    @Override
    public JsonNode list() throws InterruptedException {
        return client.get(ALL);
    }

    @Override
    public JsonNode one(String id) throws InterruptedException {
        return client.get(path(id));
    }

    @Override
    public JsonNode remove(String id) throws InterruptedException {
        return client.call("DELETE", path(id), nothing());
    }

    @Override
    public JsonNode enable(String id, boolean enabled) throws InterruptedException {
        return client.call("POST", path(id) + (enabled ? ":enable" : ":disable"), nothing());
    }

    @Override
    public JsonNode rotate(String id, Duration overlap) throws InterruptedException {
        return client.call("POST", path(id) + ":rotate?overlap=" + overlap, nothing());
    }

    @Override
    public JsonNode deliveries(String id, int limit) throws InterruptedException {
        return client.get("%s/deliveries?limit=%d".formatted(path(id), limit));
    }

    @Override
    public JsonNode replay(String id, JsonNode which) throws InterruptedException {
        return client.call("POST", path(id) + ":replay", which);
    }

    @Override
    public JsonNode test(String id) throws InterruptedException {
        return client.call("POST", path(id) + ":test", nothing());
    }

    private static JsonNode nothing() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static String path(String id) {
        return ALL + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }
}
