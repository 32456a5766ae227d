package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How long jobs stay after their end.
 *
 * @param kept by the state they ended in; one that is not named stays for ever
 */
public record Retention(Map<JobState.Name, Duration> kept) {
    /** Everything stays. */
    public static final Retention FOREVER = new Retention(Map.of());

    public Retention {
        kept = Map.copyOf(kept);
        kept.forEach((state, time) -> {
            if (!state.ended()) throw new IllegalArgumentException(state + " is no end");
            if (time.isNegative()) throw new IllegalArgumentException(state + " is kept " + time);
        });
    }

    /** The same, but that state's jobs stay so long. */
    public Retention with(JobState.Name state, Duration time) {
        var more = new HashMap<>(kept);
        more.put(state, time);
        return new Retention(more);
    }

    public boolean forever() {
        return kept.isEmpty();
    }

    /** Before which moment those that may go now have ended, by their state. */
    public Map<JobState.Name, Instant> until(Instant now) {
        var until = new HashMap<JobState.Name, Instant>();
        kept.forEach((state, time) -> until.put(state, now.minus(time)));
        return until;
    }
}
