package dev.pawl.core;

import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * Makes job ids. Each is larger than the one before, also within a millisecond and when the clock
 * goes back: 12 bits count within a millisecond (RFC 9562, 6.2, method 1), and when they run out
 * the id's time goes on ahead of the clock. Thread-safe.
 */
final class JobIds {
    private static final int COUNTER_MAX = 0xFFF;

    private final Time time;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private long millis;
    private int counter;

    JobIds(Time time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    JobId next() {
        lock.lock();
        try {
            long now = time.millis();
            if (now > millis) {
                millis = now;
                counter = random.nextInt(COUNTER_MAX / 2);
            } else if (counter == COUNTER_MAX) {
                millis++;
                counter = 0;
            } else {
                counter++;
            }
            long high = millis << 16 | 0x7000L | counter;
            long low = 0x8000000000000000L | random.nextLong() >>> 2;
            return new JobId(new UUID(high, low));
        } finally {
            lock.unlock();
        }
    }
}
