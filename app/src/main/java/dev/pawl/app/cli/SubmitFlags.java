package dev.pawl.app.cli;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The flags that {@code run} and {@code submit} share, and what is made of them. */
final class SubmitFlags {
    static final Flag<Boolean> NO_CACHE =
            Flag.on("--no-cache", "Run it even if a kept result would answer; keep none of it.");
    static final Flag<Integer> PRIORITY =
            Flag.number("--priority", "N", "Larger runs first, -32768 to 32767.");
    static final Flag<String> TAG =
            Flag.text("--tag", "TAG", "A word to find the job by; may be repeated.").repeated();
    static final Flag<String> CORRELATION =
            Flag.text("--correlation-id", "ID", "Ties a flow of jobs together.");
    static final Flag<String> IDEMPOTENCY =
            Flag.text("--idempotency-key", "KEY", "The same key and input is the same job.");
    static final Flag<String> QUEUE =
            Flag.text("--queue", "QUEUE", "Queue of the job (default: the tool's).");

    static final List<Flag<?>> ALL =
            List.of(NO_CACHE, PRIORITY, TAG, CORRELATION, IDEMPOTENCY, QUEUE);

    private SubmitFlags() {}

    /** The request that the call says; the command adds what only it takes. */
    static ObjectNode request(Call call, ToolForm tool, JsonNode input) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("tool", tool.id()).set("input", input);
        call.get(QUEUE).ifPresent(queue -> request.put("queue", queue));
        call.get(PRIORITY).ifPresent(priority -> request.put("priority", priority));
        call.get(CORRELATION).ifPresent(id -> request.put("correlation_id", id));
        call.get(IDEMPOTENCY).ifPresent(key -> request.put("idempotency_key", key));
        if (call.has(NO_CACHE)) request.put("no_cache", true);
        List<String> tags = call.all(TAG);
        if (!tags.isEmpty()) tags.forEach(request.putArray("tags")::add);
        return request;
    }
}
