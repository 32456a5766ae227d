package dev.pawl.app.cli;

import dev.pawl.tool.JsonSchema;
import dev.pawl.tool.Tool;

/**
 * What a command line has to know of a tool to take an input for it.
 *
 * @param id name@version
 * @param title one line
 */
public record ToolForm(String id, String title, JsonSchema input) {
    static ToolForm of(Tool tool) {
        return new ToolForm(tool.id().toString(), tool.title(), tool.input());
    }
}
