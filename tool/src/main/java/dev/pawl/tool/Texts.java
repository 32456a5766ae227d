package dev.pawl.tool;

import tools.jackson.databind.JsonNode;

/** How values are shown in messages. */
final class Texts {
    private static final int SHOWN_CHARS_MAX = 80;

    private Texts() {}

    /** Whether each surrogate stands in a pair, so that UTF-8 can hold the text. */
    static boolean isWholeUnicode(String text) {
        return text.codePoints()
                .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** The value as JSON, cut where it gets long. */
    static String shown(JsonNode value) {
        return shortened(value.toString());
    }

    /** The text on one line, cut where it gets long. */
    static String shortened(String text) {
        String line = text.replace('\n', ' ').replace('\r', ' ');
        if (line.length() <= SHOWN_CHARS_MAX) return line;
        return line.substring(0, SHOWN_CHARS_MAX - 1) + "…";
    }
}
