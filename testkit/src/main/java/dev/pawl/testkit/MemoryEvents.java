package dev.pawl.testkit;

import dev.pawl.core.Event;
import dev.pawl.core.Events;
import dev.pawl.core.JobState;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The events of a {@link MemoryStore}; touched only under the store's lock. */
final class MemoryEvents {
    private final Deque<Event> kept = new ArrayDeque<>();
    private long latest;

    void moved(
            MemoryJob job,
            JobState.@Nullable Name from,
            JobState.@Nullable Name to,
            int attempt,
            Instant at) {
        var s = job.submission;
        kept.add(new Event(++latest, at, job.id, s.queue(), s.tool(), from, to, attempt));
    }

    long latest() {
        return latest;
    }

    Events page(Predicate<Event> wanted, long after, int limit) {
        Stream<Event> later = kept.stream().filter(e -> e.number() > after);
        List<Event> page = later.filter(wanted).limit(limit).toList();
        long forgotten = kept.isEmpty() ? 0 : kept.getFirst().number() - 1;
        long upTo = page.size() == limit ? page.getLast().number() : latest;
        return new Events(page, Math.max(0, forgotten - after), upTo);
    }

    boolean prune(Instant until, long most, int max) {
        for (int i = 0; i < max; i++) if (!pruneOne(until, most)) return false;
        return true;
    }

    private boolean pruneOne(Instant until, long most) {
        boolean over =
                kept.size() > 1 && (kept.size() > most || kept.getFirst().at().isBefore(until));
        if (over) kept.removeFirst();
        return over;
    }
}
