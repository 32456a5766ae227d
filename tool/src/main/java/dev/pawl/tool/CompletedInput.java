package dev.pawl.tool;

import java.util.Collections;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An input that fits its tool's schema, with defaults.
 *
 * @param node not to be changed
 * @param files in it, by JSON pointer, in its order
 * @param text as it is stored: JSON text, numbers as they were written
 */
public record CompletedInput(JsonNode node, Map<String, FileRef> files, String text) {
    public CompletedInput {
        files = Collections.unmodifiableMap(files);
    }
}
