package dev.pawl.worker;

import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Time;
import dev.pawl.core.Token;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * What this worker holds: its attempts, the leases they run under, and its free slots.
 *
 * <p>An attempt is here from its claim until it is <i>settled</i>: its handler has come back and
 * the store has answered the write that ended it. A slot is taken only until the handler has come
 * back, so that the next jobs are claimed while the last ones are being written; the number of
 * attempts that wait for their write is bounded, so that a slow store stops the claims.
 *
 * <p>A claim that is under way keeps places: what runs, waits in line and was asked for is never
 * more than a kind can hold. They are let go once, by {@link #add} or by {@link #answered}.
 *
 * <p>A lease is in use while an attempt under it is not settled. Then it is <i>spent</i>, and the
 * next claim tells the store to forget it. That is sound only when the store holds nothing under it
 * any more: a lease with an attempt that was given up without an answer is never called spent.
 *
 * <p>One lock guards all of it; no I/O under it. Thread-safe.
 */
final class Held {
    private final WorkerOptions options;
    private final Time time;
    private final Signals signals;
    private final int waitingMax;
    private final Optional<OpenTransaction.Source> transactions;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Token, Run> runs = new HashMap<>();
    private final Map<LeaseId, HeldLease> leases = new HashMap<>();
    private final Set<LeaseId> spent = new HashSet<>();
    private final Map<Slot, SlotLine> kinds = new EnumMap<>(Slot.class);

    /** How many must be free of a kind for the claim loop to be woken. */
    private final Map<Slot, Integer> wakeAt = new EnumMap<>(Slot.class);

    private final ArrayDeque<Ended> ended = new ArrayDeque<>();
    private final Map<Run, Ended> closing = new HashMap<>();
    // In order, so that a simulation with the same seed is the same run.
    private final Set<Run> noisy = new LinkedHashSet<>();
    private int unsettled;

    private volatile long watchedUntil;

    /**
     * @param transactions that handlers may write in; empty where the store has none
     */
    Held(
            WorkerOptions options,
            Time time,
            Signals signals,
            Optional<OpenTransaction.Source> transactions) {
        this.transactions = transactions;
        this.options = options;
        this.time = time;
        this.signals = signals;
        this.waitingMax =
                options.handlerSlots() + options.commandSlots() + 2 * options.claimBatch();
        watching();
        for (Slot kind : Slot.values()) kinds.put(kind, new SlotLine(options.slots(kind)));
    }

    long nanos() {
        return time.nanos();
    }

    /** The transaction that this attempt's handler writes in, when it wants one. */
    OpenTransaction transaction(Run run) {
        return transactions
                .orElseThrow(() -> new IllegalStateException("a worker without the store"))
                .of(run.job());
    }

    // ---- Claiming

    /**
     * How many more attempts of this kind may be claimed. Where there are fewer than {@code
     * enough}, the claim loop is woken once there are.
     */
    int free(Slot slot, int enough) {
        lock.lock();
        try {
            int free = free(kind(slot));
            if (free < enough) wakeAt.put(slot, enough);
            else wakeAt.remove(slot);
            return free;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps up to {@code max} free places of this kind for a claim that is about to be sent, until
     * {@link #add} or {@link #answered}. Answers how many; none where there are fewer than {@code
     * enough}.
     */
    int ask(Slot slot, int enough, int max) {
        lock.lock();
        try {
            SlotLine kind = kind(slot);
            int free = free(kind);
            if (free < enough) {
                // It may have been counted as free before another claim took it.
                wakeAt.putIfAbsent(slot, enough);
                return 0;
            }
            int some = Math.min(free, max);
            kind.ask(some);
            return some;
        } finally {
            lock.unlock();
        }
    }

    /** A claim that asked for these holds nothing, or nothing any more. */
    void answered(Map<Slot, Integer> places) {
        lock.lock();
        try {
            letGo(places);
        } finally {
            lock.unlock();
        }
    }

    private void letGo(Map<Slot, Integer> places) {
        places.forEach((slot, some) -> kind(slot).answered(some));
        places.keySet().forEach(this::wakeClaims);
    }

    private int free(SlotLine kind) {
        return Math.max(0, Math.min(kind.free(), unsettledMax() - unsettled));
    }

    /** How many may wait for their write, or run. */
    private int unsettledMax() {
        int max = waitingMax;
        for (SlotLine kind : kinds.values()) max += kind.ahead();
        return max;
    }

    /** Wakes the claim loop where as many are free as it waits for. */
    private void wakeClaims(Slot slot) {
        if (kind(slot).free() < wakeAt.getOrDefault(slot, Integer.MAX_VALUE)) return;
        wakeAt.remove(slot);
        signals.claim().raise();
    }

    /**
     * How many attempts of this kind may be held at once, as long as handlers take what they do.
     */
    int capacity(Slot slot) {
        lock.lock();
        try {
            return kind(slot).capacity();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Holds what was claimed; answers the runs to start. The others are started in their turn.
     *
     * @param places that were kept for it
     */
    List<Run> add(HeldLease lease, List<Run> claimed, Map<Slot, Integer> places) {
        var first = new ArrayList<Run>(claimed.size());
        long now = time.nanos();
        lock.lock();
        try {
            lease.attempts = claimed.size();
            leases.put(lease.id, lease);
            unsettled += claimed.size();
            for (Run run : claimed) {
                runs.put(run.job().token(), run);
                if (kind(run.served().slot()).begins(run, now)) first.add(run);
            }
            letGo(places);
        } finally {
            lock.unlock();
        }
        wakeWatch(lease, claimed, first.size() < claimed.size());
        return first;
    }

    /** Only what is due before the watch looks again needs it: a claim costs no look. */
    private void wakeWatch(HeldLease lease, List<Run> claimed, boolean inLine) {
        long now = time.nanos();
        long planned = watchedUntil - now;
        boolean sooner = lease.safeUntil - now < planned;
        sooner |= inLine && SlotLine.WAIT_MAX.toNanos() < planned;
        for (Run run : claimed) sooner |= run.timeoutAt(now) - now < planned;
        if (sooner) signals.watch().raise();
    }

    /**
     * Gives back those that have waited in line for too long: handlers take longer than they did.
     * Answers how many nanoseconds from now the next one has.
     */
    long giveBackWaiting(long now) {
        var out = new ArrayList<Run>();
        long next = Loop.FOREVER.toNanos();
        lock.lock();
        try {
            for (SlotLine kind : kinds.values()) {
                out.addAll(kind.letOut(now));
                next = Math.min(next, kind.patience(now));
            }
            for (Run run : out) run.stop(Stop.DRAIN, now);
        } finally {
            lock.unlock();
        }
        start(out);
        return next;
    }

    private static void start(List<Run> runs) {
        for (Run run : runs) if (run.launch != null) run.launch.start();
    }

    /** The watch looks now: whatever comes in from here on wakes it. */
    void watching() {
        watchedUntil = time.nanos() + Loop.FOREVER.multipliedBy(2).toNanos();
    }

    /** The watch looks again then. */
    void watchedUntil(long nanos) {
        watchedUntil = nanos;
    }

    /** Whether nothing runs, and nothing that ran is to be written yet. */
    boolean idle() {
        lock.lock();
        try {
            return unsettled == 0
                    && runs.isEmpty()
                    && kinds.values().stream().noneMatch(SlotLine::isAsked);
        } finally {
            lock.unlock();
        }
    }

    /** Leases under which nothing runs any more, for the store to forget. */
    Set<LeaseId> spent() {
        lock.lock();
        try {
            return Set.copyOf(spent);
        } finally {
            lock.unlock();
        }
    }

    /** The store has forgotten these spent leases. */
    void forgotten(Set<LeaseId> gone) {
        lock.lock();
        try {
            spent.removeAll(gone);
        } finally {
            lock.unlock();
        }
    }

    // ---- Ending

    /** The handler has come back: its slot is free, and what it left goes to the store. */
    void returned(Run run, Ended.What what) {
        Run next;
        long took = run.tookUntil(time.nanos());
        lock.lock();
        try {
            run.returned = true;
            Slot slot = run.served().slot();
            SlotLine kind = kind(slot);
            next = kind.returned(took);
            if (!run.reported) hand(run, what);
            else if (run.settled) runs.remove(run.job().token());
            wakeClaims(slot);
            if (kind.idle()) changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (next != null) start(List.of(next));
    }

    /**
     * The handler has come back, and what it wrote is about to be committed: nobody interrupts that
     * any more. Answers false when the attempt was reported without it.
     */
    boolean committing(Run run) {
        lock.lock();
        try {
            run.committing = true;
            return !run.reported;
        } finally {
            lock.unlock();
        }
    }

    /** Reports an attempt whose handler doesn't come back; answers false when it just did. */
    boolean report(Run run, Ended.What what) {
        lock.lock();
        try {
            if (run.returned || run.reported) return false;
            hand(run, what);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void hand(Run run, Ended.What what) {
        run.reported = true;
        var end = new Ended(run, what);
        Sink sink = run.sinkOrNull();
        if (sink == null) {
            ended.add(end);
            signals.complete().raise();
            return;
        }
        sink.close(what instanceof Ended.What.Gone);
        closing.put(run, end);
        signals.journal().raise();
    }

    /** Up to {@code max} attempts whose end has to be written, the oldest first. */
    List<Ended> takeEnded(int max) {
        lock.lock();
        try {
            var taken = new ArrayList<Ended>(Math.min(max, ended.size()));
            while (taken.size() < max && !ended.isEmpty()) taken.add(ended.poll());
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The store has answered for these attempts.
     *
     * @param known whether the store holds nothing of theirs under their lease any more
     */
    void settle(List<Ended> answered, boolean known) {
        lock.lock();
        try {
            boolean wake = unsettled >= unsettledMax();
            for (Ended end : answered) {
                Run run = end.run();
                // A slot was free all along: what kept the next job from its claim was the limit.
                wake |= !run.job().submission().limit().none();
                run.settled = true;
                unsettled--;
                if (run.returned) runs.remove(run.job().token());
                HeldLease lease = run.lease;
                lease.abandoned |= !known;
                if (--lease.attempts > 0) continue;
                leases.remove(lease.id);
                if (!lease.abandoned) spent.add(lease.id);
            }
            if (wake) signals.claim().raise();
            if (unsettled == 0) changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- Log and progress

    /** Where this attempt's log and progress go; made at its first word. */
    Sink sink(Run run) {
        lock.lock();
        try {
            Sink known = run.sinkOrNull();
            if (known != null) return known;
            var sink =
                    new Sink(
                            run.job().token().attempt(),
                            options.logBytesMax(),
                            time,
                            signals.journal());
            if (run.reported) sink.close(true);
            else noisy.add(run);
            run.sink(sink);
            return sink;
        } finally {
            lock.unlock();
        }
    }

    /** The attempts that have said something. */
    List<Run> noisy() {
        lock.lock();
        try {
            return List.copyOf(noisy);
        } finally {
            lock.unlock();
        }
    }

    /** All that this attempt has said is written, or never will be; its end may follow. */
    void flushed(Run run) {
        lock.lock();
        try {
            Ended end = closing.remove(run);
            if (end == null) return;
            noisy.remove(run);
            ended.add(end);
        } finally {
            lock.unlock();
        }
        signals.complete().raise();
    }

    // ---- Leases

    /** Leases in use. */
    Set<LeaseId> leases() {
        lock.lock();
        try {
            return Set.copyOf(leases.keySet());
        } finally {
            lock.unlock();
        }
    }

    /** These leases were renewed by a call that was sent then. */
    void renewed(Set<LeaseId> standing, long sentAt) {
        lock.lock();
        try {
            for (LeaseId id : standing) {
                HeldLease lease = leases.get(id);
                if (lease != null) lease.safeUntil = sentAt + options.safe().toNanos();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Time has passed that the monotonic clock didn't count. */
    void age(Duration lapse) {
        lock.lock();
        try {
            leases.values().forEach(lease -> lease.safeUntil -= lapse.toNanos());
        } finally {
            lock.unlock();
        }
        signals.watch().raise();
    }

    // ---- Stopping

    /** The attempt with this token, if this worker holds it. */
    Optional<Run> find(Token token) {
        lock.lock();
        try {
            return Optional.ofNullable(runs.get(token));
        } finally {
            lock.unlock();
        }
    }

    /** Asks the handlers of these attempts to stop; answers how many were asked. */
    int stop(Stop why, Predicate<Run> which) {
        var launches = new ArrayList<Launcher.Launch>();
        long now = time.nanos();
        lock.lock();
        try {
            for (Run run : runs.values())
                if (which.test(run) && run.stop(why, now) && run.launch != null)
                    launches.add(run.launch);
        } finally {
            lock.unlock();
        }
        launches.forEach(Launcher.Launch::interrupt);
        if (!launches.isEmpty()) signals.watch().raise();
        return launches.size();
    }

    void stop(Stop why, JobId job) {
        stop(why, (Run run) -> run.job().id().equals(job));
    }

    /** The attempts whose handlers have not come back, those that wait for a slot among them. */
    List<Run> running() {
        lock.lock();
        try {
            return runs.values().stream().filter(run -> !run.returned).toList();
        } finally {
            lock.unlock();
        }
    }

    long safeUntil(Run run) {
        lock.lock();
        try {
            return run.lease.safeUntil;
        } finally {
            lock.unlock();
        }
    }

    // ---- Draining

    /**
     * Waits until no handler runs, or until {@code enough}, but at most that long.
     *
     * @param enough looked at again at each {@link #wake}
     */
    void awaitReturned(BooleanSupplier enough, Duration atMost) throws InterruptedException {
        boolean _ =
                await(
                        () ->
                                enough.getAsBoolean()
                                        || kinds.values().stream().allMatch(SlotLine::idle),
                        atMost);
    }

    /** Waits until every attempt is settled, at most that long; answers whether all are. */
    boolean awaitSettled(Duration atMost) throws InterruptedException {
        return await(() -> unsettled == 0, atMost);
    }

    /** Makes whoever waits look again. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean await(BooleanSupplier done, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!done.getAsBoolean() && left > 0) left = changed.awaitNanos(left);
            return done.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    private SlotLine kind(Slot slot) {
        SlotLine kind = kinds.get(slot);
        if (kind == null) throw new AssertionError(slot);
        return kind;
    }
}
