package dev.pawl.worker;

import dev.pawl.core.Claim;
import dev.pawl.core.Claim.Want;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Leases;
import dev.pawl.core.Report;
import dev.pawl.core.Time;
import dev.pawl.core.ToolId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Claims one after another, each under a lease of its own, and the start of what they bring.
 *
 * <p>A claim that threw may have been committed. Its lease says so: {@link #goOn} asks for what
 * runs under it, and goes on with that. Until then its places are kept.
 */
final class Claims {
    private final Leases leases;
    private final String worker;
    private final Serving serving;
    private final WorkerOptions options;
    private final Held held;
    private final Launcher launcher;
    private final Time time;
    private final RandomGenerator random;

    /** What the next claims ask for. */
    private volatile Map<ToolId, Served> tools;

    /** Also what it served before: a claim whose answer is late may bring a job of it. */
    private final Map<ToolId, Served> everServed = new ConcurrentHashMap<>();

    /** A claim that threw: it may have taken place. */
    private volatile @Nullable Sent unsure;

    /** A claim under way, and the places that are kept for what it brings. */
    private record Sent(HeldLease lease, Map<Slot, Integer> places) {}

    /**
     * What a claim brought.
     *
     * @param full the kinds of which it got all that it asked for
     */
    record Brought(Claimed claimed, Set<Slot> full) {}

    Claims(
            Leases leases,
            String worker,
            Serving serving,
            WorkerOptions options,
            Held held,
            Launcher launcher,
            Time time,
            RandomGenerator random) {
        this.leases = leases;
        this.worker = worker;
        this.serving = serving;
        this.options = options;
        this.held = held;
        this.launcher = launcher;
        this.time = time;
        this.random = random;
        this.tools = serving.tools();
        everServed.putAll(tools);
    }

    /** Asks for these tools from now on. */
    void serve(Map<ToolId, Served> now) {
        everServed.putAll(now);
        tools = Map.copyOf(now);
    }

    /** The tools that a claim asks for, by the kind of slot that they take. */
    Map<Slot, Set<ToolId>> kinds() {
        var kinds = new EnumMap<Slot, Set<ToolId>>(Slot.class);
        tools.forEach((tool, served) ->
                kinds.computeIfAbsent(served.slot(), _ -> new HashSet<>()).add(tool));
        return kinds;
    }

    /**
     * Claims and starts jobs. Each kind has a batch of its own: idle slots of one must not keep the
     * other from claiming.
     *
     * @param places for how many of each kind; kept by {@link Held#ask}, which this undoes
     * @param spent leases for the store to forget
     */
    Brought claim(Map<Slot, Integer> places, Map<Slot, Set<ToolId>> kinds, Set<LeaseId> spent) {
        var lease = new LeaseId(randomId());
        var taken = new HeldLease(lease, time.nanos() + options.safe().toNanos());
        unsure = new Sent(taken, places);
        Set<JobId> only = serving.only().get();
        var wants = new ArrayList<Want>();
        places.forEach((kind, max) ->
                wants.add(
                        new Want(kinds.getOrDefault(kind, Set.of()), serving.queues(), only, max)));
        Claimed claimed = leases.claim(new Claim(lease, worker, options.lease(), wants, spent));
        unsure = null;
        if (!spent.isEmpty()) held.forgotten(spent);
        List<Run> runs = start(taken, claimed.jobs(), places);
        return new Brought(claimed, full(places, runs));
    }

    /** Tells the store of the last spent leases, as the next claim would. */
    void forgetSpent() {
        Set<LeaseId> spent = held.spent();
        if (spent.isEmpty()) return;
        leases.claim(new Claim(new LeaseId(randomId()), worker, options.lease(), List.of(), spent));
        held.forgotten(spent);
    }

    /**
     * Asks the store what became of a claim without an answer, and runs what it got. What can't be
     * run safely any more goes back.
     */
    void goOn() {
        Sent sent = unsure;
        if (sent == null) return;
        if (time.nanos() - sent.lease.safeUntil >= 0) {
            giveBack();
            return;
        }
        List<ClaimedJob> jobs = leases.claimed(sent.lease.id, worker);
        unsure = null;
        List<Run> _ = start(sent.lease, jobs, sent.places);
    }

    /** Gives back what a claim without an answer may have brought. */
    void giveBack() {
        Sent sent = unsure;
        if (sent == null) return;
        var back = new ArrayList<Report>();
        for (ClaimedJob job : leases.claimed(sent.lease.id, worker))
            back.add(new Report.GivenBack(job));
        if (!back.isEmpty()) leases.end(worker, back);
        unsure = null;
        held.answered(sent.places);
    }

    private List<Run> start(HeldLease lease, List<ClaimedJob> jobs, Map<Slot, Integer> places) {
        List<Run> runs = List.of();
        try {
            runs = prepared(lease, jobs);
        } finally {
            if (runs.isEmpty()) held.answered(places);
        }
        if (runs.isEmpty()) return runs;
        for (Run run : held.add(lease, runs, places)) if (run.launch != null) run.launch.start();
        return runs;
    }

    private List<Run> prepared(HeldLease lease, List<ClaimedJob> jobs) {
        var runs = new ArrayList<Run>(jobs.size());
        for (ClaimedJob job : jobs) {
            var run = new Run(held, job, served(job), lease);
            run.launch = launcher.prepare(run);
            runs.add(run);
        }
        return runs;
    }

    private static Set<Slot> full(Map<Slot, Integer> asked, List<Run> got) {
        var counts = new EnumMap<Slot, Integer>(Slot.class);
        for (Run run : got) counts.merge(run.served().slot(), 1, Integer::sum);
        Set<Slot> full = EnumSet.noneOf(Slot.class);
        asked.forEach((kind, max) -> {
            if (counts.getOrDefault(kind, 0) >= max) full.add(kind);
        });
        return full;
    }

    private Served served(ClaimedJob job) {
        Served served = everServed.get(job.submission().tool());
        if (served == null)
            throw new IllegalStateException("claimed a job of " + job.submission().tool());
        return served;
    }

    /** Random but for the time that it begins with: a store's index of leases grows at its end. */
    private UUID randomId() {
        long high = time.millis() << 16 | 0x7000L | random.nextInt(0x1000);
        long low = random.nextLong() >>> 2 | 0x8000000000000000L;
        return new UUID(high, low);
    }
}
