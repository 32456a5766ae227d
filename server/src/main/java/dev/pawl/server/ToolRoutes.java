package dev.pawl.server;

import dev.pawl.core.ErrorCode;
import dev.pawl.tool.Lookup;
import dev.pawl.tool.Run;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolPolicy;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes about what can be run. */
final class ToolRoutes {
    private ToolRoutes() {}

    static void list(Exchange exchange) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var tools = page.putArray("tools");
        for (Tool tool : exchange.site().tools().all()) tools.add(line(tool));
        var problems = page.putArray("problems");
        exchange.site().tools().problems().forEach(problem -> problems.add(problem.toString()));
        exchange.answer(page);
    }

    static void one(Exchange exchange) {
        switch (exchange.site().tools().find(exchange.path("tool"))) {
            case Lookup.Found(var tool) -> exchange.answer(whole(tool));
            case Lookup.Unknown unknown ->
                    throw new Refused(ErrorCode.TOOL_NOT_FOUND, unknown.message());
        }
    }

    private static ObjectNode line(Tool tool) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        return node.put("tool", tool.id().toString())
                .put("title", tool.title())
                .put("runs_as", kind(tool));
    }

    private static ObjectNode whole(Tool tool) {
        ObjectNode node = line(tool).put("description", tool.description());
        node.set("input", tool.input().node());
        node.set("output", tool.output().node());
        ToolPolicy policy = tool.policy();
        node.putObject("policy")
                .put("timeout_ms", policy.timeout().toMillis())
                .put("attempts", policy.retry().attempts())
                .put("concurrency", policy.concurrency())
                .put("queue", policy.queue())
                .put("cache_ttl_ms", policy.cache().reuse().ttl().toMillis());
        return node;
    }

    private static String kind(Tool tool) {
        return switch (tool.run()) {
            case Run.Command _ -> "command";
            case Run.Http _ -> "http";
            case Run.Java _ -> "java";
        };
    }
}
