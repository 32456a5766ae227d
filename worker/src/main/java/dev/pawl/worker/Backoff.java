package dev.pawl.worker;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing random rests between tries that fail: full jitter up to two seconds. */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration MAX = Duration.ofSeconds(2);

    private final RandomGenerator random;
    private int failures;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** Whether the last try failed. */
    boolean failing() {
        return failures > 0;
    }

    void succeeded() {
        failures = 0;
    }

    Duration failed() {
        failures++;
        long bound = Math.min(MAX.toMillis(), FIRST.toMillis() << Math.min(failures - 1, 10));
        return Duration.ofMillis(1 + random.nextLong(bound));
    }
}
