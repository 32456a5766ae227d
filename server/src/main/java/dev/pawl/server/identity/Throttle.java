package dev.pawl.server.identity;

import dev.pawl.core.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Slows down who guesses: so many failures in a window, by name and address together, and by
 * address alone. A try counts as a failure from its beginning, so that many at once don't get
 * around the bound; one that succeeds is taken back. What it remembers is bounded: the key that was
 * not asked about for longest is forgotten first. Of this process only. Thread-safe.
 */
public final class Throttle {
    /** Failures of one name from one address. */
    static final int PER_NAME = 5;

    /** Failures from one address, whatever the names. */
    static final int PER_ADDRESS = 100;

    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int KEYS_MAX = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Map<String, Failures> failures =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
                    return size() > KEYS_MAX;
                }
            };

    /** Since the first of a window. */
    private record Failures(long sinceNanos, int count) {}

    public Throttle(Time time) {
        this.time = time;
    }

    /** Begins a try. Answers how long to wait where there were too many; empty to go on. */
    public Optional<Duration> begin(String name, String address) {
        lock.lock();
        try {
            Optional<Duration> wait = left(key(name, address), PER_NAME);
            if (wait.isEmpty()) wait = left(address, PER_ADDRESS);
            if (wait.isPresent()) return wait;
            count(key(name, address), 1);
            count(address, 1);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** The try was no failure, nor were the ones before it. */
    public void succeeded(String name, String address) {
        lock.lock();
        try {
            failures.remove(key(name, address));
            count(address, -1);
        } finally {
            lock.unlock();
        }
    }

    private static String key(String name, String address) {
        return address + "\n" + name;
    }

    private Optional<Duration> left(String key, int max) {
        Failures known = failures.get(key);
        if (known == null) return Optional.empty();
        long left = WINDOW.toNanos() - (time.nanos() - known.sinceNanos());
        if (left <= 0) {
            failures.remove(key);
            return Optional.empty();
        }
        return known.count() < max ? Optional.empty() : Optional.of(Duration.ofNanos(left));
    }

    private void count(String key, int delta) {
        Failures known = failures.getOrDefault(key, new Failures(time.nanos(), 0));
        int count = known.count() + delta;
        if (count > 0) failures.put(key, new Failures(known.sinceNanos(), count));
        else failures.remove(key);
    }
}
