package dev.pawl.testkit;

import static dev.pawl.core.JobState.Name.CANCELLED;
import static dev.pawl.core.JobState.Name.DEAD;
import static dev.pawl.core.JobState.Name.QUEUED;
import static dev.pawl.core.JobState.Name.RUNNING;
import static dev.pawl.core.JobState.Name.SUCCEEDED;
import static dev.pawl.core.JobState.Name.WAITING;
import static dev.pawl.testkit.StoreDriver.TOOL;
import static dev.pawl.testkit.StoreDriver.done;
import static dev.pawl.testkit.StoreDriver.job;
import static dev.pawl.testkit.StoreDriver.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Event;
import dev.pawl.core.Events;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewJob;
import dev.pawl.core.Progress;
import dev.pawl.core.Standing;
import dev.pawl.core.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The events. Beyond these cases every test of the contract ends with their replay, which has to
 * lead to where every job is.
 */
public interface EventsContract extends StoreSubject {
    /** An event without its number and time. */
    record Told(JobId job, JobState.@Nullable Name from, JobState.@Nullable Name to, int attempt) {
        static Told of(Event e) {
            return new Told(e.job(), e.from().orElse(null), e.to().orElse(null), e.attempt());
        }

        static List<Told> of(Events page) {
            return page.events().stream().map(Told::of).toList();
        }
    }

    private static List<Long> numbers(Events page) {
        return page.events().stream().map(Event::number).toList();
    }

