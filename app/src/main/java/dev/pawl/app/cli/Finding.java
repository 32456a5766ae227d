package dev.pawl.app.cli;

import java.util.LinkedHashMap;
import java.util.Locale;

/**
 * What {@code pawl doctor} found out about one thing.
 *
 * @param check what was looked at, one word
 * @param advice what to do; empty where nothing is to be done
 */
record Finding(Verdict verdict, String check, String text, String advice) {
    /** How it is. */
    enum Verdict {
        OK,
        WARNING,
        FAULT
    }

    static Finding ok(String check, String text) {
        return new Finding(Verdict.OK, check, text, "");
    }

    static Finding warning(String check, String text, String advice) {
        return new Finding(Verdict.WARNING, check, text, advice);
    }

    static Finding fault(String check, String text, String advice) {
        return new Finding(Verdict.FAULT, check, text, advice);
    }

    boolean faulty() {
        return verdict == Verdict.FAULT;
    }

    void print(Screen screen) {
        if (screen.json()) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("check", check);
            fields.put("verdict", verdict.name().toLowerCase(Locale.ROOT));
            fields.put("text", text);
            fields.put("advice", advice);
            screen.json(fields);
            return;
        }
        Style style = screen.style();
        String mark =
                switch (verdict) {
                    case OK -> style.good("ok      ");
                    case WARNING -> style.warning("warning ");
                    case FAULT -> style.bad("fault   ");
                };
        String todo = advice.isEmpty() ? "" : "; do: " + advice;
        screen.line("%s%-10s %s%s".formatted(mark, check, Screen.clean(text), todo));
    }
}
