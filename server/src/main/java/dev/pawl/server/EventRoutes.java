package dev.pawl.server;

import dev.pawl.core.Event;
import dev.pawl.core.Events;
import dev.pawl.core.JobId;
import dev.pawl.core.LogLine;
import dev.pawl.core.PawlException;
import dev.pawl.core.Progress;
import dev.pawl.core.Standing;
import dev.pawl.core.Store;
import dev.pawl.core.Time;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes that go on telling. A stream ends when its listener hangs up, or the server stops. */
record EventRoutes(EventTail tail) {
    private static final Logger log = LoggerFactory.getLogger(EventRoutes.class);
    private static final int PAGE = 1_000;

    /** What a listener to all may be behind before it reads from the store. */
    private static final int BEHIND_MAX = 1_000;

    /** Four a second. */
    private static final Duration BETWEEN_SNAPSHOTS = Duration.ofMillis(250);

    // ---- One job

    void ofJob(Exchange exchange) throws InterruptedException {
        JobId job = exchange.job();
        Store store = store(exchange);
        Optional<EventId> last = EventId.of(exchange);
        if (last.isPresent() && JobStream.over(tail, store, job, last.get())) {
            standing(store, job);
            // What a browser needs to hear so that it doesn't come again.
            exchange.response().status(Status.NO_CONTENT_204).send();
            return;
        }
        try (EventTail.Ear ear = tail.listen(job)) {
            if (last.isPresent()) {
                EventId after = last.get();
                stream(
                        exchange,
                        Sse.MEDIA_TYPE,
                        sse -> JobStream.resume(tail, ear, store, job, after, new SseTeller(sse)));
                return;
            }
            begin(exchange, Sse.MEDIA_TYPE, ear, EventId.BEGINNING, SseTeller::new);
        }
    }

    private void begin(
            Exchange exchange,
            String mediaType,
            EventTail.Ear ear,
            EventId after,
            Function<Sse, JobStream.Teller> teller) {
        JobId job = exchange.job();
        Store store = store(exchange);
        Standing now = standing(store, job);
        stream(
                exchange,
                mediaType,
                sse -> JobStream.begin(tail, ear, store, job, now, after, teller.apply(sse)));
    }

    private record SseTeller(Sse sse) implements JobStream.Teller {
        @Override
        public void state(EventId id, ObjectNode state) throws Sse.Gone {
            sse.event("state", id.text(), state);
        }

        @Override
        public void progress(EventId id, Progress progress) throws Sse.Gone {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("fraction", progress.fraction())
                    .put("text", progress.text())
                    .put("at", progress.at().toString());
            sse.event("progress", id.text(), node);
        }

        @Override
        public void log(EventId id, LogLine line) throws Sse.Gone {
            sse.event("log", id.text(), node(line));
        }

        @Override
        public void missed(ObjectNode missed) throws Sse.Gone {
            sse.event("missed", "", missed);
        }

        @Override
        public void heartbeat() throws Sse.Gone {
            sse.heartbeat();
        }
    }

    /** A job's log as it grows, a JSON document a line, until the job has ended. */
    void followLog(Exchange exchange) {
        JobId job = exchange.job();
        int attempt = exchange.number("after_attempt", 0, 0, Integer.MAX_VALUE);
        int seq = exchange.number("after_seq", -1, -1, Integer.MAX_VALUE);
        try (EventTail.Ear ear = tail.listen(job)) {
            EventId after = EventId.BEGINNING.line(attempt, seq);
            begin(exchange, "application/x-ndjson", ear, after, LogTeller::new);
        }
    }

    private record LogTeller(Sse lines) implements JobStream.Teller {
        @Override
        public void state(EventId id, ObjectNode state) {}

        @Override
        public void progress(EventId id, Progress progress) {}

