package dev.pawl.app.cli;

import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolCheck;
import dev.pawl.tool.ToolProblem;
import dev.pawl.tool.Tools;
import java.util.LinkedHashMap;
import java.util.List;

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
    public ExitCode run(Call call) {
        Tools tools = call.tools();
        List<Tool> checked =
                call.operands().isEmpty()
                        ? tools.all()
                        : call.operands().stream()
                                .map(name -> ToolFlags.find(tools, name))
                                .toList();
        boolean faulty = false;
        if (call.operands().isEmpty()) {
            for (ToolProblem problem : tools.problems()) problem(call.screen(), problem);
            faulty = !tools.problems().isEmpty();
        }
        for (Tool tool : checked) {
            ToolCheck.Report report = ToolCheck.of(tool);
            faulty |= !report.passed();
            print(call.screen(), report);
        }
        return faulty ? ExitCode.FAULT : ExitCode.SUCCEEDED;
    }

    private static void problem(Screen screen, ToolProblem problem) {
        if (screen.json()) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("file", problem.file());
            fields.put("line", problem.line());
            fields.put("column", problem.column());
            fields.put("reason", problem.reason());
            fields.put("hint", problem.hint());
            screen.json(fields);
        } else {
            screen.line(screen.style().bad("✗ ") + problem);
        }
    }

    private static void print(Screen screen, ToolCheck.Report report) {
        String id = report.tool().id().toString();
        if (screen.json()) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("tool", id);
            fields.put("passed", report.passed());
            fields.put("valid_examples", report.validCount());
            fields.put("invalid_examples", report.invalidCount());
            fields.put("failures", report.failures());
            screen.json(fields);
            return;
        }
        Style style = screen.style();
        String mark = report.passed() ? style.good("✓ ") : style.bad("✗ ");
        screen.line(
                "%s%s: %d valid and %d invalid examples as they should be"
                        .formatted(mark, id, report.validCount(), report.invalidCount()));
        for (String failure : report.failures()) screen.line("    " + Screen.clean(failure));
    }
}
