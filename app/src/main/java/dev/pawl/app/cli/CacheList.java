package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.KeptEntry;
import dev.pawl.core.PawlException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;

/** {@code pawl cache list}: the jobs whose results answer later ones. */
public final class CacheList implements Command {
    private static final Flag<String> TOOL =
            Flag.text("--tool", "TOOL", "Only of this tool: a name, or NAME@VERSION.");
    private static final Flag<Integer> LIMIT =
            Flag.number("--limit", "N", "Most results shown, 1 to 1000 (default: 20).");

    @Override
    public String name() {
        return "cache list";
    }

    @Override
    public String summary() {
        return "Lists the results that answer later jobs, newest first.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(TOOL, LIMIT);
    }

    @Override
    public ExitCode run(Call call) {
        int limit = call.get(LIMIT).orElse(20);
        if (limit < 1 || limit > 1_000)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "--limit is %d; want 1 to 1000".formatted(limit));
        try (Opened opened = call.open()) {
            List<KeptEntry> entries =
                    opened.store().keptResults(call.get(TOOL).orElse(""), "", limit);
            print(call.screen(), entries, opened.store().now());
            return ExitCode.SUCCEEDED;
        }
    }

    private static void print(Screen screen, List<KeptEntry> entries, Instant now) {
        var table = new Table("JOB", "TOOL", "ENDS", "ARTIFACTS", "KEY");
        boolean people = screen.terminal().out();
        for (KeptEntry entry : entries) {
            Instant until = entry.until();
            if (screen.json()) {
                var fields = new LinkedHashMap<String, Object>();
                fields.put("id", entry.job());
                fields.put("tool", entry.tool());
                fields.put("until", until);
                fields.put("input_hash", entry.hash());
                fields.put("artifacts", entry.artifacts().stream().map(JobView::artifact).toList());
                screen.json(fields);
                continue;
            }
            table.add(
                    entry.job().toString(),
                    entry.tool().toString(),
                    people ? "in " + JobView.since(now, until) : until.toString(),
                    Integer.toString(entry.artifacts().size()),
                    entry.hash());
        }
        if (screen.json()) return;
        if (table.isEmpty() && people) screen.note("no results are kept");
        else table.print(screen);
    }
}
