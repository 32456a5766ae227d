package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code pawl tools check}. */
public final class ToolsCheck implements Command {
    @Override
    public String name() {
        return "tools check";
    }

    @Override
    public String summary() {
        return "Checks tool files, and each tool against its own examples; exit 1 on a fault.";
    }

    @Override
    public String operands() {
        return "TOOL...";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        JsonNode page = call.tools(ToolSource::toolsCheck);
        boolean faulty = false;
        if (call.operands().isEmpty())
            for (JsonNode problem : page.path("problems").values()) {
                problem(call.screen(), problem);
                faulty = true;
            }
        for (JsonNode report : wanted(call, page.path("tools"))) {
            faulty |= !report.path("passed").booleanValue(false);
            print(call.screen(), report);
        }
        return faulty ? ExitCode.FAULT : ExitCode.SUCCEEDED;
    }

    private static List<JsonNode> wanted(Call call, JsonNode reports) throws InterruptedException {
        if (call.operands().isEmpty()) return List.copyOf(reports.values());
        var ids = new HashSet<String>();
        for (String name : call.operands()) ids.add(call.tools(source -> source.tool(name)).id());
        var wanted = new ArrayList<JsonNode>();
        for (JsonNode report : reports.values())
            if (ids.contains(report.path("tool").stringValue(""))) wanted.add(report);
        if (wanted.size() < ids.size())
            throw new PawlException(
                    ErrorCode.TOOL_NOT_FOUND, "the tools changed meanwhile; try again");
        return wanted;
    }

    private static void problem(Screen screen, JsonNode problem) {
        String text = problem.path("text").stringValue("");
        if (!screen.json()) {
            screen.line(screen.style().bad("✗ ") + text);
            return;
        }
        var fields = (ObjectNode) problem.deepCopy();
        fields.remove("text");
        screen.json(fields);
    }

    private static void print(Screen screen, JsonNode report) {
        if (screen.json()) {
            screen.json(report);
            return;
        }
        Style style = screen.style();
        boolean passed = report.path("passed").booleanValue(false);
        screen.line(
                "%s%s: %d valid and %d invalid examples as they should be"
                        .formatted(
                                passed ? style.good("✓ ") : style.bad("✗ "),
                                report.path("tool").stringValue(""),
                                report.path("valid_examples").intValue(0),
                                report.path("invalid_examples").intValue(0)));
        for (JsonNode failure : report.path("failures").values())
            screen.line("    " + Screen.clean(failure.stringValue("")));
    }
}
