package dev.pawl.tool;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An input that fits its tool's schema, with defaults.
 *
 * @param node not to be changed
 */
public record CompletedInput(JsonNode node) {
    /** The input as it is stored: JSON text, numbers as they were written. */
    public String text() {
        return node.toString();
    }

    /** The files in it, by JSON pointer. */
    public Map<String, FileRef> files() {
        return FileRef.allIn(node);
    }
}
