package dev.pawl.app.cli;

import dev.pawl.app.config.Durations;
import dev.pawl.tool.Flags;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolPolicy;
import java.util.LinkedHashMap;
import java.util.Map;

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
    public ExitCode run(Call call) {
        String name = call.onlyOperand("tool", "`pawl tools list`");
        Tool tool = ToolFlags.find(call.tools(), name);
        Screen screen = call.screen();
        if (screen.json()) screen.json(json(tool));
        else print(screen, tool);
        return ExitCode.SUCCEEDED;
    }

    private static Map<String, Object> json(Tool tool) {
        Map<String, Object> fields = ToolsList.fields(tool);
        fields.put("description", tool.description());
        fields.put("input", new JsonText.Raw(tool.input().node().toString()));
        fields.put("output", new JsonText.Raw(tool.output().node().toString()));
        ToolPolicy policy = tool.policy();
        var rules = new LinkedHashMap<String, Object>();
        rules.put("timeout_ms", policy.timeout().toMillis());
        rules.put("attempts", policy.retry().attempts());
        rules.put("concurrency", policy.concurrency());
        rules.put("queue", policy.queue());
        rules.put("cache_ttl_ms", policy.cache().reuse().ttl().toMillis());
        fields.put("policy", rules);
        return fields;
    }

    private static void print(Screen screen, Tool tool) {
        Style style = screen.style();
        screen.line(style.strong(tool.id().toString()) + "  " + tool.title());
        if (!tool.description().isEmpty()) screen.line(Screen.clean(tool.description()));
        screen.line(style.faint(tool.source()));
        screen.line("");
        var table = new Table("INPUT", "VALUE", "DEFAULT", "MEANING");
        for (dev.pawl.tool.Flag flag : Flags.of(tool).list())
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
        screen.line("policy: " + policy(tool.policy()));
    }

    private static String policy(ToolPolicy policy) {
        String cache =
                policy.cache().reuse().never()
                        ? "results are not kept"
                        : "results are kept for " + Durations.shown(policy.cache().reuse().ttl());
        String limit = policy.concurrency() == 0 ? "any number" : "" + policy.concurrency();
        return "timeout %s, %d attempts, %s at once, queue \"%s\", %s"
                .formatted(
                        Durations.shown(policy.timeout()),
                        policy.retry().attempts(),
                        limit,
                        policy.queue(),
                        cache);
    }
}
