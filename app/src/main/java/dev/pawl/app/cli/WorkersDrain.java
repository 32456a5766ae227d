package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.server.webhook.WebhookSender;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** {@code pawl workers drain}: workers end what they run, and claim nothing any more. */
public final class WorkersDrain implements Command {
    private static final Flag<Boolean> ALL =
            Flag.on("--all", "Every worker that runs jobs; none that starts afterwards.");
    private static final Flag<Boolean> WAIT = Flag.on("--wait", "Until they have left.");
    private static final Flag<Duration> TIMEOUT =
            Flag.duration("--timeout", "Stop waiting after this long; they go on draining.");

    private static final Duration LOOK = Duration.ofMillis(500);

    @Override
    public String name() {
        return "workers drain";
    }

    @Override
    public String summary() {
        return "Has workers claim nothing any more; each leaves when what it runs has ended.";
    }

    @Override
    public String operands() {
        return "[WORKER...]";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(ALL, WAIT, TIMEOUT);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        if (call.has(ALL) == !call.operands().isEmpty())
            throw new PawlException(
                    ErrorCode.INPUT_INVALID,
                    "name workers, as `pawl workers list` shows them, or say --all");
        Screen screen = call.screen();
        try (Target target = call.target()) {
            Set<String> told = call.has(ALL) ? all(target) : new LinkedHashSet<>(call.operands());
            for (String worker : told) {
                JsonNode answer = target.drainWorker(worker);
                if (screen.json()) screen.json(answer);
                else screen.line("worker %s is told to drain".formatted(worker));
            }
            return call.has(WAIT) ? awaited(call, target, told) : ExitCode.SUCCEEDED;
        }
    }

    private static Set<String> all(Target target) throws InterruptedException {
        var workers = new LinkedHashSet<String>();
        for (JsonNode worker : target.workers().path("workers").values())
            if (runsJobs(worker)) workers.add(worker.path("worker").stringValue(""));
        return workers;
    }

    /** A server alone has a worker too, which delivers to webhooks. */
    private static boolean runsJobs(JsonNode worker) {
        String delivers = WebhookSender.TOOL.toString();
        return worker.path("tools").values().stream()
                .anyMatch(tool -> !tool.stringValue("").equals(delivers));
    }

    private static ExitCode awaited(Call call, Target target, Set<String> told)
            throws InterruptedException {
        Screen screen = call.screen();
        long begun = call.outside().time().nanos();
        var left = new LinkedHashSet<>(told);
        while (true) {
            Set<String> there = there(target);
            for (String worker : told)
                if (!there.contains(worker) && left.remove(worker) && !screen.json())
                    screen.line("worker %s has left".formatted(worker));
            if (left.isEmpty()) return ExitCode.SUCCEEDED;
            Duration waited = Duration.ofNanos(call.outside().time().nanos() - begun);
            if (call.get(TIMEOUT).filter(most -> waited.compareTo(most) >= 0).isPresent()) {
                screen.note("pawl: still there: " + String.join(", ", left));
                return ExitCode.TIMED_OUT;
            }
            call.outside().time().sleep(LOOK);
        }
    }

    private static Set<String> there(Target target) throws InterruptedException {
        var there = new HashSet<String>();
        for (JsonNode worker : target.workers().path("workers").values())
            there.add(worker.path("worker").stringValue(""));
        return there;
    }
}
