package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How many attempts ran, and how long all of them together. */
public record Ran(long attempts, Duration total) {
    public static final Ran NONE = new Ran(0, Duration.ZERO);

    public Ran {
        if (attempts < 0 || total.isNegative())
            throw new IllegalArgumentException(
                    "%d attempts ran for %s, want neither below 0".formatted(attempts, total));
    }

    /** One attempt. A clock that was set back meanwhile makes it no shorter than nothing. */
    public static Ran once(Instant from, Instant to) {
        return new Ran(1, to.isBefore(from) ? Duration.ZERO : Duration.between(from, to));
    }

    public Ran and(Ran other) {
        return new Ran(attempts + other.attempts, total.plus(other.total));
    }

    /** Of one attempt; empty when none ran. */
    public Optional<Duration> average() {
        return attempts == 0 ? Optional.empty() : Optional.of(total.dividedBy(attempts));
    }
}
