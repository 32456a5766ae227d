package dev.pawl.app.cli;

import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolProblem;
import dev.pawl.tool.Tools;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code pawl tools list}. */
public final class ToolsList implements Command {
    @Override
    public String name() {
        return "tools list";
    }

    @Override
    public String summary() {
        return "Lists what can be run.";
    }

    @Override
    public ExitCode run(Call call) {
        Tools tools = call.tools();
        Screen screen = call.screen();
        var table = new Table("TOOL", "RUNS AS", "TITLE");
        for (Tool tool : tools.all()) {
            if (screen.json()) screen.json(fields(tool));
            else
                table.add(
                        Table.Cell.of(tool.id().toString(), screen.style()::strong),
                        Table.Cell.of(kind(tool), screen.style()::faint),
                        Table.Cell.of(tool.title()));
        }
        if (!screen.json()) table.print(screen);
        for (ToolProblem problem : tools.problems()) screen.note("pawl: " + problem);
        return ExitCode.SUCCEEDED;
    }

    static Map<String, Object> fields(Tool tool) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("tool", tool.id());
        fields.put("title", tool.title());
        fields.put("runs_as", kind(tool));
        fields.put("source", tool.source());
        return fields;
    }

    static String kind(Tool tool) {
        return switch (tool.run()) {
            case dev.pawl.tool.Run.Command _ -> "command";
            case dev.pawl.tool.Run.Http _ -> "http";
            case dev.pawl.tool.Run.Java _ -> "java";
        };
    }
}
