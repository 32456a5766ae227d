package dev.pawl.app.cli;

import tools.jackson.databind.JsonNode;

/** {@code pawl queues list}. */
public final class QueuesList implements Command {
    @Override
    public String name() {
        return "queues list";
    }

    @Override
    public String summary() {
        return "Lists queues, and how many jobs are in each.";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        Screen screen = call.screen();
        try (Target target = call.target()) {
            JsonNode queues = target.queues().path("queues");
            if (screen.json()) {
                queues.values().forEach(screen::json);
                return ExitCode.SUCCEEDED;
            }
            var table = new Table("QUEUE", "STATUS", "WAITING", "QUEUED", "RUNNING", "DEAD", "CAP");
            for (JsonNode queue : queues.values()) {
                boolean paused = queue.path("paused").booleanValue(false);
                table.add(
                        Table.Cell.of(queue.path("queue").stringValue(""), screen.style()::strong),
                        Table.Cell.of(
                                paused ? "paused" : "open",
                                paused ? screen.style()::warning : screen.style()::faint),
                        number(queue, "waiting"),
                        number(queue, "queued"),
                        number(queue, "running"),
                        number(queue, "dead"),
                        queue.has("depth_max") ? number(queue, "depth_max") : Table.Cell.of("-"));
            }
            if (table.isEmpty() && screen.terminal().out()) screen.note("no queue has had a job");
            else table.print(screen);
            return ExitCode.SUCCEEDED;
        }
    }

    private static Table.Cell number(JsonNode queue, String name) {
        return Table.Cell.of(Long.toString(queue.path(name).longValue(0)));
    }
}
