package dev.pawl.testkit;

import dev.pawl.core.JobState;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitEntry;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What holds jobs of a {@link MemoryStore} back; touched only under the store's lock. */
final class MemoryLimits {
    /** What each limit says, as the latest submit said, without a key's value. */
    private final Map<String, Limit> rules = new HashMap<>();

    /** How many attempts started that count until then, by the limit's, queue's or key's name. */
    private final Map<String, TreeMap<Instant, Integer>> starts = new HashMap<>();

    /** The key that was served last, by lane. */
    private final Map<Lane, Long> turns = new HashMap<>();

    private record Lane(String queue, ToolId tool, String limit) {
        static Lane of(Submission s) {
            return new Lane(s.queue(), s.tool(), s.limit().name());
        }
    }

    void submitted(Limit limit) {
        rules.put(limit.name(), limit.of(""));
    }

    private Limit rule(Submission s) {
        return rules.getOrDefault(s.limit().name(), s.limit());
    }

    /** How many more may start beside those that hold their places. */
    int room(MemoryJob job, QueueEntry queue, Collection<MemoryJob> held, Instant now) {
        Submission s = job.submission;
        Limit rule = rule(s);
        int room = left(queue.runningMax(), held, j -> j.queue().equals(s.queue()));
        room = Math.min(room, left(queue.rate(), queue.limitName(), now));
        if (s.limit().name().isEmpty()) return room;
        room = Math.min(room, left(rule.max(), held, j -> named(j).equals(named(s))));
        room = Math.min(room, left(rule.rate(), rule.name(), now));
        if (!rule.keyed()) return room;
        String key = s.limit().keyName();
        room = Math.min(room, left(rule.key().max(), held, j -> key(j).equals(key)));
        return Math.min(room, left(rule.key().rate(), key, now));
    }

    private static String named(Submission s) {
        return s.limit().name();
    }

    private static String key(Submission s) {
        return s.limit().keyed() ? s.limit().keyName() : "";
    }

    private static int left(
            int max, Collection<MemoryJob> held, Function<Submission, Boolean> counts) {
        if (max == Integer.MAX_VALUE) return max;
        long taken = held.stream().filter(job -> counts.apply(job.submission)).count();
        return Math.toIntExact(Math.max(0, max - taken));
    }

    private int left(Rate rate, String name, Instant now) {
        if (rate.none()) return Integer.MAX_VALUE;
        int counted =
                starts.getOrDefault(name, new TreeMap<>()).tailMap(now, false).values().stream()
                        .mapToInt(Integer::intValue)
                        .sum();
        return Math.max(0, rate.max() - counted);
    }

    /** An attempt of the job has started. */
    void started(MemoryJob job, QueueEntry queue, Instant now) {
        Limit rule = rule(job.submission);
        count(queue.rate(), queue.limitName(), now);
        count(rule.rate(), rule.name(), now);
        if (!rule.keyed()) return;
        count(rule.key().rate(), job.submission.limit().keyName(), now);
    }

    private void count(Rate rate, String name, Instant now) {
        if (rate.none()) return;
        starts.computeIfAbsent(name, _ -> new TreeMap<>())
                .merge(rate.countsUntil(now), 1, Integer::sum);
    }

