package dev.pawl.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ErrorClass.Treatment;
import java.time.Duration;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

final class RetryPolicyProperties {
    @Property
    void theBackoffIsBelowADoublingBoundAndNeverOverTheCap(
            @ForAll @IntRange(min = 1, max = 1_000) int failures,
            @ForAll @LongRange(min = 1, max = 100_000) long firstMillis,
            @ForAll @LongRange(min = 100_000, max = 10_000_000) long maxMillis,
            @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double chance) {
        var policy =
                new RetryPolicy(
                        5, Duration.ofMillis(firstMillis), Duration.ofMillis(maxMillis), Map.of());

        long wait = policy.backoff(failures, Treatment.RETRY, chance).toMillis();

        double bound = Math.min(firstMillis * Math.pow(2, failures - 1.0), (double) maxMillis);
        assertThat(wait).isBetween(0L, (long) bound);
    }

    @Property
    void anUncountedWaitNeverExceedsFiveMinutes(
            @ForAll @IntRange(min = 1, max = 1_000) int attempts,
            @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double chance) {
        var policy = RetryPolicy.defaults();

        Duration wait = policy.backoff(attempts, Treatment.WAIT, chance);

        assertThat(wait).isLessThan(Duration.ofMinutes(5));
    }

    @Property
    void aLineIsReadBackAsItWas(
            @ForAll @IntRange(min = 1) int attempts,
            @ForAll @LongRange(min = 1, max = 1_000_000) long firstMillis,
            @ForAll @LongRange(min = 1_000_000, max = 1_000_000_000) long maxMillis,
            @ForAll Map<ErrorClass, Treatment> treatments) {
        var policy =
                new RetryPolicy(
                        attempts,
                        Duration.ofMillis(firstMillis),
                        Duration.ofMillis(maxMillis),
                        treatments);

        assertThat(RetryPolicy.parse(policy.line())).isEqualTo(policy);
    }
}
