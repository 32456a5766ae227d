package dev.pawl.app.cli;

import tools.jackson.databind.JsonNode;

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
    public ExitCode run(Call call) throws InterruptedException {
        Screen screen = call.screen();
        JsonNode page = call.tools(ToolSource::tools);
        var table = new Table("TOOL", "RUNS AS", "TITLE");
        for (JsonNode tool : page.path("tools").values()) {
            if (screen.json()) screen.json(tool);
            else
                table.add(
                        Table.Cell.of(tool.path("tool").stringValue(""), screen.style()::strong),
                        Table.Cell.of(tool.path("runs_as").stringValue(""), screen.style()::faint),
                        Table.Cell.of(tool.path("title").stringValue("")));
        }
        if (!screen.json()) table.print(screen);
        for (JsonNode problem : page.path("problems").values())
            screen.note("pawl: " + problem.stringValue(""));
        return ExitCode.SUCCEEDED;
    }
}
