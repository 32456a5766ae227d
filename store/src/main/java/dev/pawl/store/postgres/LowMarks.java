package dev.pawl.store.postgres;

import dev.pawl.store.Head;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Where in each line this process's claims have got to, so that the next one doesn't walk over what
 * they took: PostgreSQL keeps the index entries of deleted rows for a while, and for as long as
 * anybody holds a snapshot. Who comes into the line before the mark, or has another priority, waits
 * until the mark is given up, which bounds how far claims leave their order, never whether a job is
 * claimed.
 *
 * <p>A line that a claim has emptied is looked at as a whole by the next one, for that is cheap,
 * unless it was seen not to be. Then it goes on behind the mark as well, where nobody of another
 * priority waits: only who comes back with an earlier time, or whose submit was committed late.
 * Thread-safe.
 */
final class LowMarks {
    /** Smaller claims go by the whole line: they are of a worker that isn't in a hurry. */
    static final int TAKEN_MIN = 64;

    /** As many as a claim might pass over before it has found those that it may look at. */
    private static final int KEYS_MAX = 256;

    /** More are forgotten together. */
    private static final int MARKS_MAX = 20_000;

    private static final Duration AGE_MIN = Duration.ofMillis(100);
    private static final Duration AGE_MAX = Duration.ofSeconds(5);

    /** So that looks at the whole line take a twentieth of the time, however long it is. */
    private static final int REST = 20;

    /** A look that takes so long and finds few passes over very many that are gone. */
    private static final Duration LONG = Duration.ofMillis(10);

    /** Claims that find few are made often: fewer than one in a hundred shall be that long. */
    private static final int EMPTIED_REST = 32;

    /**
     * A line of jobs.
     *
     * @param key 0 for all of a lane
     */
    record Place(int lane, long key) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byLane = Integer.compare(lane, other.lane);
            return byLane != 0 ? byLane : Long.compare(key, other.key);
        }
    }

    /**
     * @param last the last head that was taken; null for none yet
     * @param until when the whole line is looked at again
     * @param emptied how long looks at the whole line take that find few; zero where the last one
     *     found all that were wanted
     */
    private record Mark(@Nullable Head last, Instant until, Duration emptied) {}

    private final ConcurrentNavigableMap<Place, Mark> marks = new ConcurrentSkipListMap<>();

    /** The head after which a line goes on; null when the whole line is to be looked at. */
    @Nullable Head of(Place line, Instant now) {
        Mark mark = marks.get(line);
        return mark == null || !now.isBefore(mark.until) ? null : mark.last;
    }

    /** The first keys of a lane that have a mark, after one and up to another, in their order. */
    List<Long> keys(int lane, long after, long upTo, Instant now) {
        var keys = new ArrayList<Long>();
        var from = new Place(lane, after);
        for (var entry : marks.subMap(from, false, new Place(lane, upTo), true).entrySet()) {
            if (keys.size() == KEYS_MAX) break;
            Mark mark = entry.getValue();
            if (!now.isBefore(mark.until)) marks.remove(entry.getKey(), mark);
            else if (mark.last != null) keys.add(entry.getKey().key);
        }
        return keys;
    }

    /**
     * The whole line was looked at.
     *
     * @param took how long that was
     */
    void looked(Place line, Instant now, Duration took) {
        if (marks.size() >= MARKS_MAX) marks.clear();
        marks.put(line, new Mark(null, now.plus(age(took, REST)), Duration.ZERO));
    }

    /**
     * A claim has taken this head, the last of its line, and others behind it may be left. Where
     * another has looked at the whole line meanwhile, its mark stays.
     *
     * @param from the head after which the claim went on; null when it looked at the whole line
     */
    void reached(Place line, @Nullable Head from, Head last) {
        marks.computeIfPresent(
                line,
                (_, mark) ->
                        Objects.equals(mark.last, from)
                                ? new Mark(last, mark.until, mark.emptied)
                                : mark);
    }

    /**
     * A look at the whole line has found fewer than were wanted, so that nobody is left behind what
     * it has taken. Where two such looks one after the other were long, the line goes on there:
     * once, it may have been the machine.
     *
     * @param took how long that was
     * @param last the last head that was taken; null where there was none: the line goes on where
     *     it had got to before, if anywhere
     */
    void emptied(Place line, Instant now, Duration took, @Nullable Head last) {
        marks.compute(
                line,
                (_, mark) -> {
                    Head at = last == null && mark != null ? mark.last : last;
                    if (at == null || took.compareTo(LONG) < 0) return null;
                    if (mark == null || mark.emptied.compareTo(LONG) < 0)
                        return new Mark(at, now, took);
                    Duration shorter = took.compareTo(mark.emptied) < 0 ? took : mark.emptied;
                    return new Mark(at, now.plus(age(shorter, EMPTIED_REST)), took);
                });
    }

    /** Whether what is behind the line's mark is taken for all there is. */
    boolean isEmptied(Place line) {
        Mark mark = marks.get(line);
        return mark != null && !mark.emptied.isZero();
    }

    private static Duration age(Duration took, int rest) {
        Duration rested = took.multipliedBy(rest);
        if (rested.compareTo(AGE_MIN) < 0) return AGE_MIN;
        return rested.compareTo(AGE_MAX) > 0 ? AGE_MAX : rested;
    }

    void forgetAll() {
        marks.clear();
    }

    /** The line is done from here on. */
    void forget(Place line) {
        marks.remove(line);
    }
}