    /** When the next start ends to count. */
    Instant next(Instant now) {
        return starts.values().stream()
                .flatMap(each -> each.tailMap(now, false).keySet().stream())
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    // ---- Look

    /** Each limit that holds a place, that has due jobs, or that all of a tool or queue have. */
    List<LimitEntry> entries(
            MemoryJobs jobs,
            Function<String, QueueEntry> queue,
            Collection<QueueEntry> queues,
            Instant now) {
        var names = new TreeMap<String, LimitEntry>();
        for (QueueEntry each : queues)
            add(names, each.limitName(), each.runningMax(), each.rate(), now);
        rules.values().forEach(rule -> add(names, rule.name(), rule.max(), rule.rate(), now));
        for (MemoryJob job : jobs.held()) under(names, job, queue, now, true);
        for (MemoryJob job : jobs.ready) under(names, job, queue, now, false);
        return List.copyOf(names.values());
    }

    private void under(
            Map<String, LimitEntry> names,
            MemoryJob job,
            Function<String, QueueEntry> queue,
            Instant now,
            boolean holds) {
        Submission s = job.submission;
        Limit rule = rule(s);
        var mine = new ArrayList<>(List.of(queue.apply(s.queue()).limitName(), rule.name()));
        if (rule.keyed()) {
            mine.add(s.limit().keyName());
            add(names, s.limit().keyName(), rule.key().max(), rule.key().rate(), now);
        }
        for (String name : mine)
            names.computeIfPresent(name, (_, entry) -> with(entry, job, holds));
    }

    private static LimitEntry with(LimitEntry entry, MemoryJob job, boolean holds) {
        var holders = new ArrayList<>(entry.holders());
        if (holds) {
            boolean stopping = job.stopping != null;
            String worker =
                    job.state instanceof JobState.Running running
                            ? running.lease().worker()
                            : job.history.getLast().worker();
            Instant since = job.startedAt == null ? Instant.EPOCH : job.startedAt;
            int attempt = job.state.attempt();
            holders.add(new LimitEntry.Holder(job.id, attempt, worker, since, stopping));
            holders.sort(
                    Comparator.comparing(LimitEntry.Holder::since)
                            .thenComparing(LimitEntry.Holder::job));
        }
        int waiting = entry.waiting() + (holds ? 0 : 1);
        return new LimitEntry(
                entry.name(), entry.max(), entry.rate(), entry.started(), waiting, holders);
    }

    private void add(Map<String, LimitEntry> names, String name, int max, Rate rate, Instant now) {
        if (max == Integer.MAX_VALUE && rate.none()) return;
        int started = rate.none() ? 0 : rate.max() - left(rate, name, now);
        names.putIfAbsent(name, new LimitEntry(name, max, rate, started, 0, List.of()));
    }

    // ---- Turns of keys

    /**
     * In the order in which a claim takes them: each lane's keys in turn, the lanes in claim order
     * as far as that goes.
     *
     * @param ready in claim order
     */
    List<MemoryJob> inTurn(List<MemoryJob> ready, Function<MemoryJob, Integer> room) {
        var plain = new ArrayDeque<MemoryJob>();
        var keyed = new LinkedHashMap<Lane, List<MemoryJob>>();
        for (MemoryJob job : ready)
            if (job.submission.limit().keyed())
                keyed.computeIfAbsent(Lane.of(job.submission), _ -> new ArrayList<>()).add(job);
            else plain.add(job);
        if (keyed.isEmpty()) return ready;
        var fronts = new ArrayList<Deque<MemoryJob>>();
        fronts.add(plain);
        keyed.forEach((lane, jobs) -> fronts.add(inTurn(lane, jobs, room)));
        var merged = new ArrayList<MemoryJob>();
        while (true) {
            fronts.removeIf(Deque::isEmpty);
            if (fronts.isEmpty()) return merged;
            merged.add(
                    fronts.stream()
                            .min(Comparator.comparing(Deque::getFirst, MemoryJob.CLAIM_ORDER))
                            .orElseThrow()
                            .removeFirst());
        }
    }

    private Deque<MemoryJob> inTurn(
            Lane lane, List<MemoryJob> jobs, Function<MemoryJob, Integer> room) {
        record Turn(MemoryJob job, int priority, int nth, int place) {}
        var keys = new TreeSet<Long>();
        for (MemoryJob job : jobs) keys.add(key(job));
        var order = new ArrayList<>(keys.tailSet(after(lane), false));
        order.addAll(keys.headSet(after(lane), true));
        var nth = new HashMap<Long, Integer>();
        return jobs.stream()
                .map(job ->
                        new Turn(
                                job,
                                job.submission.priority(),
                                nth.merge(key(job), 1, Integer::sum),
                                order.indexOf(key(job))))
                .filter(turn -> turn.nth <= room.apply(turn.job))
                .sorted(
                        Comparator.comparingInt(Turn::priority)
                                .reversed()
                                .thenComparingInt(Turn::nth)
                                .thenComparingInt(Turn::place))
                .map(Turn::job)
                .collect(java.util.stream.Collectors.toCollection(ArrayDeque::new));
    }

    private long after(Lane lane) {
        return turns.getOrDefault(lane, Long.MIN_VALUE);
    }

    private static long key(MemoryJob job) {
        return job.submission.limit().keyNumber();
    }

    /** These were taken: of each lane's keys the one whose turn came last is where it goes on. */
    void served(List<MemoryJob> taken) {
        var last = new HashMap<Lane, Long>();
        for (MemoryJob job : taken) {
            if (!job.submission.limit().keyed()) continue;
            Lane lane = Lane.of(job.submission);
            last.merge(lane, key(job), (a, b) -> later(after(lane), a, b));
        }
        turns.putAll(last);
    }

    /** Which of two keys comes later in the round that begins after a third. */
    private static long later(long after, long a, long b) {
        boolean aWrapped = a <= after;
        boolean bWrapped = b <= after;
        if (aWrapped != bWrapped) return aWrapped ? a : b;
        return Math.max(a, b);
    }
}
