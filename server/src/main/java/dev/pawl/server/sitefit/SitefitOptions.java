package dev.pawl.server.sitefit;

import java.time.Duration;

/**
 * How the jobs of contracts are run.
 *
 * @param computeUrl of the compute server; {@code {definition}} and {@code {version}} stand for the
 *     contract's, and an address without them is one that {@code /gh/…/solve} is below
 * @param timeoutMax of one solve; a contract may ask for less
 * @param attempts how many failures end a job
 * @param backoffFirst bound of the wait after the first failure
 * @param backoffMax the cap that it doubles up to
 * @param resultsKept how long a result answers other inputs that are the same once their defaults
 *     are filled in
 */
public record SitefitOptions(
        String computeUrl,
        Duration timeoutMax,
        int attempts,
        Duration backoffFirst,
        Duration backoffMax,
        Duration resultsKept) {
    public SitefitOptions {
        if (!computeUrl.startsWith("http://") && !computeUrl.startsWith("https://"))
            throw new IllegalArgumentException(
                    "the compute server's address is \"%s\"; want http://host:port or https://…"
                            .formatted(computeUrl));
        if (timeoutMax.isZero() || timeoutMax.isNegative())
            throw new IllegalArgumentException("timeoutMax is " + timeoutMax + ", want > 0");
        if (attempts < 1)
            throw new IllegalArgumentException("attempts is " + attempts + ", want >= 1");
    }

    public static SitefitOptions of(String computeUrl) {
        return new SitefitOptions(
                computeUrl,
                Duration.ofMinutes(4),
                5,
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                Duration.ofMinutes(5));
    }

    public SitefitOptions withTimeoutMax(Duration value) {
        return new SitefitOptions(
                computeUrl, value, attempts, backoffFirst, backoffMax, resultsKept);
    }

    public SitefitOptions withAttempts(int value) {
        return new SitefitOptions(
                computeUrl, timeoutMax, value, backoffFirst, backoffMax, resultsKept);
    }

    public SitefitOptions withBackoff(Duration first, Duration max) {
        return new SitefitOptions(computeUrl, timeoutMax, attempts, first, max, resultsKept);
    }

    public SitefitOptions withResultsKept(Duration value) {
        return new SitefitOptions(
                computeUrl, timeoutMax, attempts, backoffFirst, backoffMax, value);
    }
}
