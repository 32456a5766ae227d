package dev.pawl.app.cli;

import dev.pawl.app.config.Durations;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code pawl limits show}. */
public final class LimitsShow implements Command {
    @Override
    public String name() {
        return "limits show";
    }

    @Override
    public String summary() {
        return "Shows what limits hold jobs back, and who holds their places.";
    }

    @Override
    public String operands() {
        return "[LIMIT]";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        if (call.operands().size() > 1)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID,
                    call.operands().size() + " limits are named; want one, or none for all");
        Screen screen = call.screen();
        try (Target target = call.target()) {
            List<JsonNode> limits =
                    target.limits().path("limits").values().stream()
                            .filter(limit -> isMeant(call.operands(), limit))
                            .toList();
            if (limits.isEmpty() && !call.operands().isEmpty())
                throw new PawlException(
                        ErrorCode.INPUT_INVALID,
                        "no limit \"%s\"; see `pawl limits show`"
                                .formatted(call.operands().getFirst()));
            if (screen.json()) limits.forEach(screen::json);
            else show(screen, limits, target.now());
            return ExitCode.SUCCEEDED;
        }
    }

    /** The name in full, or with its keys the name of what they are of. */
    private static boolean isMeant(List<String> names, JsonNode limit) {
        String name = text(limit, "limit");
        return names.isEmpty()
                || name.equals(names.getFirst())
                || name.startsWith(names.getFirst() + " per ")
                || name.startsWith(names.getFirst() + "=");
    }

    private static void show(Screen screen, List<JsonNode> limits, Instant now) {
        var table = new Table("LIMIT", "TAKEN", "MAX", "STARTED", "RATE", "WAITING");
        for (JsonNode limit : limits)
            table.add(
                    Table.Cell.of(text(limit, "limit"), screen.style()::strong),
                    Table.Cell.of(number(limit, "taken")),
                    Table.Cell.of(number(limit, "max")),
                    Table.Cell.of(limit.has("rate") ? number(limit, "started") : "-"),
                    Table.Cell.of(limit.has("rate") ? text(limit, "rate") : "-"),
                    Table.Cell.of(number(limit, "waiting")));
        if (table.isEmpty() && screen.terminal().out()) screen.note("nothing is limited");
        else table.print(screen);
        var holders = new Table("HELD", "JOB", "ATTEMPT", "WORKER", "SINCE");
        for (JsonNode limit : limits)
            for (JsonNode holder : limit.path("holders").values()) {
                Instant since = Instant.parse(text(holder, "since"));
                boolean stopping = holder.path("stopping").booleanValue(false);
                holders.add(
                        Table.Cell.of(text(limit, "limit"), screen.style()::strong),
                        Table.Cell.of(text(holder, "job")),
                        Table.Cell.of(number(holder, "attempt")),
                        Table.Cell.of(text(holder, "worker")),
                        Table.Cell.of(
                                screen.terminal().out()
                                        ? Durations.rough(Duration.between(since, now))
                                                + " ago"
                                                + (stopping ? ", stopping" : "")
                                        : since.toString()));
            }
        if (holders.isEmpty()) return;
        screen.line("");
        holders.print(screen);
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).stringValue("");
    }

    private static String number(JsonNode node, String name) {
        return node.has(name) ? Long.toString(node.path(name).longValue(0)) : "-";
    }
}