    private static List<Long> numbers(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    default void everyMoveOfAJobIsAnEvent() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(job().queue("q"));
            s.fail(s.start(id), ErrorClass.TRANSIENT);
            s.advance(Duration.ofMinutes(1));
            s.fail(s.start(id), ErrorClass.PERMANENT);
            s.store.redrive(id);
            s.store.cancel(id);
            s.store.discard(id);

            Events page = s.store.events(0, 100);
            assertThat(Told.of(page))
                    .containsExactly(
                            new Told(id, null, QUEUED, 0),
                            new Told(id, QUEUED, RUNNING, 1),
                            new Told(id, RUNNING, QUEUED, 1),
                            new Told(id, QUEUED, RUNNING, 2),
                            new Told(id, RUNNING, DEAD, 2),
                            new Told(id, DEAD, QUEUED, 2),
                            new Told(id, QUEUED, CANCELLED, 2),
                            new Told(id, CANCELLED, null, 2));
            assertThat(numbers(page)).isEqualTo(numbers(1, 8));
            assertThat(page.missed()).isZero();
            assertThat(page.upTo()).isEqualTo(8).isEqualTo(s.store.latestEvent());
            Event last = page.events().getLast();
            assertThat(last).isEqualTo(new Event(8, s.now(), id, "q", TOOL, CANCELLED, null, 2));
        }
    }

    @Test
    default void whoMovesWithAnotherHasAnEventToo() {
        try (var s = new StoreDriver(this)) {
            JobId leader = s.submit(shared("a"));
            JobId follower = s.submit(shared("a"));
            JobId child = s.child(leader);
            JobId stillborn = s.child(s.ended(DEAD));
            long before = s.store.latestEvent();
            s.complete(s.start(leader));

            assertThat(Told.of(s.store.events(before, 100)))
                    .containsExactlyInAnyOrder(
                            new Told(leader, QUEUED, RUNNING, 1),
                            new Told(leader, RUNNING, SUCCEEDED, 1),
                            new Told(follower, WAITING, SUCCEEDED, 0),
                            new Told(child, WAITING, QUEUED, 0));
            assertThat(Told.of(s.store.events(stillborn, 0, 9)))
                    .containsExactly(new Told(stillborn, null, CANCELLED, 0));
        }
    }

    @Test
    default void whatAnAttemptSaysIsAnEvent() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob job = s.start();
            done(s.store.progress(job.token(), new Progress(0.5, "half", s.now())));
            var line = new LogLine(1, 0, s.now(), LogLine.Stream.STDOUT, "hello");
            done(s.store.log(job.token(), List.of(line)));
            done(s.store.log(job.token(), List.of()));

            List<Event> said = s.store.events(job.id(), 2, 9).events();
            assertThat(said).hasSize(2).allMatch(Event::said).noneMatch(Event::last);
            assertThat(said).extracting(Event::attempt).containsOnly(1);
        }
    }

    @Test
    default void aWriteThatIsRefusedIsNoEvent() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob lost = s.start();
            s.store.cancel(lost.id());
            long before = s.store.latestEvent();

            s.end(s.completed(lost, "1"));
            s.store.progress(lost.token(), new Progress(0.5, "half", s.now()));
            s.store.cancel(lost.id());
            s.offer(job().parents(Set.of(s.nextId())));

            assertThat(s.store.latestEvent()).isEqualTo(before);
        }
    }

    @Test
    default void pagesLeaveNothingOutAndTellNothingTwice() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 3; i++) s.submitTogether(3);
            var read = new ArrayList<Long>();
            long after = 0;
            while (after < s.store.latestEvent()) {
                Events page = s.store.events(after, 2);
                assertThat(page.upTo()).isEqualTo(page.events().getLast().number());
                read.addAll(numbers(page));
                after = page.upTo();
            }

            assertThat(read).isEqualTo(numbers(1, 9));
            assertThat(s.store.events(9, 2)).isEqualTo(new Events(List.of(), 0, 9));
        }
    }

    @Test
    default void pagesOfOneJobLeaveNothingOut() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();
            for (int i = 0; i < 4; i++) {
                s.end(s.released(s.start(id)));
                s.submitTogether(2);
            }
            var read = new ArrayList<Long>();
            long after = 0;
            while (after < s.store.latestEvent()) {
                Events page = s.store.events(id, after, 2);
                assertThat(page.events()).allMatch(e -> e.job().equals(id));
                read.addAll(numbers(page));
                after = page.upTo();
            }

            assertThat(read).hasSize(9).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    default void aNumberFromTheFutureIsSeenToBeOne() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();

            assertThat(s.store.events(7, 9)).isEqualTo(new Events(List.of(), 0, 1));
            assertThat(s.store.events(id, 7, 9)).isEqualTo(new Events(List.of(), 0, 1));
        }
    }

    @Test
    default void aJobStandsWhereItsEventsBeforeThatNumberLed() {
        try (var s = new StoreDriver(this)) {
            assertThat(s.store.standing(s.nextId())).isEmpty();
            JobId id = s.submit();
            s.submit();

            assertThat(s.store.standing(id)).contains(new Standing(s.state(id), null, 2));
            ClaimedJob running = s.start(id);
            var half = new Progress(0.5, "half", s.now());
            done(s.store.progress(running.token(), half));
            assertThat(s.store.standing(id)).contains(new Standing(s.state(id), half, 4));
            s.fail(running, ErrorClass.TRANSIENT);
            s.advance(Duration.ofMinutes(1));
            s.start(id);
            assertThat(s.store.standing(id)).contains(new Standing(s.state(id), null, 6));
        }
    }

    // ---- Forgotten

    @Test
    default void oldEventsAreForgottenAndWhoAsksForThemIsToldHowManyItMissed() {
        try (var s = new StoreDriver(this)) {
            JobId first = s.submit();
            for (int i = 0; i < 4; i++) s.submit();
            s.advance(Duration.ofHours(1));
            Instant until = s.now();
            s.submit();

            assertThat(s.store.pruneEvents(until, 100, 3)).isTrue();
            assertThat(s.store.pruneEvents(until, 100, 3)).isFalse();
            assertThat(s.store.pruneEvents(until, 100, 3)).isFalse();

            Events page = s.store.events(2, 9);
            assertThat(page.missed()).isEqualTo(3);
            assertThat(numbers(page)).containsExactly(6L);
            assertThat(s.store.events(5, 9).missed()).isZero();
            assertThat(s.store.events(first, 0, 9)).isEqualTo(new Events(List.of(), 5, 6));
            assertThat(s.store.events(first, 5, 9).missed()).isZero();
        }
    }

    @Test
    default void noMoreEventsAreKeptThanWanted() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 6; i++) s.submit();

            assertThat(s.store.pruneEvents(Instant.EPOCH, 4, 9)).isFalse();

            assertThat(numbers(s.store.events(0, 9))).isEqualTo(numbers(3, 6));
        }
    }

    @Test
    default void noNumberComesAgainAfterEverythingThatCanBeIsForgotten() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 3; i++) s.submit();
            s.advance(Duration.ofDays(9));
            s.store.pruneEvents(s.now(), 0, 9);
            assertThat(s.store.latestEvent()).isEqualTo(3);

            s.submit();

            assertThat(numbers(s.store.events(3, 9))).containsExactly(4L);
        }
    }

    // ---- Many threads

    @Test
    @Timeout(60)
    default void whoReadsWhileOthersWriteMissesNothing() {
        try (var s = new StoreDriver(this)) {
            readWhileOthersWrite(s, s.store, s.store);
        }
    }

    /** Six threads write, two read on from where they were; all have read the same in the end. */
    static void readWhileOthersWrite(StoreDriver s, Store one, Store other) {
        int writers = 6;
        int jobs = 50;
        long last = 3L * writers * jobs;
        List<List<Long>> read =
                Crowd.together(
                        Crowd.THREADS,
                        thread -> {
                            Store store = thread % 2 == 0 ? one : other;
                            if (thread >= writers) return readUpTo(store, last);
                            for (int i = 0; i < jobs; i++) live(s, store);
                            return List.of();
                        });

        for (List<Long> reader : read.subList(writers, read.size()))
            assertThat(reader).isEqualTo(numbers(1, last));
    }

    /** A job's whole life: three events. */
    private static void live(StoreDriver s, Store store) {
        var fresh = new NewJob(s.nextId(), job().build());
        store.submit(List.of(fresh));
        var only = new Claim.Want(Set.of(TOOL), Set.of(), Set.of(fresh.id()), 1);
        var claim = new Claim(s.nextLease(), "w", StoreDriver.TTL, List.of(only), Set.of());
        ClaimedJob claimed = store.claim(claim).jobs().getFirst();
        done(store.end(List.of(s.completed(claimed, "1"))).getFirst());
    }

    private static List<Long> readUpTo(Store store, long last) {
        var read = new ArrayList<Long>();
        long after = 0;
        while (after < last) {
            Events page = store.events(after, 7);
            assertThat(page.missed()).isZero();
            read.addAll(numbers(page));
            after = page.upTo();
        }
        return read;
    }
}
