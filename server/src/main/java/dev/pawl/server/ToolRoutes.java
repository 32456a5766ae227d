package dev.pawl.server;

import dev.pawl.core.ErrorCode;
import dev.pawl.tool.Lookup;

/** Routes about what can be run. */
final class ToolRoutes {
    private ToolRoutes() {}

    static void list(Exchange exchange) {
        exchange.answer(Documents.tools(exchange.site().tools()));
    }

    static void check(Exchange exchange) {
        exchange.answer(Documents.toolsCheck(exchange.site().tools()));
    }

    static void one(Exchange exchange) {
        switch (exchange.site().tools().find(exchange.path("tool"))) {
            case Lookup.Found(var tool) -> exchange.answer(Documents.tool(tool));
            case Lookup.Unknown unknown ->
                    throw new Refused(ErrorCode.TOOL_NOT_FOUND, unknown.message());
        }
    }
}
