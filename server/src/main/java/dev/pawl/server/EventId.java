package dev.pawl.server;

import dev.pawl.core.Event;
import dev.pawl.core.Events;
import dev.pawl.core.Progress;
import dev.pawl.core.Store;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a listener is, as the {@code id} of what it is sent: the number of the last event it knows,
 * the event's time in milliseconds, and, of a job's stream, the last line of its log and the time
 * of the last progress.
 *
 * <p>The time tells whether the number still is that event's: a power failure, or a restored
 * backup, may take the newest events, and their numbers come again.
 */
record EventId(long number, long millis, int attempt, long seq, long progressMillis) {
    static final HeaderName LAST = HeaderNames.create("Last-Event-ID");
    private static final Pattern TEXT =
            Pattern.compile(
                    "(\\d{1,18})(?:\\.(\\d{1,18})(?:\\.(\\d{1,9})\\.(-?\\d{1,18})(?:\\.(\\d{1,18}))?)?)?");

    /** A job's beginning. */
    static final EventId BEGINNING = new EventId(0, 0, 0, -1, 0);

    /** Where the request says that it was; empty when it doesn't. */
    static Optional<EventId> of(Exchange exchange) {
        Optional<String> text = exchange.header(LAST).or(() -> exchange.query("after"));
        if (text.isEmpty()) return Optional.empty();
        Matcher parts = TEXT.matcher(text.get().strip());
        if (!parts.matches())
            throw Exchange.badRequest(
                    "event id \"%s\" is none; give the id of an event, unchanged"
                            .formatted(text.get()));
        return Optional.of(
                new EventId(
                        Long.parseLong(parts.group(1)),
                        parts.group(2) == null ? 0 : Long.parseLong(parts.group(2)),
                        parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3)),
                        parts.group(4) == null ? -1 : Long.parseLong(parts.group(4)),
                        parts.group(5) == null ? 0 : Long.parseLong(parts.group(5))));
    }

    /** The same place in the log, after that event. */
    EventId at(Event event) {
        return new EventId(event.number(), event.at().toEpochMilli(), attempt, seq, progressMillis);
    }

    /** The same place in the log, after the event of that number. */
    EventId at(Store store, long event) {
        long when =
                store.events(event - 1, 1).events().stream()
                        .filter(e -> e.number() == event)
                        .mapToLong(e -> e.at().toEpochMilli())
                        .findFirst()
                        .orElse(0);
        return new EventId(event, when, attempt, seq, progressMillis);
    }

    EventId line(int ofAttempt, long line) {
        return new EventId(number, millis, ofAttempt, line, progressMillis);
    }

    EventId progress(Progress told) {
        return new EventId(number, millis, attempt, seq, told.at().toEpochMilli());
    }

    /** Whether this is the progress that was told last. */
    boolean knows(Progress progress) {
        return progressMillis != 0 && progressMillis == progress.at().toEpochMilli();
    }

    /** Whether the store has, or had, this event under this number. */
    boolean known(Store store) {
        if (number == 0) return true;
        Events page = store.events(number - 1, 1);
        if (page.events().isEmpty()) return false;
        Event first = page.events().getFirst();
        return first.number() != number || millis == 0 || first.at().toEpochMilli() == millis;
    }

    /** As a listener to all is sent it. */
    String shortText() {
        return number + "." + millis;
    }

    /** As a job's listener is sent it. */
    String text() {
        String upTo = shortText() + "." + attempt + "." + seq;
        return progressMillis == 0 ? upTo : upTo + "." + progressMillis;
    }
}
