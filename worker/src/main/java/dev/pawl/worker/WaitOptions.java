package dev.pawl.worker;

import java.time.Duration;

/**
 * How long to wait for jobs.
 *
 * @param timeout for all of it; zero for ever
 * @param unserved how long no live worker may serve what is left; zero for ever
 * @param stall how long nothing of what is left may move; zero for ever
 * @param poll how often to look when nobody wakes
 */
public record WaitOptions(Duration timeout, Duration unserved, Duration stall, Duration poll) {
    public WaitOptions {
        for (Duration duration : new Duration[] {timeout, unserved, stall})
            if (duration.isNegative())
                throw new IllegalArgumentException("%s: want >= 0".formatted(duration));
        if (!poll.isPositive())
            throw new IllegalArgumentException("poll is %s, want > 0".formatted(poll));
    }

    /** For ever, but no longer than ten seconds for a worker that nobody started. */
    public static WaitOptions defaults() {
        return new WaitOptions(
                Duration.ZERO, Duration.ofSeconds(10), Duration.ZERO, Duration.ofMillis(200));
    }

    public WaitOptions withTimeout(Duration value) {
        return new WaitOptions(value, unserved, stall, poll);
    }

    public WaitOptions withUnserved(Duration value) {
        return new WaitOptions(timeout, value, stall, poll);
    }

    public WaitOptions withStall(Duration value) {
        return new WaitOptions(timeout, unserved, value, poll);
    }

    public WaitOptions withPoll(Duration value) {
        return new WaitOptions(timeout, unserved, stall, value);
    }
}
