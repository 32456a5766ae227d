package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Webhooks;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code pawl webhooks deliveries}. */
public final class WebhooksDeliveries implements Command {
    private static final Flag<Integer> LIMIT =
            Flag.number("--limit", "N", "Most that are shown, 1 to 1000 (default: 20).");

    @Override
    public String name() {
        return "webhooks deliveries";
    }

    @Override
    public String summary() {
        return "Shows what was sent to a webhook and what it answered, the newest first.";
    }

    @Override
    public String operands() {
        return "WEBHOOK";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(LIMIT);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String id = call.onlyOperand("webhook", "`pawl webhooks list`");
        int limit = call.get(LIMIT).orElse(20);
        if (limit < 1 || limit > Webhooks.DELIVERIES_MAX)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID,
                    "--limit is %d; want 1 to %d".formatted(limit, Webhooks.DELIVERIES_MAX));
        Screen screen = call.screen();
        try (Target target = call.target()) {
            JsonNode all = target.webhooks().deliveries(id, limit).path("deliveries");
            if (screen.json()) {
                all.values().forEach(screen::json);
                return ExitCode.SUCCEEDED;
            }
            var table = new Table("JOB", "EVENT", "ATTEMPT", "AT", "STATUS", "MS", "ANSWER");
            for (JsonNode each : all.values()) {
                boolean delivered = each.path("delivered").booleanValue(false);
                int status = each.path("status").intValue(0);
                table.add(
                        Table.Cell.of(text(each, "job")),
                        number(each, "event"),
                        number(each, "attempt"),
                        Table.Cell.of(text(each, "at")),
                        Table.Cell.of(
                                status == 0 ? "none" : Integer.toString(status),
                                delivered ? screen.style()::good : screen.style()::bad),
                        number(each, "duration_ms"),
                        Table.Cell.of(
                                text(each, "answer").replace('\n', ' '), screen.style()::faint));
            }
            if (table.isEmpty() && screen.terminal().out()) screen.note("nothing was sent yet");
            else table.print(screen);
        }
        return ExitCode.SUCCEEDED;
    }

    private static Table.Cell number(JsonNode node, String name) {
        return Table.Cell.of(Long.toString(node.path(name).longValue(0)));
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).stringValue("");
    }
}
