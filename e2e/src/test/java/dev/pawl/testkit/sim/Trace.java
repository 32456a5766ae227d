package dev.pawl.testkit.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** What happened, in lines that a person can follow; jobs and leases go by short names. */
final class Trace {
    private static final Pattern UUIDS =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private final boolean on;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private int indent;

    Trace(boolean on) {
        this.on = on;
    }

    void line(Supplier<String> text) {
        if (on) lines.add("  ".repeat(indent) + readable(text.get()));
    }

    void indent(int by) {
        indent += by;
    }

    /** Gives this id a short name. */
    void name(UUID id, String name) {
        if (on) names.putIfAbsent(id.toString(), name);
    }

    List<String> lines() {
        return lines;
    }

    /** The text with short names in place of ids. */
    String readable(String text) {
        if (!on) return text;
        return UUIDS.matcher(text)
                .replaceAll(m -> names.getOrDefault(m.group(), m.group()))
                .replaceAll("Job(Id|State)?\\[value=(\\S+?)\\]", "$2")
                .replaceAll("(JobId|LeaseId)\\[value=([^\\]]+)\\]", "$2");
    }
}
