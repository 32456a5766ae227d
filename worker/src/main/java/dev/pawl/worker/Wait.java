package dev.pawl.worker;

import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Progress;
import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.core.ToolId;
import dev.pawl.core.WorkerEntry;
import dev.pawl.worker.Waited.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One wait for a set of jobs, as looks without a thread. Used by one thread. */
final class Wait {
    private static final Duration LIVE = Duration.ofSeconds(60);

    /** Most jobs of one query. */
    static final int BATCH = 1_000;

    // Looked at one by one at each look, to tell a stall from work in progress.
    private static final int SAMPLE = 1_000;

    private final Store store;
    private final Time time;
    private final WaitOptions options;
    private final Consumer<Tally> progress;

    private final Map<JobId, JobState> states = new LinkedHashMap<>();
    private final Set<JobId> open;
    private final Set<JobId> vanished = new LinkedHashSet<>();
    private final Map<JobId, ToolId> tools = new HashMap<>();
    private final Map<JobId, Progress> lastProgress = new HashMap<>();
    private final long startedAt;
    private long movedAt;

    Wait(
            Store store,
            Time time,
            Collection<JobId> jobs,
            WaitOptions options,
            Consumer<Tally> progress) {
        this.store = store;
        this.time = time;
        this.options = options;
        this.progress = progress;
        this.open = new LinkedHashSet<>(jobs);
        this.startedAt = time.nanos();
        this.movedAt = startedAt;
    }

    /** Looks once; answers how it ended, or empty when it goes on. */
    Optional<Waited> look() {
        boolean moved = refresh();
        long now = time.nanos();
        if (moved) {
            movedAt = now;
            progress.accept(tally());
        }
        if (open.isEmpty()) return Optional.of(new Waited.AllOver(tally(), failures()));
        Duration passed = Duration.ofNanos(now - startedAt);
        if (reached(options.timeout(), passed))
            return Optional.of(new Waited.TimedOut(tally(), failures(), passed));
        Duration still = Duration.ofNanos(now - movedAt);
        boolean unserved = reached(options.unserved(), still);
        boolean stalled = reached(options.stall(), still);
        if (!unserved && !stalled) return Optional.empty();
        return standstill(unserved, stalled, still);
    }

    /** How long to rest before the next look. */
    Duration rest() {
        if (options.timeout().isZero()) return options.poll();
        Duration left = options.timeout().minus(Duration.ofNanos(time.nanos() - startedAt));
        if (left.compareTo(options.poll()) >= 0) return options.poll();
        return left.isPositive() ? left : Duration.ofNanos(1);
    }

    private Optional<Waited> standstill(boolean unserved, boolean stalled, Duration still) {
        Instant now = store.now();
        if (open.stream().anyMatch(id -> later(states.get(id), now))) {
            movedAt = time.nanos();
            return Optional.empty();
        }
        if (unserved) {
            Set<ToolId> alone = unserved(now);
            if (!alone.isEmpty())
                return Optional.of(new Waited.Unserved(tally(), failures(), alone));
        }
        if (!stalled) return Optional.empty();
        if (working()) {
            movedAt = time.nanos();
            return Optional.empty();
        }
        return Optional.of(new Waited.Stalled(tally(), failures(), still));
    }

    /** Whether the job has an appointment, as in a backoff: then it doesn't stand still. */
    private static boolean later(@Nullable JobState state, Instant now) {
        return state instanceof JobState.Queued queued && queued.runAt().isAfter(now);
    }

    private boolean refresh() {
        boolean moved = false;
        var asked = List.copyOf(open);
        for (int from = 0; from < asked.size(); from += BATCH) {
            var batch = asked.subList(from, Math.min(asked.size(), from + BATCH));
            Map<JobId, JobState> found = store.states(batch);
            for (JobId id : batch) moved |= see(id, found.get(id));
        }
        return moved;
    }

