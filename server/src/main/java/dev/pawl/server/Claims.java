package dev.pawl.server;

import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Time;
import dev.pawl.core.ToolId;
import dev.pawl.core.Upcoming;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Claims that come over HTTP: they may wait for jobs, and their answers may get lost.
 *
 * <p>Waiting claims that want the same stand in line. Only the first one looks: when the engine
 * says that jobs are ready, and now and then, because other processes tell nobody. So a thousand
 * idle workers of one tool cost no more claims than one.
 *
 * <p>A claim is named by its lease, which the worker chooses. Asked again it is answered with what
 * it got. Once {@link #claimed} has been asked for it, it takes no place any more, however late its
 * request comes in; and of two requests with one name that wait, the later one stays. Thread-safe.
 */
final class Claims implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int PROMOTE_MAX = 1_000;
    private static final int KNOWN_MAX = 10_000;

    private final Engine engine;
    private final Time time;
    private final Hints hints = new Hints();
    private final Map<Kind, Line> lines = new ConcurrentHashMap<>();
    private final ReentrantLock knownLock = new ReentrantLock();
    private volatile boolean closed;
    private final SequencedMap<LeaseId, Asked> known = new LinkedHashMap<>();

    Claims(Engine engine, Time time) {
        this.engine = engine;
        this.time = time;
        engine.listen(hints);
    }

    Hints hints() {
        return hints;
    }

    /**
     * Claims, and while there is nothing to claim waits, at most that long.
     *
     * @param there whether the client still waits: what is claimed for one that has gone would
     *     stand until its lease ends
     * @throws Refused {@link ErrorCode#LEASE_LOST} when {@link #claimed} was asked before
     */
    List<ClaimedJob> claim(Claim claim, Duration wait, BooleanSupplier there)
            throws InterruptedException {
        long deadline = time.nanos() + wait.toNanos();
        Asked asked = asked(claim.lease());
        long turn = asked.enter();
        List<ClaimedJob> before = engine.claimed(claim.lease(), claim.worker());
        if (!before.isEmpty()) return before;
        Claimed claimed = once(asked, turn, claim);
        if (!claimed.jobs().isEmpty() || wait.isZero()) return claimed.jobs();
        Kind kind = Kind.of(claim);
        Line line = lines.compute(kind, (_, l) -> (l == null ? new Line() : l).joined());
        try {
            if (!line.first.tryAcquire(deadline - time.nanos(), TimeUnit.NANOSECONDS))
                return List.of();
            try {
                return first(line, asked, turn, claim, deadline, there);
            } finally {
                line.first.release();
            }
        } finally {
            lines.computeIfPresent(kind, (_, l) -> l.left() ? null : l);
        }
    }

    /**
     * What runs under this lease of this worker. When there is nothing, no claim of that name takes
     * place afterwards.
     */
    List<ClaimedJob> claimed(LeaseId lease, String worker) {
        asked(lease).close();
        return engine.claimed(lease, worker);
    }

    /** How many claims wait. */
    int waiting() {
        return lines.values().stream().mapToInt(line -> line.standing.get()).sum();
    }

    /** Looks again and again, as the first one in line. */
    private List<ClaimedJob> first(
            Line line, Asked asked, long turn, Claim claim, long deadline, BooleanSupplier there)
            throws InterruptedException {
        while (true) {
            if (closed || !there.getAsBoolean()) return List.of();
            long now = time.nanos();
            long ready = hints.ready();
            if (ready == line.emptyAt && now - line.lookAt >= 0 && !mayFind()) {
                line.lookAt = now + LOOK.toNanos();
            } else if (ready != line.emptyAt || now - line.lookAt >= 0) {
                Claimed claimed = once(asked, turn, claim);
                if (!claimed.jobs().isEmpty()) return claimed.jobs();
                line.emptyAt = ready;
                line.lookAt = now + untilLook(claimed);
            }
            long left = deadline - now;
            if (left <= 0 || !asked.isLatest(turn)) return List.of();
            hints.awaitReady(line.emptyAt, Math.min(left, line.lookAt - now));
        }
    }

    /** A glance, at a fifth of what a claim costs. */
    private boolean mayFind() {
        Upcoming upcoming = engine.upcoming();
        return upcoming.ready()
                || !upcoming.due().isAfter(upcoming.now().plus(LOOK))
                || upcoming.isExpired();
    }

    /** Zero when what was answered with a kept result stood in the place of others. */
    private long untilLook(Claimed claimed) {
        if (!claimed.answerable().isEmpty()) return 0;
        Instant now = engine.now();
        if (!claimed.nextDue().isBefore(now.plus(LOOK))) return LOOK.toNanos();
        return Math.max(
                Duration.ofMillis(1).toNanos(), Duration.between(now, claimed.nextDue()).toNanos());
    }

    private Claimed once(Asked asked, long turn, Claim claim) {
        Claimed claimed = asked.claim(turn, () -> engine.claim(claim));
        if (!claimed.nextDue().isAfter(engine.now())) engine.promote(PROMOTE_MAX);
        if (!claimed.answerable().isEmpty()) engine.answer(claimed.answerable());
        return claimed;
    }

    private Asked asked(LeaseId lease) {
        knownLock.lock();
        try {
            Asked asked = known.computeIfAbsent(lease, Asked::new);
            if (known.size() > KNOWN_MAX) known.pollFirstEntry();
            return asked;
        } finally {
            knownLock.unlock();
        }
    }

    /** Ends every wait. */
    @Override
    public void close() {
        closed = true;
        engine.unlisten(hints);
        hints.jobsReady();
    }

    /** What claims want who stand in one line. */
    private record Kind(Set<ToolId> tools, Set<String> queues) {
        static Kind of(Claim claim) {
            return new Kind(
                    claim.wants().stream()
                            .flatMap(want -> want.tools().stream())
                            .collect(Collectors.toSet()),
                    claim.wants().stream()
                            .flatMap(want -> want.queues().stream())
                            .collect(Collectors.toSet()));
        }
    }

    /** Those that wait for the same. */
    private static final class Line {
        final Semaphore first = new Semaphore(1, true);

        // The first one's own.
        long emptyAt = -1;
        long lookAt;

        // Changed within the map's compute only.
        private final AtomicInteger standing = new AtomicInteger();

        Line joined() {
            standing.incrementAndGet();
            return this;
        }

        /** Answers whether nobody stands there any more. */
        boolean left() {
            return standing.decrementAndGet() == 0;
        }
    }

    /** One claim's name, and who asked for it. */
    private static final class Asked {
        private final LeaseId lease;

        // Held over the claim itself: whoever asks for its outcome meanwhile has to wait for it.
        private final ReentrantLock lock = new ReentrantLock();
        private long turns;
        private boolean closed;

        Asked(LeaseId lease) {
            this.lease = lease;
        }

        long enter() {
            lock.lock();
            try {
                return ++turns;
            } finally {
                lock.unlock();
            }
        }

        /** Whether nobody has asked in its name since. */
        boolean isLatest(long turn) {
            lock.lock();
            try {
                requireOpen();
                return turn == turns;
            } finally {
                lock.unlock();
            }
        }

        void close() {
            lock.lock();
            try {
                closed = true;
            } finally {
                lock.unlock();
            }
        }

        Claimed claim(long turn, Supplier<Claimed> claim) {
            lock.lock();
            try {
                requireOpen();
                if (turn != turns) return new Claimed(List.of(), List.of(), Instant.MAX);
                return claim.get();
            } finally {
                lock.unlock();
            }
        }

        private void requireOpen() {
            if (closed)
                throw new Refused(
                        ErrorCode.LEASE_LOST,
                        "lease %s was given up before this claim; choose another".formatted(lease));
        }
    }
}
