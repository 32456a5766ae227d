package dev.pawl.worker;

import dev.pawl.core.LeaseId;
import dev.pawl.core.Leases;
import dev.pawl.core.Time;
import dev.pawl.core.ToolId;
import dev.pawl.core.Upcoming;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Asks for jobs while slots are free and starts what it gets.
 *
 * <p>An idle worker claims the moment it is woken. A busy one, whose last claim got all it asked
 * for, lets a quarter of what it may hold become free first, or two milliseconds pass: a claim per
 * freed slot would cost a transaction per job.
 */
final class ClaimLoop implements Loop {
    private static final Duration LINGER = Duration.ofMillis(2);
    private static final int PROMOTE_MAX = 1_000;
    private static final int SPENT_MAX = 32;

    private final Leases leases;
    private final Claims claims;
    private final WorkerOptions options;
    private final Held held;
    private final Signals signals;
    private final Time time;
    private final RandomGenerator random;

    /** The kinds of which the last claim that asked for some got all that it asked for. */
    private final Set<Slot> hungry = EnumSet.noneOf(Slot.class);

    /** The same, for others. */
    private volatile Set<Slot> more = Set.of();

    private Instant nextDue = Instant.MAX;
    private boolean lingering;

    /** The last claim found nothing, and the rest after it lasts until then. */
    private boolean idle;

    private long idleUntil;
    private long lingerUntil;
    private volatile boolean stopped;

    ClaimLoop(
            Leases leases,
            Claims claims,
            WorkerOptions options,
            Held held,
            Signals signals,
            Time time,
            RandomGenerator random) {
        this.leases = leases;
        this.claims = claims;
        this.options = options;
        this.held = held;
        this.signals = signals;
        this.time = time;
        this.random = random;
    }

    /** The kinds of which the last claim that asked for some got all; there may be more. */
    Set<Slot> more() {
        return more;
    }

    /** Asks for these tools from now on. */
    void serve(Map<ToolId, Served> now) {
        claims.serve(now);
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
            claims.giveBack();
            return FOREVER;
        }
        claims.goOn();
        long now = time.nanos();
        boolean lingered = lingering && now - lingerUntil >= 0;
        boolean some = false;
        boolean ready = false;
        Map<Slot, Set<ToolId>> kinds = claims.kinds();
        for (Slot kind : kinds.keySet()) {
            int enough = hungry.contains(kind) && !lingered ? enough(held, kind) : 1;
            int free = held.free(kind, enough);
            ready |= free >= enough;
            some |= free > 0;
        }
        if (!ready) return some ? linger(now) : idle();
        lingering = false;
        boolean woken = idle && now - idleUntil < 0;
        if (idle && !woken && !mayFind()) return idle();
        return claim(kinds, woken ? SPENT_MAX : 0);
    }

    /** Tells the store of the last spent leases, as the next claim would. */
    void forgetSpent() {
        claims.giveBack();
        claims.forgetSpent();
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

    /** How many free places of a kind are worth a claim where more are to come. */
    static int enough(Held held, Slot kind) {
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
    private Duration claim(Map<Slot, Set<ToolId>> kinds, int spentMax) {
        if (!nextDue.equals(Instant.MAX) && !nextDue.isAfter(leases.now()))
            leases.promote(PROMOTE_MAX);
        var places = new EnumMap<Slot, Integer>(Slot.class);
        for (Slot kind : kinds.keySet()) {
            int some = held.ask(kind, 1, options.claimBatch());
            if (some > 0) places.put(kind, some);
        }
        // The other claim has taken them meanwhile.
        if (places.isEmpty()) return Duration.ZERO;
        Set<LeaseId> allSpent = held.spent();
        Set<LeaseId> spent = allSpent.size() > spentMax ? allSpent : Set.of();
        if (!hungry.isEmpty()) signals.second().raise();
        Claims.Brought brought = claims.claim(places, kinds, spent);
        nextDue = brought.claimed().nextDue();
        idle = false;
        hungry.removeAll(places.keySet());
        hungry.addAll(brought.full());
        more = Set.copyOf(hungry);
        // A kind without a free slot was not asked for, and wakes this loop once it has enough.
        Duration rest = brought.full().isEmpty() ? idle() : Duration.ZERO;
        if (brought.claimed().answerable().isEmpty()) return rest;
        leases.answer(brought.claimed().answerable());
        // They stood in the place of others.
        return Duration.ZERO;
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
}
