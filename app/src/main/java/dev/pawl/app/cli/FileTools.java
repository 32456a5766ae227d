package dev.pawl.app.cli;

import dev.pawl.server.Documents;
import dev.pawl.tool.Tools;
import tools.jackson.databind.JsonNode;

/** The tools of tool files. */
record FileTools(Tools all) implements ToolSource {
    @Override
    public ToolForm tool(String name) {
        return ToolForm.of(ToolFlags.find(all, name));
    }

    @Override
    public JsonNode tools() {
        return Documents.tools(all);
    }

    @Override
    public JsonNode toolDocument(String name) {
        return Documents.tool(ToolFlags.find(all, name));
    }

    @Override
    public JsonNode toolsCheck() {
        return Documents.toolsCheck(all);
    }
}
