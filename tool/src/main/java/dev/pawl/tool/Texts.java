package dev.pawl.tool;

import tools.jackson.databind.JsonNode;

/** How values are shown in messages. */
final class Texts {
    private static final int SHOWN_CHARS_MAX = 80;

    private Texts() {}

    /** Whether each surrogate stands in a pair, so that UTF-8 can hold the text. */
    static boolean isWholeUnicode(String text) {
        // Every text of every input comes by: a stream of code points costs ten times as much.
        boolean half = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (half != Character.isLowSurrogate(c)) return false;
            half = Character.isHighSurrogate(c);
        }
        return !half;
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
