package dev.pawl.testkit;

import dev.pawl.core.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Time that moves only when told to. The wall clock and {@link #nanos} move together with {@link
 * #advance}; {@link #stepWall} moves the wall clock alone, as when an administrator or NTP sets it.
 * Thread-safe.
 */
public final class FakeTime implements Time {
    /** Where a fresh one starts. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final boolean sleepAdvances;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Instant wall = START;
    private long nanos;
    private int sleepers;

    private FakeTime(boolean sleepAdvances) {
        this.sleepAdvances = sleepAdvances;
    }

    /** Who sleeps waits until another thread has advanced the time far enough. */
    public static FakeTime waiting() {
        return new FakeTime(false);
    }

    /** Who sleeps advances the time and goes on at once. */
    public static FakeTime advancing() {
        return new FakeTime(true);
    }

    @Override
    public Instant instant() {
        lock.lock();
        try {
            return wall;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long nanos() {
        lock.lock();
        try {
            return nanos;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (sleepAdvances) {
                advance(duration);
                return;
            }
            long end = nanos + duration.toNanos();
            sleepers++;
            changed.signalAll();
            try {
                while (nanos < end) changed.await();
            } finally {
                sleepers--;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets time pass, on both clocks. */
    public void advance(Duration duration) {
        if (duration.isNegative())
            throw new IllegalArgumentException("time advances by " + duration + ", want >= 0");
        lock.lock();
        try {
            wall = wall.plus(duration);
            nanos += duration.toNanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sets the wall clock forward, or back when negative; no time passes. */
    public void stepWall(Duration step) {
        lock.lock();
        try {
            wall = wall.plus(step);
        } finally {
            lock.unlock();
        }
    }

    /** Blocks until at least that many threads sleep at once. */
    public void awaitSleepers(int count) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (sleepers < count) changed.await();
        } finally {
            lock.unlock();
        }
    }
}
