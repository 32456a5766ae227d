package dev.pawl.tool;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A flag of {@code pawl run TOOL}, from one property of the tool's schema.
 *
 * @param name without the hyphens; a property within an object has a dot, as in {@code page.size}
 * @param path names of the property and those around it
 * @param required whether it, and every object around it, must be given
 * @param fallback what stands in when it isn't given
 * @param choices the values it may have, as text; empty when there are too many to list
 * @param description may be empty
 * @param repeatable whether it may come several times, each adding an item
 * @param mediaType of its text; empty when the schema says none
 * @param file whether {@code @FILE} and {@code @-} give a file's content
 */
public record Flag(
        String name,
        List<String> path,
        Kind kind,
        boolean required,
        @Nullable JsonNode fallback,
        List<String> choices,
        String description,
        boolean repeatable,
        String mediaType,
        boolean file) {
    public Flag {
        path = List.copyOf(path);
        choices = List.copyOf(choices);
    }

    /** What a flag's text is read as; of a repeatable one, each item's. */
    public enum Kind {
        TEXT,
        INTEGER,
        NUMBER,
        /** Needs no value; {@code --no-NAME} is false. */
        BOOLEAN,
        /** JSON text, or {@code @FILE} to read it from. */
        JSON,
        /** JSON where it reads as a number, true, false or null, else text. */
        ANY
    }

    public Optional<JsonNode> defaultValue() {
        return Optional.ofNullable(fallback);
    }

    /** What stands for its value in help, as {@code png|svg}, {@code @FILE}, {@code N}. */
    public String placeholder() {
        if (!choices.isEmpty()) return String.join("|", choices);
        if (file) return "TEXT|@FILE";
        return switch (kind) {
            case TEXT, ANY -> "TEXT";
            case INTEGER, NUMBER -> "N";
            case BOOLEAN -> "true|false";
            case JSON -> "JSON|@FILE";
        };
    }
}
