package dev.pawl.core;

import java.time.Duration;

/**
 * Whether and how long a job's result answers later jobs with the same input.
 *
 * @param ttl how long after it ended; zero for never
 * @param userErrors whether an error of class {@link ErrorClass#USER} answers them too
 */
public record Reuse(Duration ttl, boolean userErrors) {
    public static final Reuse NEVER = new Reuse(Duration.ZERO, false);

    public Reuse {
        if (ttl.isNegative()) throw new IllegalArgumentException("ttl is " + ttl + ", want >= 0");
    }

    public boolean never() {
        return ttl.isZero();
    }
}
