package dev.pawl.server.toolrunner;

import dev.pawl.tool.Tool;
import java.util.List;
import java.util.Locale;

/**
 * A script as a tool, with what the front shows of it beside.
 *
 * @param outputFiles patterns of what it writes
 * @param outputFormats extensions of what it writes
 */
record Script(
        Tool tool,
        String category,
        List<Parameter> parameters,
        List<String> outputFiles,
        List<String> outputFormats,
        List<String> tags,
        Look look) {
    /** What is shown of a tool and means nothing here. */
    record Look(String icon, String color, String complexity, String estimatedTime) {}

    Script {
        parameters = List.copyOf(parameters);
        outputFiles = List.copyOf(outputFiles);
        outputFormats = List.copyOf(outputFormats);
        tags = List.copyOf(tags);
    }

    String name() {
        return tool.id().name();
    }

    /** What a search looks at, in lower case. */
    String searchText() {
        return String.join("\n", name(), tool.title(), tool.description(), category)
                .concat("\n" + String.join("\n", tags))
                .toLowerCase(Locale.ROOT);
    }
}
