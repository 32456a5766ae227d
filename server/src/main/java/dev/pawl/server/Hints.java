package dev.pawl.server;

import dev.pawl.core.EngineListener;
import dev.pawl.core.JobId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the engine of this process tells its workers, numbered, so that a worker on the other side
 * of HTTP misses none between two questions. Thread-safe.
 */
final class Hints implements EngineListener {
    private static final int STOPS_MAX = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final ArrayDeque<Stop> stops = new ArrayDeque<>();
    private long last;
    private long readyAt;

    private record Stop(long number, JobId job) {}

    /**
     * What was told after a number.
     *
     * @param next the number of the last hint there is
     * @param ready whether jobs became claimable
     * @param stop running jobs that were cancelled
     */
    record After(long next, boolean ready, List<JobId> stop) {}

    @Override
    public void jobsReady() {
        lock.lock();
        try {
            readyAt = ++last;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stopWanted(JobId id) {
        lock.lock();
        try {
            stops.add(new Stop(++last, id));
            if (stops.size() > STOPS_MAX) stops.poll();
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Grows with each word that jobs are ready. */
    long ready() {
        lock.lock();
        try {
            return readyAt;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until {@link #ready} is another than {@code seen}, at most that long. */
    void awaitReady(long seen, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (readyAt == seen && left > 0) left = more.awaitNanos(left);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a hint after that number, at most that long. A number that was never given, as of
     * another start of the server, is answered at once: nobody knows what was missed.
     */
    After after(long number, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (last == number && left > 0) left = more.awaitNanos(left);
            boolean unknown = number > last;
            List<JobId> stop =
                    stops.stream().filter(s -> s.number > number).map(Stop::job).toList();
            return new After(last, unknown || readyAt > number, stop);
        } finally {
            lock.unlock();
        }
    }
}
