package dev.pawl.app.cli;

import dev.pawl.app.config.Durations;
import dev.pawl.tool.Flags;
import dev.pawl.tool.JsonSchema;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** {@code pawl tools show}. */
public final class ToolsShow implements Command {
    @Override
    public String name() {
        return "tools show";
    }

    @Override
    public String summary() {
        return "Shows a tool: its input, its policy, the file that says it.";
    }

    @Override
    public String operands() {
        return "TOOL";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String name = call.onlyOperand("tool", "`pawl tools list`");
        JsonNode tool = call.tools(source -> source.toolDocument(name));
        Screen screen = call.screen();
        if (screen.json()) screen.json(tool);
        else print(screen, tool);
        return ExitCode.SUCCEEDED;
    }

    private static void print(Screen screen, JsonNode tool) {
        Style style = screen.style();
        screen.line(style.strong(text(tool, "tool")) + "  " + text(tool, "title"));
        if (!text(tool, "description").isEmpty())
            screen.line(Screen.clean(text(tool, "description")));
        screen.line(style.faint(text(tool, "source")));
        screen.line("");
        var table = new Table("INPUT", "VALUE", "DEFAULT", "MEANING");
        for (dev.pawl.tool.Flag flag : Flags.of(JsonSchema.of(tool.path("input"))).list())
            table.add(
                    Table.Cell.of("--" + flag.name()),
                    Table.Cell.of(flag.placeholder()),
                    Table.Cell.of(
                            flag.required()
                                    ? "required"
                                    : flag.defaultValue().map(Object::toString).orElse("")),
                    Table.Cell.of(flag.description()));
        table.print(screen);
        screen.line("");
        screen.line("policy: " + policy(tool.path("policy")));
    }

    private static String policy(JsonNode policy) {
        Duration kept = Duration.ofMillis(policy.path("cache_ttl_ms").longValue(0));
        int concurrency = policy.path("concurrency").intValue(0);
        return "timeout %s, %d attempts, %s at once%s%s, queue \"%s\", %s"
                .formatted(
                        Durations.shown(Duration.ofMillis(policy.path("timeout_ms").longValue(0))),
                        policy.path("attempts").intValue(0),
                        concurrency == 0 ? "any number" : "" + concurrency,
                        rate(policy),
                        perKey(policy.path("per_key")),
                        text(policy, "queue"),
                        kept.isZero()
                                ? "results are not kept"
                                : "results are kept for " + Durations.shown(kept));
    }

    private static String rate(JsonNode node) {
        String rate = node.path("rate").stringValue("none");
        return rate.equals("none") ? "" : ", starts " + rate;
    }

    /** Each key's own limits. */
    private static String perKey(JsonNode each) {
        if (!each.isObject()) return "";
        int max = each.path("concurrency").intValue(0);
        return " (per %s: %s at once%s)"
                .formatted(text(each, "per"), max == 0 ? "any number" : "" + max, rate(each));
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).stringValue("");
    }
}
