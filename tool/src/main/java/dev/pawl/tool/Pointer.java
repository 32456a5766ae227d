package dev.pawl.tool;

import java.util.ArrayList;
import java.util.List;

/** JSON pointers (RFC 6901) as text. */
public final class Pointer {
    private Pointer() {}

    static String child(String pointer, String name) {
        return pointer + "/" + escaped(name);
    }

    static String child(String pointer, int index) {
        return pointer + "/" + index;
    }

    private static String escaped(String name) {
        // Hardly any has one, and to replace costs more than to look.
        if (name.indexOf('~') < 0 && name.indexOf('/') < 0) return name;
        return name.replace("~", "~0").replace("/", "~1");
    }

    static String of(List<String> steps) {
        String pointer = "";
        for (String step : steps) pointer = child(pointer, step);
        return pointer;
    }

    /** The names and indexes on the way; the text begins with a slash or is empty. */
    public static List<String> steps(String pointer) {
        var steps = new ArrayList<String>();
        if (pointer.isEmpty()) return steps;
        for (String step : pointer.substring(1).split("/", -1))
            steps.add(step.replace("~1", "/").replace("~0", "~"));
        return steps;
    }
}