    private boolean see(JobId id, @Nullable JobState state) {
        if (state == null) {
            states.remove(id);
            vanished.add(id);
            open.remove(id);
            return true;
        }
        if (state.ended()) open.remove(id);
        JobState before = states.put(id, state);
        return before == null || !same(before, state);
    }

    // A renewed lease is another state, but not a step ahead.
    private static boolean same(JobState a, JobState b) {
        return a.name() == b.name() && a.attempt() == b.attempt();
    }

    /**
     * The tools of what is left if nobody serves any of them; empty when somebody does. A job that
     * waits for others stands as they do, also where they are not of the set.
     */
    private Set<ToolId> unserved(Instant now) {
        Set<ToolId> served = served(now);
        var alone = new LinkedHashSet<ToolId>();
        var seen = new HashSet<JobId>();
        var toLook = new ArrayDeque<JobId>(open);
        int found = 0;
        while (!toLook.isEmpty()) {
            JobId id = toLook.poll();
            if (!seen.add(id)) continue;
            switch (stateOf(id)) {
                case JobState.Waiting waiting -> toLook.addAll(waiting.on());
                case JobState.Queued queued -> {
                    if (later(queued, now)) return Set.of();
                    // What isn't known yet may be served: the next look goes on where this ends.
                    if (!tools.containsKey(id) && ++found > SAMPLE) return Set.of();
                    Optional<ToolId> tool = tool(id);
                    if (tool.isEmpty() || served.contains(tool.get())) return Set.of();
                    alone.add(tool.get());
                }
                // One that runs moves, and what has ended just now is about to move another.
                case JobState.Running _,
                        JobState.Succeeded _,
                        JobState.Dead _,
                        JobState.Cancelled _ -> {
                    return Set.of();
                }
                case null -> {
                    return Set.of();
                }
            }
        }
        return alone;
    }

    private Set<ToolId> served(Instant now) {
        var served = new HashSet<ToolId>();
        for (WorkerEntry worker : store.workers())
            if (worker.seenAt().plus(LIVE).isAfter(now)) served.addAll(worker.tools());
        return served;
    }

    private @Nullable JobState stateOf(JobId id) {
        JobState known = states.get(id);
        return known == null ? store.states(List.of(id)).get(id) : known;
    }

    private Optional<ToolId> tool(JobId id) {
        ToolId known = tools.get(id);
        if (known != null) return Optional.of(known);
        Optional<ToolId> tool = store.find(id).map(job -> job.submission().tool());
        tool.ifPresent(t -> tools.put(id, t));
        return tool;
    }

    /** Whether a running job has said something new. */
    private boolean working() {
        boolean news = false;
        int looked = 0;
        for (JobId id : open) {
            if (!(states.get(id) instanceof JobState.Running)) continue;
            if (++looked > SAMPLE) break;
            Optional<Progress> said = store.find(id).flatMap(Job::progress);
            if (said.isPresent() && !said.get().equals(lastProgress.put(id, said.get())))
                news = true;
        }
        return news;
    }

    private Tally tally() {
        return new Tally(states, vanished);
    }

    private List<Failure> failures() {
        var failures = new ArrayList<Failure>();
        states.forEach((id, state) -> {
            switch (state) {
                case JobState.Dead dead ->
                        failures.add(new Failure(id, Failure.Why.DEAD, message(id, dead)));
                case JobState.Cancelled _ ->
                        failures.add(new Failure(id, Failure.Why.CANCELLED, "was cancelled"));
                case JobState.Waiting _,
                        JobState.Queued _,
                        JobState.Running _,
                        JobState.Succeeded _ -> {}
            }
        });
        for (JobId id : vanished)
            failures.add(new Failure(id, Failure.Why.VANISHED, "there is no such job"));
        return List.copyOf(failures);
    }

    private String message(JobId id, JobState.Dead dead) {
        return store.find(id).map(Job::output).orElse(dead.kind().wire());
    }

    private static boolean reached(Duration bound, Duration passed) {
        return !bound.isZero() && passed.compareTo(bound) >= 0;
    }
}
