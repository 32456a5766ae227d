package dev.pawl.store.postgres;

import dev.pawl.store.Head;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where in each lane's line this process's claims have got to, so that the next one doesn't walk
 * over what they took: PostgreSQL keeps the index entries of deleted rows for a while, and for as
 * long as anybody holds a snapshot. Who comes into the line before the mark waits until the mark is
 * given up, which bounds how far claims leave their order, never whether a job is claimed.
 * Thread-safe.
 */
final class LowMarks {
    /** Smaller claims go by the whole line: they are of a worker that isn't in a hurry. */
    private static final int TAKEN_MIN = 64;

    private static final Duration AGE_MIN = Duration.ofMillis(100);
    private static final Duration AGE_MAX = Duration.ofSeconds(5);

    /** So that looks at the whole line take a twentieth of the time, however long it is. */
    private static final int REST = 20;

    /**
     * @param last the last head that was taken
     * @param until when the whole line is looked at again
     */
    record Mark(Head last, Instant until) {}

    private final Map<Integer, Mark> marks = new ConcurrentHashMap<>();

    /** The mark of a lane; null when its whole line is to be looked at. */
    @Nullable Mark of(int lane, Instant now) {
        Mark mark = marks.get(lane);
        return mark == null || !now.isBefore(mark.until) ? null : mark;
    }

    /**
     * A claim has taken this head, the last of its lane, and others behind it may be left.
     *
     * @param from what the claim went by
     * @param took how long it looked
     */
    void reached(Head last, @Nullable Mark from, int taken, Instant now, Duration took) {
        if (taken < TAKEN_MIN) {
            forget(last.lane());
            return;
        }
        marks.put(last.lane(), new Mark(last, from == null ? now.plus(age(took)) : from.until));
    }

    private static Duration age(Duration took) {
        Duration rested = took.multipliedBy(REST);
        if (rested.compareTo(AGE_MIN) < 0) return AGE_MIN;
        return rested.compareTo(AGE_MAX) > 0 ? AGE_MAX : rested;
    }

    /** The lane's line is done from here on. */
    void forget(int lane) {
        marks.remove(lane);
    }
}
