package dev.pawl.store.postgres;

import java.util.regex.Pattern;

/**
 * Text as PostgreSQL can keep it, which has no U+0000: that is a mark and a 0 here, and the mark is
 * itself twice.
 */
final class PostgresText {
    /** Of the private use area; hardly anybody has it in a text. */
    private static final char MARK = '\uF8FF';

    private static final String MARKED = String.valueOf(MARK);
    private static final Pattern WRITTEN = Pattern.compile(MARKED + "([0" + MARKED + "])");

    private PostgresText() {}

    static String write(String text) {
        if (text.indexOf(0) < 0 && text.indexOf(MARK) < 0) return text;
        return text.replace(MARKED, MARKED + MARKED).replace("\0", MARKED + "0");
    }

    static String read(String kept) {
        if (kept.indexOf(MARK) < 0) return kept;
        return WRITTEN.matcher(kept)
                .replaceAll(found -> found.group(1).equals("0") ? "\0" : MARKED);
    }
}
