package dev.pawl.core;

import java.util.regex.Pattern;

/**
 * A tool's name and version, as in {@code plantuml@1}.
 *
 * @param name lower-case letters, digits, {@code - _ .}, at most 100, starting with a letter
 * @param version letters, digits, {@code . _ -}, at most 50
 */
public record ToolId(String name, String version) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]{0,99}");
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,49}");

    public ToolId {
        if (!NAME.matcher(name).matches())
            throw new IllegalArgumentException(
                    "tool name \"%s\": want a lower-case letter, then letters, digits, - _ ."
                            .formatted(name));
        if (!VERSION.matcher(version).matches())
            throw new IllegalArgumentException(
                    "tool version \"%s\": want letters, digits, . _ -".formatted(version));
    }

    /**
     * The tool in its text form {@code name@version}.
     *
     * @throws IllegalArgumentException when the text has another form
     */
    public static ToolId parse(String text) {
        int at = text.indexOf('@');
        if (at < 0)
            throw new IllegalArgumentException("tool \"%s\": want name@version".formatted(text));
        return new ToolId(text.substring(0, at), text.substring(at + 1));
    }

    @Override
    public String toString() {
        return name + "@" + version;
    }
}
