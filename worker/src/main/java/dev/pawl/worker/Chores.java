package dev.pawl.worker;

import dev.pawl.core.Engine;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.core.WorkerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What time brings, whoever does it: due jobs, jobs that expire, leases nobody renews, workers that
 * are gone. One worker does it for all who share the store, for as long as it has the lead; the
 * lead only saves work, for the store's guarded moves make two at once harmless.
 *
 * <p>A lease is taken back only when two clocks say so: it is over by the store's, and by this
 * process's own it has been seen unchanged for a whole lease while the store was there. Alone the
 * first would take back every lease the second the store returns from an outage or its clock is set
 * forward. So time counts only between two looks that follow each other closely, and who begins to
 * lead begins to count.
 *
 * <p>A worker on this host whose process is gone needs no such wait: its leases end at once, after
 * what it left running has been ended. That can be seen from its own host alone, so every worker
 * looks for it.
 */
final class Chores implements Loop {
    private static final Logger log = LoggerFactory.getLogger(Chores.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(3);
    private static final Duration FORGOTTEN = Duration.ofDays(1);
    private static final int BITE = 500;

    /** Between two walks through what has ended, and through workers that are long silent. */
    private static final Duration PRUNE = Duration.ofMinutes(1);

    private final Engine engine;
    private final WorkerOptions options;
    private final Processes processes;
    private final Time time;
    private final Leadership lead;

    private boolean lookedHere;
    private long lookedHereAt;
    private final Map<LeaseId, Seen> seen = new HashMap<>();
    private boolean looked;
    private long lookedAt;
    private boolean pruned;
    private long prunedAt;
    private String pruning = "";

    Chores(Engine engine, String worker, WorkerOptions options, Processes processes, Time time) {
        this.engine = engine;
        this.options = options;
        this.processes = processes;
        this.time = time;
        this.lead = new Leadership(engine.store(), "chores", worker, time);
    }

    @Override
    public String name() {
        return "chores";
    }

    @Override
    public Duration step() {
        try {
            if (!lookedHere || time.nanos() - lookedHereAt >= LOOK.toNanos()) forfeitTheDead();
            if (lead.held()) return led();
            forget();
            return TICK;
        } catch (RuntimeException e) {
            forget();
            throw e;
        }
    }

    private Duration led() {
        if (!looked || time.nanos() - lookedAt >= LOOK.toNanos()) reclaimTheUnrenewed();
        boolean more = engine.tick(BITE);
        return prune() || more ? Duration.ZERO : TICK;
    }

    /** Leaves the chores to others at once. Blocks for the store. */
    void resign() {
        lead.resign();
    }

    /** What was seen before an outage, or a break, says nothing about who could renew meanwhile. */
    private void forget() {
        seen.clear();
        looked = false;
        pruning = "";
    }

    /** A bite of a walk through all that has ended; says whether there is more of it. */
    private boolean prune() {
        boolean walking = !pruning.isEmpty();
        if (!walking && pruned && time.nanos() - prunedAt < PRUNE.toNanos()) return false;
        // Also when it fails: leases that nobody renews wait for the next step.
        pruned = true;
        prunedAt = time.nanos();
        Store store = engine.store();
        Instant now = store.now();
        if (!walking) {
            forgetTheSilent(now);
            store.keepHistory(options.retention());
        }
        if (!options.retention().forever())
            pruning = store.prune(options.retention().until(now), pruning, BITE).next();
        return !pruning.isEmpty();
    }

    private void forgetTheSilent(Instant now) {
        Instant longAgo = now.minus(FORGOTTEN);
        for (WorkerEntry worker : engine.store().workers())
            if (worker.seenAt().isBefore(longAgo)) engine.store().unregister(worker.id());
    }

    private void forfeitTheDead() {
        for (WorkerEntry worker : engine.store().workers())
            if (goneFromHere(worker)) forfeit(worker);
        lookedHere = true;
        lookedHereAt = time.nanos();
    }

    private boolean goneFromHere(WorkerEntry worker) {
        return worker.host().equals(processes.host())
                && !processes.alive(worker.pid(), worker.pidStartedAt());
    }

    private void forfeit(WorkerEntry worker) {
        processes.endLeftovers(worker);
        int moved = engine.forfeit(worker.id());
        log.info("worker {} is gone: {} of its jobs go on elsewhere", worker.id(), moved);
    }

    private void reclaimTheUnrenewed() {
        long now = time.nanos();
        Duration passed = looked ? Duration.ofNanos(now - lookedAt) : Duration.ZERO;
        Duration counted = passed.compareTo(LOOK.multipliedBy(2)) > 0 ? Duration.ZERO : passed;
        lookedAt = now;
        looked = true;
        List<Lease> leases = engine.store().leases();
        seen.keySet().retainAll(leases.stream().map(Lease::id).collect(Collectors.toSet()));
        if (leases.isEmpty()) return;
        Instant storeNow = engine.store().now();
        for (Lease lease : leases) {
            Seen before = seen.get(lease.id());
            Duration unchanged =
                    before != null && before.lease().equals(lease)
                            ? before.unchanged().plus(counted)
                            : Duration.ZERO;
            seen.put(lease.id(), new Seen(lease, unchanged));
            if (unchanged.compareTo(options.lease()) >= 0 && lease.until().isBefore(storeNow))
                reclaim(lease);
        }
    }

    private void reclaim(Lease lease) {
        int moved = engine.reclaim(lease);
        if (moved > 0)
            log.warn(
                    "worker {} did not renew a lease until {}: {} jobs taken back",
                    lease.worker(),
                    lease.until(),
                    moved);
    }

    /** A lease as it was at the last look, and how long it had been so by then. */
    private record Seen(Lease lease, Duration unchanged) {}
}
