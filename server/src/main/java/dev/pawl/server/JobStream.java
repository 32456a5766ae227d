package dev.pawl.server;

import dev.pawl.core.Event;
import dev.pawl.core.Events;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.Progress;
import dev.pawl.core.Standing;
import dev.pawl.core.Store;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one listener of one job is told: each of its states, its progress and its log, until it has
 * ended. What this process heard is told at once; what it may have left out is read from the store.
 */
final class JobStream {
    /** What a listener is told, one way or another. */
    interface Teller {
        void state(EventId id, ObjectNode state) throws Sse.Gone;

        void progress(EventId id, Progress progress) throws Sse.Gone;

        void log(EventId id, LogLine line) throws Sse.Gone;

        /** Events are forgotten, or gone; where the job stands now is told next. */
        void missed(ObjectNode missed) throws Sse.Gone;

        void heartbeat() throws Sse.Gone;
    }

    private static final int PAGE = 1_000;

    private final EventTail tail;
    private final EventTail.Ear ear;
    private final Store store;
    private final JobId job;
    private final Teller teller;
    private EventId at;

    /** All events up to this number are told, or concern others. */
    private long upTo;

    private @Nullable Progress told;
    private boolean over;

    private JobStream(
            EventTail tail, EventTail.Ear ear, Store store, JobId job, EventId at, Teller teller) {
        this.tail = tail;
        this.ear = ear;
        this.store = store;
        this.job = job;
        this.teller = teller;
        this.at = at;
    }

    /**
     * Tells until the job has ended, or the listener or the server is gone.
     *
     * @param ear listens to the job since before {@code now} was asked for
     */
    static void begin(
            EventTail tail,
            EventTail.Ear ear,
            Store store,
            JobId job,
            Standing now,
            EventId after,
            Teller teller)
            throws Sse.Gone, InterruptedException {
        var stream = new JobStream(tail, ear, store, job, after, teller);
        stream.tell(now);
        stream.follow();
    }

    /** As {@link #begin}, for who was told of everything up to there. */
    static void resume(
            EventTail tail, EventTail.Ear ear, Store store, JobId job, EventId last, Teller teller)
            throws Sse.Gone, InterruptedException {
        var stream = new JobStream(tail, ear, store, job, last, teller);
        if (last.known(store)) {
            stream.upTo = last.number();
            stream.said();
            stream.catchUp(store.latestEvent());
        } else {
            teller.missed(JsonNodeFactory.instance.objectNode());
            stream.standing();
        }
        stream.follow();
    }

    /** Whether nothing is left to tell to whom was told this. */
    static boolean over(EventTail tail, Store store, JobId job, EventId last)
            throws InterruptedException {
        return last.number() > 0
                && last.known(store)
                && store.standing(job).map(s -> s.state().ended()).orElse(true)
                && nothing(tail.read(job, last.number()))
                && store.logs(job, last.attempt(), last.seq(), 1).isEmpty();
    }

    private static boolean nothing(Events page) {
        return page.events().isEmpty() && page.missed() == 0;
    }

    /** Tells where the job stands, and what its attempts have said so far. */
    private void standing() throws Sse.Gone {
        Optional<Standing> now = store.standing(job);
        if (now.isPresent()) tell(now.get());
        else over = true;
    }

    private void tell(Standing now) throws Sse.Gone {
        JobState state = now.state();
        upTo = now.event();
        at = at.at(store, upTo);
        if (state.attempt() > 0) said(now.progress());
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", job.toString())
                .put("state", state.name().wire())
                .put("attempt", state.attempt());
        teller.state(at, node);
        over = state.ended();
    }

    private void follow() throws Sse.Gone, InterruptedException {
        var beat = new Beat();
        while (!over && !tail.closed()) {
            Event event = ear.poll(Beat.LOOK);
            if (upTo < ear.gap()) catchUp(ear.gap());
            if (event != null && !over && event.number() > upTo) {
                tell(event);
                upTo = event.number();
            }
            if (beat.due(event != null)) teller.heartbeat();
        }
    }

    private void catchUp(long goal) throws Sse.Gone, InterruptedException {
        while (upTo < goal && !over) {
            Events page = tail.read(job, upTo);
            if (page.missed() > 0) {
                ObjectNode missed = JsonNodeFactory.instance.objectNode();
                teller.missed(missed.put("events", page.missed()));
                standing();
                continue;
            }
            for (Event event : page.events()) if (!over) tell(event);
            upTo = page.upTo();
        }
    }

    private void tell(Event event) throws Sse.Gone {
        at = at.at(event);
        if (event.said()) said();
        else teller.state(at, EventRoutes.node(event));
        over = event.last();
    }

    private void said() throws Sse.Gone {
        said(store.standing(job).flatMap(Standing::progress));
    }

    /** Tells the new lines of the log, and the progress where it is another. */
    private void said(Optional<Progress> progress) throws Sse.Gone {
        List<LogLine> lines;
        do {
            lines = store.logs(job, at.attempt(), at.seq(), PAGE);
            for (LogLine line : lines) {
                at = at.line(line.attempt(), line.seq());
                teller.log(at, line);
            }
        } while (lines.size() == PAGE);
        if (progress.isEmpty() || progress.get().equals(told)) return;
        boolean before = told == null && at.knows(progress.get());
        told = progress.get();
        if (before) return;
        at = at.progress(told);
        teller.progress(at, told);
    }
}
