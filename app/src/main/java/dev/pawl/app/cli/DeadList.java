package dev.pawl.app.cli;

import dev.pawl.app.config.Durations;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobFilter;
import dev.pawl.core.PawlException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code pawl dead list}. */
public final class DeadList implements Command {
    static final Flag<String> TOOL =
            Flag.text("--tool", "TOOL", "Only of this tool: a name, or NAME@VERSION.");
    static final Flag<String> QUEUE = Flag.text("--queue", "QUEUE", "Only of this queue.");
    static final Flag<String> TAG = Flag.text("--tag", "TAG", "Only with this tag.");
    static final Flag<String> ERROR =
            Flag.text(
                    "--error",
                    "TEXT",
                    "Only those that died of an error with this text (looks back 24h unless --since"
                            + " says otherwise).");
    static final Flag<Duration> SINCE =
            Flag.duration("--since", "Only those submitted within this time.");
    private static final Flag<Integer> LIMIT =
            Flag.number("--limit", "N", "Most jobs shown below the groups (default: 20).");
    private static final Duration ERROR_SPAN = Duration.ofHours(24);

    @Override
    public String name() {
        return "dead list";
    }

    @Override
    public String summary() {
        return "Shows how many jobs died of what, and the newest of them.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(TOOL, QUEUE, TAG, ERROR, SINCE, LIMIT);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        int limit = call.get(LIMIT).orElse(20);
        if (limit < 1 || limit > 1_000)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "--limit is %d; want 1 to 1000".formatted(limit));
        try (Target target = call.target()) {
            Instant now = target.now();
            JsonNode dead = target.dead(filter(call, now), limit);
            if (call.screen().json()) call.screen().json(dead);
            else print(call.screen(), dead, now);
            return ExitCode.SUCCEEDED;
        }
    }

    private static JobFilter filter(Call call, Instant now) {
        JobFilter filter =
                JobFilter.ALL
                        .withTool(call.get(TOOL).orElse(""))
                        .withQueue(call.get(QUEUE).orElse(""))
                        .withTag(call.get(TAG).orElse(""))
                        .withError(call.get(ERROR).orElse(""));
        if (call.get(SINCE).isEmpty() && filter.error().isEmpty()) return filter;
        Duration span = call.get(SINCE).orElse(ERROR_SPAN);
        return filter.withTime(now.minus(span), Instant.MAX);
    }

    private static void print(Screen screen, JsonNode dead, Instant now) {
        var groups = new Table("TOOL", "ERROR", "DEAD", "LAST", "MESSAGE OF THE LAST");
        for (JsonNode group : dead.path("groups").values())
            groups.add(
                    Table.Cell.of(text(group, "tool"), screen.style()::strong),
                    Table.Cell.of(text(group, "error_class"), screen.style()::bad),
                    Table.Cell.of(Long.toString(group.path("count").longValue(0))),
                    Table.Cell.of(moment(screen, text(group, "last_at"), now)),
                    Table.Cell.of(line(text(group, "last_error")), screen.style()::faint));
        if (groups.isEmpty()) {
            if (screen.terminal().out()) screen.note("no job is dead");
            return;
        }
        groups.print(screen);
        screen.line("");
        var jobs = new Table("JOB", "TOOL", "DIED", "ATTEMPTS", "ERROR", "MESSAGE");
        for (JsonNode job : dead.path("jobs").values())
            jobs.add(
                    Table.Cell.of(text(job, "id")),
                    Table.Cell.of(text(job, "tool")),
                    Table.Cell.of(moment(screen, text(job, "finished_at"), now)),
                    Table.Cell.of(Long.toString(job.path("attempt").longValue(0))),
                    Table.Cell.of(text(job, "error_class"), screen.style()::bad),
                    Table.Cell.of(line(text(job, "error")), screen.style()::faint));
        jobs.print(screen);
        if (!dead.path("complete").booleanValue(true))
            screen.note("there are more dead jobs than were looked at; name a tool or a queue");
    }

    private static String moment(Screen screen, String at, Instant now) {
        return screen.terminal().out()
                ? Durations.rough(Duration.between(Instant.parse(at), now)) + " ago"
                : at;
    }

    private static String line(String message) {
        return message.replace('\n', ' ');
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).stringValue("");
    }
}
