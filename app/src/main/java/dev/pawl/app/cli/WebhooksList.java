package dev.pawl.app.cli;

import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** {@code pawl webhooks list}. */
public final class WebhooksList implements Command {
    @Override
    public String name() {
        return "webhooks list";
    }

    @Override
    public String summary() {
        return "Lists webhooks, and whether they are told.";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        Screen screen = call.screen();
        try (Target target = call.target()) {
            JsonNode all = target.webhooks().list().path("webhooks");
            if (screen.json()) {
                all.values().forEach(screen::json);
                return ExitCode.SUCCEEDED;
            }
            var table = new Table("WEBHOOK", "STATUS", "FAILURES", "TOLD OF", "URL");
            for (JsonNode each : all.values())
                table.add(
                        Table.Cell.of(text(each, "id"), screen.style()::strong),
                        status(each, screen),
                        Table.Cell.of(Long.toString(each.path("failures").longValue(0))),
                        Table.Cell.of(wanted(each)),
                        Table.Cell.of(text(each, "url")));
            if (table.isEmpty() && screen.terminal().out()) screen.note("there is no webhook");
            else table.print(screen);
        }
        return ExitCode.SUCCEEDED;
    }

    private static Table.Cell status(JsonNode webhook, Screen screen) {
        if (!webhook.path("enabled").booleanValue(false))
            return Table.Cell.of("off", screen.style()::faint);
        return switch (text(webhook, "circuit")) {
            case "closed" -> Table.Cell.of("on", screen.style()::good);
            case "open" ->
                    Table.Cell.of(
                            "held until " + text(webhook, "held_until"), screen.style()::warning);
            default -> Table.Cell.of("one tries", screen.style()::warning);
        };
    }

    private static String wanted(JsonNode webhook) {
        String states =
                webhook.path("states").values().stream()
                        .map(state -> state.stringValue(""))
                        .collect(Collectors.joining(","));
        var wanted = new StringBuilder(states);
        for (String name : new String[] {"tool", "queue", "tenant"})
            if (webhook.has(name))
                wanted.append(' ').append(name).append('=').append(text(webhook, name));
        return wanted.toString();
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).stringValue("");
    }
}
