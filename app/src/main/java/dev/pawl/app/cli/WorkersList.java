package dev.pawl.app.cli;

import dev.pawl.app.config.Durations;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** {@code pawl workers list}. */
public final class WorkersList implements Command {
    /** A worker that has been silent for longer counts as gone. */
    private static final Duration LIVE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "workers list";
    }

    @Override
    public String summary() {
        return "Lists workers: where they run, what they serve, when they were heard of.";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        Screen screen = call.screen();
        try (Target target = call.target()) {
            JsonNode workers = target.workers().path("workers");
            if (screen.json()) {
                workers.values().forEach(screen::json);
                return ExitCode.SUCCEEDED;
            }
            Instant now = target.now();
            var table =
                    new Table("WORKER", "STATUS", "HOST", "PID", "SLOTS", "SEEN", "CAN", "TOOLS");
            for (JsonNode worker : workers.values()) add(table, screen, worker, now);
            if (table.isEmpty() && screen.terminal().out()) screen.note("no worker was heard of");
            else table.print(screen);
            return ExitCode.SUCCEEDED;
        }
    }

    private static void add(Table table, Screen screen, JsonNode worker, Instant now) {
        Instant seen = Instant.parse(worker.path("seen_at").stringValue(""));
        boolean alive = seen.plus(LIVE).isAfter(now);
        table.add(
                Table.Cell.of(worker.path("worker").stringValue(""), screen.style()::strong),
                Table.Cell.of(
                        status(worker, alive),
                        alive ? screen.style()::good : screen.style()::warning),
                Table.Cell.of(worker.path("host").stringValue("")),
                Table.Cell.of(Long.toString(worker.path("pid").longValue(0))),
                Table.Cell.of(Integer.toString(worker.path("slots").intValue(0))),
                Table.Cell.of(
                        screen.terminal().out()
                                ? Durations.rough(Duration.between(seen, now)) + " ago"
                                : seen.toString()),
                Table.Cell.of(words(worker.path("can"))),
                Table.Cell.of(words(worker.path("tools")), screen.style()::faint));
    }

    private static String status(JsonNode worker, boolean alive) {
        if (!alive) return "silent";
        return worker.path("draining").booleanValue(false) ? "draining" : "alive";
    }

    private static String words(JsonNode list) {
        return String.join(" ", list.values().stream().map(word -> word.stringValue("")).toList());
    }
}
