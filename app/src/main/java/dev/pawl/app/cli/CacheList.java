package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

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
    public ExitCode run(Call call) throws InterruptedException {
        int limit = call.get(LIMIT).orElse(20);
        if (limit < 1 || limit > 1_000)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "--limit is %d; want 1 to 1000".formatted(limit));
        try (Target target = call.target()) {
            JsonNode page = target.cacheList(call.get(TOOL).orElse(""), limit);
            print(call.screen(), page.path("results"), target.now());
            return ExitCode.SUCCEEDED;
        }
    }

    private static void print(Screen screen, JsonNode results, Instant now) {
        if (screen.json()) {
            results.values().forEach(screen::json);
            return;
        }
        var table = new Table("JOB", "TOOL", "ENDS", "ARTIFACTS", "KEY");
        boolean people = screen.terminal().out();
        for (JsonNode result : results.values()) {
            Instant until = Instant.parse(result.path("until").stringValue(""));
            table.add(
                    result.path("id").stringValue(""),
                    result.path("tool").stringValue(""),
                    people ? "in " + JobText.since(now, until) : until.toString(),
                    Integer.toString(result.path("artifacts").size()),
                    result.path("input_hash").stringValue(""));
        }
        if (table.isEmpty() && people) screen.note("no results are kept");
        else table.print(screen);
    }
}
