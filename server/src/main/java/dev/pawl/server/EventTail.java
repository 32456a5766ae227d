package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.Engine;
import dev.pawl.core.Event;
import dev.pawl.core.Events;
import dev.pawl.core.JobId;
import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.server.watch.EngineWatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the store's events, once for all who listen in this process, and hands each on to those
 * whom it concerns. What this process does wakes it; what others do it finds by looking now and
 * then. While nobody listens it doesn't read. Thread-safe.
 */
final class EventTail implements AutoCloseable {
    private static final EngineWatch.Plan PLAN =
            new EngineWatch.Plan(
                    "event-tail",
                    Duration.ofMillis(100),
                    Duration.ofMillis(100),
                    Duration.ofMillis(5));

    private static final int PAGE = 1_000;

    /** About a millisecond's reading. */
    private static final long FAR = 10_000;

    private final Engine engine;
    private final EngineWatch watch;
    private final int listenersMax;
    private final Semaphore farReads = new Semaphore(1);

    // Guarded by lock, which is held over no I/O.
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<JobId, Set<Ear>> ofJobs = new HashMap<>();
    private final Set<Ear> ofAll = new HashSet<>();
    private int listeners;
    private long position;

    /**
     * @param listenersMax more are refused
     */
    EventTail(Engine engine, Time time, int listenersMax) {
        this.engine = engine;
        this.listenersMax = listenersMax;
        this.watch = new EngineWatch(engine, time, PLAN, this::step);
    }

    EventTail start() {
        watch.start();
        return this;
    }

    /**
     * What one listener has not taken yet. It holds only so many events; of one that comes later
     * than that it says how far the store has to be asked instead, so that nothing is lost.
     */
    final class Ear implements AutoCloseable {
        private final @Nullable JobId job;
        private final Predicate<Event> wanted;
        private final ArrayBlockingQueue<Event> events;
        private final AtomicLong heard = new AtomicLong();
        private volatile long gap;

        private Ear(@Nullable JobId job, Predicate<Event> wanted, int most, long gap) {
            this.job = job;
            this.wanted = wanted;
            this.events = new ArrayBlockingQueue<>(most);
            this.gap = gap;
        }

        /** The next event; null when none came in that time. */
        @Nullable Event poll(Duration atMost) throws InterruptedException {
            return events.poll(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS);
        }

        /** Up to which number {@link #poll} may have left events out. It grows before a poll. */
        long gap() {
            return gap;
        }

        /** How many events there were for this listener since it was last asked. */
        long heard() {
            return heard.getAndSet(0);
        }

        private void hear(Event event) {
            if (!wanted.test(event)) return;
            heard.incrementAndGet();
            if (events.offer(event)) return;
            events.clear();
            gap = event.number() - 1;
            boolean _ = events.offer(event);
        }

        @Override
        public void close() {
            forget(this);
        }
    }

    /** Listens to one job. */
    Ear listen(JobId job) {
        return listen(job, _ -> true, 64);
    }

    /**
     * Listens to all that is wanted.
     *
     * @param most how many events it holds
     */
    Ear listen(Predicate<Event> wanted, int most) {
        return listen(null, wanted, most);
    }

    private Ear listen(@Nullable JobId job, Predicate<Event> wanted, int most) {
        // While nobody listened the position has stayed where it was.
        long latest = someoneListens() ? 0 : engine.store().latestEvent();
        lock.lock();
        try {
            if (listeners == 0) position = Math.max(position, latest);
            if (listeners >= listenersMax)
                throw new Refused(
                        Problem.of(
                                503,
                                "too_many_listeners",
                                "Too many listen",
                                "%d listen already; come again later".formatted(listenersMax)));
            listeners++;
            var ear = new Ear(job, wanted, most, position);
            if (job == null) ofAll.add(ear);
            else ofJobs.computeIfAbsent(job, _ -> new HashSet<>()).add(ear);
            return ear;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Ear ear) {
        lock.lock();
        try {
            boolean there =
                    ear.job == null
                            ? ofAll.remove(ear)
                            : ofJobs.getOrDefault(ear.job, Set.of()).remove(ear);
            if (there) listeners--;
            if (ear.job != null && ofJobs.getOrDefault(ear.job, Set.of()).isEmpty())
                ofJobs.remove(ear.job);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A job's events after that number, from the store. Far back that reads a lot: one at a time
     * does, so that others find a connection to the store.
     */
    Events read(JobId job, long after) throws InterruptedException {
        Store store = engine.store();
        if (store.latestEvent() - after < FAR) return store.events(job, after, PAGE);
        farReads.acquire();
        try {
            return store.events(job, after, PAGE);
        } finally {
            farReads.release();
        }
    }

    /** Whether the server stops: streams end. */
    boolean closed() {
        return watch.closed();
    }

    /** Hands on one page; answers whether there may be another. */
    private boolean step() {
        if (!someoneListens()) return false;
        Events page = engine.store().events(position(), PAGE);
        lock.lock();
        try {
            for (Event event : page.events()) {
                for (Ear ear : ofJobs.getOrDefault(event.job(), Set.of())) ear.hear(event);
                for (Ear ear : ofAll) ear.hear(event);
            }
            position = page.upTo();
        } finally {
            lock.unlock();
        }
        return page.events().size() == PAGE;
    }

    private boolean someoneListens() {
        lock.lock();
        try {
            return listeners > 0;
        } finally {
            lock.unlock();
        }
    }

    private long position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the reading; streams notice at their next look. */
    @Override
    public void close() {
        watch.close();
    }
}