        @Override
        public void log(EventId id, LogLine line) throws Sse.Gone {
            lines.write((node(line) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        @Override
        public void missed(ObjectNode missed) {}

        /** An empty line, which readers of such lines pass over. */
        @Override
        public void heartbeat() throws Sse.Gone {
            lines.write(new byte[] {'\n'});
        }
    }

    static ObjectNode node(LogLine line) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("attempt", line.attempt())
                .put("seq", line.seq())
                .put("at", line.at().toString())
                .put("stream", line.stream().wire())
                .put("text", line.text());
    }

    // ---- All jobs

    /** Every move of every job; what attempts say is told to their job's listeners only. */
    void all(Exchange exchange) {
        Store store = store(exchange);
        Optional<EventId> last = EventId.of(exchange);
        try (EventTail.Ear ear = tail.listen(e -> !e.said(), BEHIND_MAX)) {
            stream(exchange, Sse.MEDIA_TYPE, sse -> tellAll(sse, store, ear, last));
        }
    }

    private void tellAll(Sse sse, Store store, EventTail.Ear ear, Optional<EventId> last)
            throws Sse.Gone, InterruptedException {
        long upTo = last.map(EventId::number).orElseGet(store::latestEvent);
        if (last.isPresent() && !last.get().known(store)) {
            upTo = store.latestEvent();
            sse.event("missed", "", JsonNodeFactory.instance.objectNode());
        }
        sse.begin(EventId.BEGINNING.at(store, upTo).shortText());
        upTo = catchUp(sse, store, upTo, Math.max(ear.gap(), store.latestEvent()));
        var beat = new Beat();
        while (!tail.closed()) {
            Event event = ear.poll(Beat.LOOK);
            if (upTo < ear.gap()) upTo = catchUp(sse, store, upTo, ear.gap());
            if (event != null && event.number() > upTo) {
                tell(sse, event);
                upTo = event.number();
            }
            if (beat.due(event != null)) sse.heartbeat();
        }
    }

    private static long catchUp(Sse sse, Store store, long after, long goal) throws Sse.Gone {
        long upTo = after;
        while (upTo < goal) {
            Events page = store.events(upTo, PAGE);
            if (page.missed() > 0) {
                ObjectNode missed = JsonNodeFactory.instance.objectNode();
                sse.event("missed", "", missed.put("events", page.missed()));
            }
            for (Event event : page.events()) if (!event.said()) tell(sse, event);
            upTo = page.upTo();
        }
        return upTo;
    }

    private static void tell(Sse sse, Event event) throws Sse.Gone {
        sse.event("job", EventId.BEGINNING.at(event).shortText(), node(event));
    }

    /** A move on the wire. */
    static ObjectNode node(Event event) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", event.job().toString());
        event.to()
                .ifPresentOrElse(
                        to -> node.put("state", to.wire()), () -> node.put("removed", true));
        event.from().ifPresent(from -> node.put("from", from.wire()));
        return node.put("attempt", event.attempt())
                .put("at", event.at().toString())
                .put("queue", event.queue())
                .put("tool", event.tool().toString());
    }

    // ---- Lists

    /**
     * The page again whenever something has happened that may concern it, at most four times a
     * second; how many events a snapshot stands for is told with it.
     */
    void snapshots(Exchange exchange, Predicate<Event> concerns, Supplier<ObjectNode> page) {
        try (EventTail.Ear ear = tail.listen(e -> !e.said() && concerns.test(e), 1)) {
            stream(
                    exchange,
                    Sse.MEDIA_TYPE,
                    sse -> snapshots(sse, ear, exchange.site().time(), page));
        }
    }

    private void snapshots(Sse sse, EventTail.Ear ear, Time time, Supplier<ObjectNode> page)
            throws Sse.Gone, InterruptedException {
        sse.event("snapshot", "", page.get().put("events", 0));
        var beat = new Beat();
        while (!tail.closed()) {
            time.sleep(BETWEEN_SNAPSHOTS);
            Event event = ear.poll(Beat.LOOK.minus(BETWEEN_SNAPSHOTS));
            long events = ear.heard();
            if (events > 0) sse.event("snapshot", "", page.get().put("events", events));
            if (beat.due(event != null)) sse.heartbeat();
        }
    }

    private interface Telling {
        void to(Sse sse) throws Sse.Gone, InterruptedException;
    }

    /** Once a stream has begun no other answer is possible: what fails ends it. */
    private static void stream(Exchange exchange, String mediaType, Telling telling) {
        try (var sse = new Sse(exchange, mediaType)) {
            telling.to(sse);
        } catch (Sse.Gone gone) {
            // Nobody is left to be told.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (PawlException e) {
            log.warn("a stream ends, and its listener may come again: {}", e.getMessage());
        }
    }

    /** Whether the request asks for a stream rather than a page. */
    static boolean wanted(Exchange exchange) {
        return exchange.header(HeaderNames.ACCEPT)
                .filter(accept -> accept.contains(Sse.MEDIA_TYPE))
                .isPresent();
    }

    private static Standing standing(Store store, JobId job) {
        return store.standing(job).orElseThrow(() -> JobRoutes.none(job));
    }

    private static Store store(Exchange exchange) {
        return exchange.site().engine().store();
    }
}
