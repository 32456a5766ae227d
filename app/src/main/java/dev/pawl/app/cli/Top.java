package dev.pawl.app.cli;

import dev.pawl.api.JobQuery;
import dev.pawl.api.JobView;
import dev.pawl.app.config.Durations;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** {@code pawl top}: queues, running jobs and rates, refreshed until Ctrl-C. */
public final class Top implements Command {
    private static final Flag<Duration> EVERY =
            Flag.duration("--every", "Time between two looks (default: 1s).");
    private static final Flag<Boolean> ONCE = Flag.on("--once", "Look once, and end.");
    private static final int RUNNING_MAX = 15;
    private static final Duration LIVE = Duration.ofSeconds(60);

    private static final String OPEN = "\033[?1049h\033[?25l";
    private static final String CLOSE = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String REST_OF_LINE = "\033[K";
    private static final String REST_OF_SCREEN = "\033[J";

    @Override
    public String name() {
        return "top";
    }

    @Override
    public String summary() {
        return "Shows queues, running jobs and rates, refreshed until Ctrl-C; piped, looks once.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(EVERY, ONCE);
    }

    /** What was seen in one look, and when by the monotonic clock. */
    private record Look(
            long nanos, JsonNode queues, JsonNode workers, List<JobView> running, Instant now) {
        static Look at(Call call, Target target) throws InterruptedException {
            var running = JobFilter.ALL.withStates(Set.of(JobState.Name.RUNNING));
            return new Look(
                    call.outside().time().nanos(),
                    target.queues().path("queues"),
                    target.workers().path("workers"),
                    target.jobs(new JobQuery(running, "", RUNNING_MAX)).jobs(),
                    target.now());
        }

        long sum(String... states) {
            long sum = 0;
            for (JsonNode queue : queues.values()) sum += sum(queue, states);
            return sum;
        }

        static long sum(JsonNode queue, String... states) {
            long sum = 0;
            for (String state : states) sum += queue.path(state).longValue(0);
            return sum;
        }
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        Duration every = call.get(EVERY).orElse(Duration.ofSeconds(1));
        if (every.compareTo(Duration.ofMillis(100)) < 0)
            throw new PawlException(ErrorCode.INPUT_INVALID, "--every: want at least 100ms");
        try (Target target = call.target()) {
            boolean live = call.screen().terminal().out() && !call.screen().json();
            if (live && !call.has(ONCE)) refresh(call, target, every);
            else once(call, Look.at(call, target));
            return ExitCode.SUCCEEDED;
        }
    }

    private static void once(Call call, Look look) {
        Screen screen = call.screen();
        if (screen.json()) look.queues().values().forEach(screen::json);
        else screen.out().print(text(call, look, look));
    }

    private static void refresh(Call call, Target target, Duration every)
            throws InterruptedException {
        PrintStream out = call.screen().out();
        var stop = new CountDownLatch(1);
        out.print(OPEN);
        try (var _ = call.outside().signals().watch(_ -> stop.countDown())) {
            Look before = Look.at(call, target);
            draw(out, text(call, before, before));
            while (!stop.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                Look look;
                try {
                    look = Look.at(call, target);
                } catch (PawlException e) {
                    draw(out, call.screen().style().bad(String.valueOf(e.getMessage())) + "\n");
                    continue;
                }
                draw(out, text(call, before, look));
                before = look;
            }
        } finally {
            out.print(CLOSE);
            out.flush();
        }
    }

    /** Over what is there, so that nothing flickers. */
    private static void draw(PrintStream out, String text) {
        out.print(HOME + text.replace("\n", REST_OF_LINE + "\n") + REST_OF_SCREEN);
        out.flush();
    }

    private static String text(Call call, Look before, Look look) {
        var buffer = new ByteArrayOutputStream();
        var out = new PrintStream(buffer, false, StandardCharsets.UTF_8);
        Screen whole = call.screen();
        var screen =
                new Screen(
                        out,
                        whole.err(),
                        whole.terminal(),
                        whole.style(),
                        whole.errorStyle(),
                        false);
        head(call, screen, before, look);
        screen.line("");
        queues(screen, before, look);
        screen.line("");
        running(screen, look);
        out.flush();
        return buffer.toString(StandardCharsets.UTF_8);
    }

    private static void head(Call call, Screen screen, Look before, Look look) {
        String where =
                call.configuration()
                        .remote()
                        .map(Object::toString)
                        .orElse(call.configuration().data().toString());
        long alive = 0;
        for (JsonNode worker : look.workers().values())
            if (Instant.parse(worker.path("seen_at").stringValue(""))
                    .plus(LIVE)
                    .isAfter(look.now())) alive++;
        screen.line(screen.style().strong("pawl top") + "  " + where);
        screen.line(
                "%d workers   %d queued   %d running   %d waiting   %d dead"
                        .formatted(
                                alive,
                                look.sum("queued"),
                                look.sum("running"),
                                look.sum("waiting"),
                                look.sum("dead")));
        String[] all = {"waiting", "queued", "running", "succeeded", "dead", "cancelled"};
        String[] over = {"succeeded", "dead", "cancelled"};
        double seconds = (look.nanos() - before.nanos()) / 1e9;
        screen.line(
                screen.style()
                        .faint(
                                "in %s/s   out %s/s"
                                        .formatted(
                                                rate(look.sum(all) - before.sum(all), seconds),
                                                rate(look.sum(over) - before.sum(over), seconds))));
    }

    private static void queues(Screen screen, Look before, Look look) {
        Map<String, JsonNode> earlier = new HashMap<>();
        for (JsonNode queue : before.queues().values())
            earlier.put(queue.path("queue").stringValue(""), queue);
        double seconds = (look.nanos() - before.nanos()) / 1e9;
        var table = new Table("QUEUE", "STATUS", "QUEUED", "RUNNING", "WAITING", "DEAD", "OUT/S");
        for (JsonNode queue : look.queues().values()) {
            String name = queue.path("queue").stringValue("");
            boolean paused = queue.path("paused").booleanValue(false);
            long over = Look.sum(queue, "succeeded", "dead", "cancelled");
            JsonNode was = earlier.getOrDefault(name, queue);
            table.add(
                    Table.Cell.of(name, screen.style()::strong),
                    Table.Cell.of(
                            paused ? "paused" : "open",
                            paused ? screen.style()::warning : screen.style()::faint),
                    Table.Cell.of(Long.toString(Look.sum(queue, "queued"))),
                    Table.Cell.of(Long.toString(Look.sum(queue, "running"))),
                    Table.Cell.of(Long.toString(Look.sum(queue, "waiting"))),
                    Table.Cell.of(Long.toString(Look.sum(queue, "dead"))),
                    Table.Cell.of(
                            rate(over - Look.sum(was, "succeeded", "dead", "cancelled"), seconds)));
        }
        table.print(screen);
    }

    private static void running(Screen screen, Look look) {
        var table = new Table("RUNNING", "TOOL", "FOR", "DETAIL");
        for (JobView job : look.running())
            table.add(
                    Table.Cell.of(job.id().toString()),
                    Table.Cell.of(job.tool()),
                    Table.Cell.of(
                            job.startedAt()
                                    .map(start ->
                                            Durations.rough(Duration.between(start, look.now())))
                                    .orElse("")),
                    Table.Cell.of(JobText.detail(job, look.now()), screen.style()::faint));
        table.print(screen);
    }

    private static String rate(long jobs, double seconds) {
        return seconds <= 0 ? "-" : String.format(java.util.Locale.ROOT, "%.1f", jobs / seconds);
    }
}
