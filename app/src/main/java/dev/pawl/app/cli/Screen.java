package dev.pawl.app.cli;

import dev.pawl.app.config.Configuration.ColorMode;
import java.io.PrintStream;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Where a command prints: results on stdout, everything else on stderr. Control characters in what
 * others wrote never reach the terminal.
 *
 * @param json whether results are JSON
 */
record Screen(
        PrintStream out,
        PrintStream err,
        Outside.Terminal terminal,
        Style style,
        Style errorStyle,
        boolean json) {
    static Screen of(Outside outside, ColorMode mode, boolean json) {
        boolean plain = outside.environment().getOrDefault("NO_COLOR", "").isEmpty();
        Outside.Terminal terminal = outside.terminal();
        return new Screen(
                outside.out(),
                outside.err(),
                terminal,
                new Style(coloured(mode, terminal.out() && plain) && !json),
                new Style(coloured(mode, terminal.err() && plain)),
                json);
    }

    private static boolean coloured(ColorMode mode, boolean auto) {
        return switch (mode) {
            case AUTO -> auto;
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }

    void line(String text) {
        out.println(text);
    }

    /** One result as JSON, on one line. */
    void json(Map<String, ?> object) {
        out.println(JsonText.of(object));
    }

    /** One result as JSON, on one line. */
    void json(JsonNode object) {
        out.println(object);
    }

    /** A word beside the result. */
    void note(String text) {
        err.println(text);
    }

    /** The text without what could move a cursor or colour a terminal. */
    static String clean(String text) {
        var cleaned = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == '\t' ? ' ' : c)
                .filter(c -> !Character.isISOControl(c))
                .forEach(cleaned::appendCodePoint);
        return cleaned.toString();
    }
}
