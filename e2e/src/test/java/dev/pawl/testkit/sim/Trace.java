package dev.pawl.testkit.sim;

import dev.pawl.core.NewJob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private int others;
    private int named;

    Trace(boolean on) {
        this.on = on;
    }

    void line(Supplier<String> text) {
        if (on) lines.add("  ".repeat(indent) + text.get());
    }

    void indent(int by) {
        indent += by;
    }

    /** Gives these jobs short names. */
    void name(List<NewJob> jobs) {
        if (!on) return;
        for (NewJob job : jobs)
            names.computeIfAbsent(job.id().value().toString(), _ -> "J" + ++named);
    }

    /** All lines, told with names that may have been given later. */
    List<String> lines() {
        return lines.stream().map(this::readable).toList();
    }

    /** The text with short names in place of ids. */
    String readable(String text) {
        if (!on) return text;
        return UUIDS.matcher(text)
                .replaceAll(m -> names.computeIfAbsent(m.group(), _ -> "L" + ++others))
                .replaceAll("(JobId|LeaseId)\\[value=([^\\]]+)\\]", "$2")
                .replaceAll("Optional\\[(.*)\\]$", "$1")
                .replace("2026-01-01T00:", "");
    }
}
