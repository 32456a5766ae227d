package dev.pawl.app.cli;

import dev.pawl.core.PawlException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * {@code pawl workers reap}: frees the jobs of workers that are gone.
 *
 * <p>That a worker has been silent for long says nothing alone: after an outage of the database, or
 * when its clock was set forward, all have been. So each is watched for a heartbeat and a little
 * first.
 */
public final class WorkersReap implements Command {
    private static final Flag<String> FORCE =
            Flag.text("--force", "WORKER", "This one, at once: it is known to be dead.");

    private static final Duration LITTLE = Duration.ofSeconds(2);

    @Override
    public String name() {
        return "workers reap";
    }

    @Override
    public String summary() {
        return "Frees the jobs of workers that were not heard of for longer than a lease.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(FORCE);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        try (Target target = call.target()) {
            Optional<String> dead = call.get(FORCE);
            if (dead.isPresent()) {
                say(call, target.reapWorker(dead.get(), Optional.empty()));
                return ExitCode.SUCCEEDED;
            }
            Map<String, Instant> silent = silent(call, target);
            if (silent.isEmpty()) {
                call.screen().note("no worker is silent for longer than a lease");
                return ExitCode.SUCCEEDED;
            }
            Duration heartbeat = call.configuration().worker().heartbeat();
            call.screen().note("watching %d workers for a heartbeat".formatted(silent.size()));
            call.outside().time().sleep(heartbeat.plus(LITTLE));
            for (var worker : silent.entrySet()) reap(call, target, worker);
            return ExitCode.SUCCEEDED;
        }
    }

    private static Map<String, Instant> silent(Call call, Target target)
            throws InterruptedException {
        Instant before = target.now().minus(call.configuration().worker().lease());
        var silent = new LinkedHashMap<String, Instant>();
        for (JsonNode worker : target.workers().path("workers").values()) {
            Instant seenAt = Instant.parse(worker.path("seen_at").stringValue(""));
            if (seenAt.isBefore(before)) silent.put(worker.path("worker").stringValue(""), seenAt);
        }
        return silent;
    }

    private static void reap(Call call, Target target, Map.Entry<String, Instant> worker)
            throws InterruptedException {
        try {
            say(call, target.reapWorker(worker.getKey(), Optional.of(worker.getValue())));
        } catch (PawlException e) {
            // It was heard of meanwhile, or others have reaped it.
            call.screen().note("pawl: " + e.getMessage());
        }
    }

    private static void say(Call call, JsonNode answer) {
        if (call.screen().json()) call.screen().json(answer);
        else
            call.screen()
                    .line(
                            "worker %s is gone: %d of its jobs go on elsewhere"
                                    .formatted(
                                            answer.path("worker").stringValue(""),
                                            answer.path("moved").intValue(0)));
    }
}
