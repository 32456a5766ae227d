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
import dev.pawl.core.Upcoming;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
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
 * Asks for jobs while slots are free and starts what it gets.
 *
 * <p>An idle worker claims the moment it is woken. A busy one, whose last claim got all it asked
 * for, lets a quarter of what it may hold become free first, or two milliseconds pass: a claim per
 * freed slot would cost a transaction per job.
 *
 * <p>A claim that threw may have been committed. Its lease says so: the next step asks for what
 * runs under it, and goes on with that.
 */
final class ClaimLoop implements Loop {
    private static final Duration LINGER = Duration.ofMillis(2);
    private static final int PROMOTE_MAX = 1_000;
    private static final int SPENT_MAX = 32;

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

    private final Set<Slot> hungry = EnumSet.noneOf(Slot.class);
    private Instant nextDue = Instant.MAX;
    private boolean lingering;

    /** The last claim found nothing, and the rest after it lasts until then. */
    private boolean idle;

    private long idleUntil;
    private long lingerUntil;
    private volatile boolean stopped;

    /** The lease of a claim that threw: it may have taken place. */
    private volatile @Nullable HeldLease unsure;

    ClaimLoop(
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

    @Override
    public String name() {
        return "claim";
    }

    /** Claims nothing any more. */
    void stop() {
        stopped = true;
    }

    @Override
    public Duration step() {
        if (stopped) {
            giveBackUnsure();
            return FOREVER;
        }
        goOnWithUnsure();
        long now = time.nanos();
        boolean lingered = lingering && now - lingerUntil >= 0;
        var wanted = new EnumMap<Slot, Integer>(Slot.class);
        boolean ready = false;
        Map<Slot, Set<ToolId>> kinds = kinds(tools);
        for (Slot kind : kinds.keySet()) {
            int enough = hungry.contains(kind) && !lingered ? enough(kind) : 1;
            int free = held.free(kind, enough);
            ready |= free >= enough;
            if (free > 0) wanted.put(kind, free);
        }
        if (!ready) return wanted.isEmpty() ? idle() : linger(now);
        lingering = false;
        boolean woken = idle && now - idleUntil < 0;
        if (idle && !woken && !mayFind()) return idle();
        return claim(wanted, kinds, woken ? SPENT_MAX : 0);
    }

    /** Tells the store of the last spent leases, as the next claim would. */
    void forgetSpent() {
        giveBackUnsure();
        Set<LeaseId> spent = held.spent();
        if (spent.isEmpty()) return;
        leases.claim(new Claim(new LeaseId(randomId()), worker, options.lease(), List.of(), spent));
        held.forgotten(spent);
    }

    /**
     * Glances at the store before a claim that nobody asked for: on an idle worker it would find
     * nothing, at several times the cost.
     */
    private boolean mayFind() {
        if (!held.spent().isEmpty()) return true;
        Upcoming upcoming = leases.upcoming();
        nextDue = upcoming.due();
        return upcoming.ready() || upcoming.isDue() || upcoming.isExpired();
    }

    private int enough(Slot kind) {
        return Math.max(1, held.capacity(kind) / 4);
    }

    private Duration linger(long now) {
        if (!lingering) {
            lingering = true;
            lingerUntil = now + LINGER.toNanos();
        }
        return Duration.ofNanos(Math.max(1, lingerUntil - now));
    }

    /**
     * @param spentMax so many spent leases wait for a later claim: of a woken worker a job is
     *     expected at once
     */
    private Duration claim(Map<Slot, Integer> wanted, Map<Slot, Set<ToolId>> kinds, int spentMax) {
        if (!nextDue.equals(Instant.MAX) && !nextDue.isAfter(leases.now()))
            leases.promote(PROMOTE_MAX);
        Set<JobId> only = serving.only().get();
        var wants = new ArrayList<Want>();
        // Each kind has a batch of its own: idle slots of one must not keep the other from
        // claiming.
        for (var entry : wanted.entrySet()) {
            int max = Math.min(options.claimBatch(), entry.getValue());
            Set<ToolId> asked = kinds.getOrDefault(entry.getKey(), Set.of());
            wants.add(new Want(asked, serving.queues(), only, max));
            entry.setValue(max);
        }
        Set<LeaseId> allSpent = held.spent();
        Set<LeaseId> spent = allSpent.size() > spentMax ? allSpent : Set.of();
        var lease = new LeaseId(randomId());
        long sentAt = time.nanos();
        var taken = new HeldLease(lease, sentAt + options.safe().toNanos());
        unsure = taken;
        Claimed claimed = leases.claim(new Claim(lease, worker, options.lease(), wants, spent));
        unsure = null;
        if (!spent.isEmpty()) held.forgotten(spent);
        nextDue = claimed.nextDue();
        idle = false;
        Duration rest = rested(wanted, start(taken, claimed.jobs()));
        if (claimed.answerable().isEmpty()) return rest;
        leases.answer(claimed.answerable());
        // They stood in the place of others.
        return Duration.ZERO;
    }

    /**
     * Asks the store what became of a claim without an answer, and runs what it got: the slots it
     * was meant for are still free. What can't be run safely any more goes back.
     */
    private void goOnWithUnsure() {
        HeldLease lease = unsure;
        if (lease == null) return;
        if (time.nanos() - lease.safeUntil >= 0) {
            giveBackUnsure();
            return;
        }
        List<ClaimedJob> jobs = leases.claimed(lease.id, worker);
        unsure = null;
        var _ = start(lease, jobs);
    }

    private void giveBackUnsure() {
        HeldLease lease = unsure;
        if (lease == null) return;
        var back = new ArrayList<Report>();
        for (ClaimedJob job : leases.claimed(lease.id, worker)) back.add(new Report.GivenBack(job));
        if (!back.isEmpty()) leases.end(worker, back);
        unsure = null;
    }

    private List<Run> start(HeldLease lease, List<ClaimedJob> jobs) {
        if (jobs.isEmpty()) return List.of();
        var runs = new ArrayList<Run>(jobs.size());
        for (ClaimedJob job : jobs) {
            var run = new Run(held, job, served(job), lease);
            run.launch = launcher.prepare(run);
            runs.add(run);
        }
        for (Run run : held.add(lease, runs)) if (run.launch != null) run.launch.start();
        return runs;
    }

    private Duration rested(Map<Slot, Integer> wanted, List<Run> got) {
        var counts = new EnumMap<Slot, Integer>(Slot.class);
        for (Run run : got) counts.merge(run.served().slot(), 1, Integer::sum);
        hungry.removeAll(wanted.keySet());
        wanted.forEach((kind, max) -> {
            if (counts.getOrDefault(kind, 0) >= max) hungry.add(kind);
        });
        // A kind without a free slot was not asked for, and wakes this loop once it has enough.
        return Collections.disjoint(hungry, wanted.keySet()) ? idle() : Duration.ZERO;
    }

    private Duration idle() {
        Duration rest = rest();
        idle = true;
        idleUntil = time.nanos() + rest.toNanos();
        return rest;
    }

    private Duration rest() {
        Duration rest = options.poll().plusNanos(random.nextLong(options.poll().toNanos()));
        if (nextDue.equals(Instant.MAX)) return rest;
        Duration due = Duration.between(leases.now(), nextDue);
        if (due.compareTo(rest) >= 0) return rest;
        return due.isPositive() ? due : Duration.ofMillis(1);
    }

    private Served served(ClaimedJob job) {
        Served served = everServed.get(job.submission().tool());
        if (served == null)
            throw new IllegalStateException("claimed a job of " + job.submission().tool());
        return served;
    }

    private static Map<Slot, Set<ToolId>> kinds(Map<ToolId, Served> tools) {
        var kinds = new EnumMap<Slot, Set<ToolId>>(Slot.class);
        tools.forEach((tool, served) ->
                kinds.computeIfAbsent(served.slot(), _ -> new HashSet<>()).add(tool));
        return kinds;
    }

    private UUID randomId() {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = random.nextLong() >>> 2 | 0x8000000000000000L;
        return new UUID(high, low);
    }
}
