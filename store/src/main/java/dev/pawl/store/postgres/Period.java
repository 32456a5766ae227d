package dev.pawl.store.postgres;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * A stretch of history that has tables of its own: the rows of jobs whose ids were made in it. It
 * is made ahead, and dropped as a whole when what was submitted in it has been kept long enough.
 *
 * @param name the last part of its tables' names: its first day, or {@link #PAST}
 * @param begin of a day, UTC
 * @param end where the next one may begin
 */
record Period(String name, Instant begin, Instant end) {
    /** The name of the one that has what was there before there were any. */
    static final String PAST = "past";

    /**
     * What is kept by period, in the order in which it is locked: as looks and submits come to it,
     * or one that has its job and comes to its outcome would wait for a drop that waits for it.
     */
    static final List<String> TABLES =
            List.of("job", "outcome", "tag", "attempt_end", "log", "artifact");

    /** As many that are over are kept at most; each costs a claim of one job some microseconds. */
    private static final int COUNT = 10;

    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("uuuuMMdd", Locale.ROOT);

    Period {
        if (!begin.isBefore(end))
            throw new IllegalArgumentException(
                    "period %s ends at %s, want after %s".formatted(name, end, begin));
    }

    /**
     * The one that begins then.
     *
     * @param kept how long after its end it is dropped; a tenth of that, and at least a day, is how
     *     long it is itself
     */
    static Period from(Instant begin, Duration kept) {
        long days = Math.max(1, (kept.toDays() + COUNT - 1) / COUNT);
        LocalDate first = LocalDate.ofInstant(begin, ZoneOffset.UTC);
        LocalDate next = LocalDate.ofEpochDay((first.toEpochDay() / days + 1) * days);
        return new Period(first.format(NAME), begin, next.atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    /** When the day after that moment's begins. */
    static Instant midnightAfter(Instant moment) {
        return LocalDate.ofInstant(moment, ZoneOffset.UTC)
                .plusDays(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }

    boolean past() {
        return name.equals(PAST);
    }

    /** The least id of it. */
    UUID from() {
        return first(begin);
    }

    /** The least id behind it. */
    UUID until() {
        return first(end);
    }

    private static UUID first(Instant moment) {
        return new UUID(moment.toEpochMilli() << 16, 0);
    }
}
