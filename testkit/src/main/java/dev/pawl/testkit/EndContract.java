package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.WORKER;
import static dev.pawl.testkit.StoreDriver.done;
import static dev.pawl.testkit.StoreDriver.file;
import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.AttemptEnd.How;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobError;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Dead;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.JobState.Succeeded;
import dev.pawl.core.LogLine;
import dev.pawl.core.LogLine.Stream;
import dev.pawl.core.Progress;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Running and ending an attempt: progress, log, outcome, history, artifacts. */
public interface EndContract extends StoreSubject {
    // ---- How an attempt ends

    @Test
    default void aCompletedJobHasItsOutputAndNoHistory() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();
            s.advance(Duration.ofSeconds(7));

            assertThat(s.end(s.completed(claimed, "{\"n\": 2}")))
                    .isEqualTo(new Written.Done(false));

            Job found = s.find(claimed.id());
            assertThat(found.state()).isEqualTo(new Succeeded(s.now(), 1));
            assertThat(found.output()).isEqualTo("{\"n\": 2}");
            assertThat(found.startedAt()).contains(s.now().minusSeconds(7));
            assertThat(found.cachedFrom()).isEmpty();
            assertThat(s.store.history(claimed.id())).isEmpty();
            assertThat(s.claim(9).jobs()).isEmpty();
        }
    }

    @Test
    default void aFailedAttemptRunsAgainAfterItsBackoff() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();

            s.fail(claimed, ErrorClass.TRANSIENT);

            Instant runAt = s.now().plusMillis(500);
            assertThat(s.state(claimed.id())).isEqualTo(new Queued(runAt, 1, 1));
            assertThat(s.claim(9).jobs()).isEmpty();
            s.advance(Duration.ofMillis(500));
            assertThat(s.start(claimed.id()).state().failures()).isEqualTo(1);
        }
    }

    @Test
    default void theLastFailureIsDeadWithItsMessageAndItsWholeHistory() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(job().retry(RetryPolicy.defaults().withAttempts(2)));
            Instant first = s.now();
            s.end(s.failed(s.start(id), ErrorClass.TRANSIENT, "first"));
            s.advance(Duration.ofMinutes(1));
            ClaimedJob last = s.start(id);
            s.advance(Duration.ofSeconds(3));
            s.end(s.failed(last, ErrorClass.TIMEOUT, "second"));

            assertThat(s.state(id)).isEqualTo(new Dead(s.now(), 2, ErrorClass.TIMEOUT));
            assertThat(s.find(id).output()).isEqualTo("second");
            assertThat(s.store.history(id))
                    .containsExactly(
                            new AttemptEnd(
                                    1,
                                    How.FAILED,
                                    WORKER,
                                    first,
                                    first,
                                    ErrorClass.TRANSIENT,
                                    "first"),
                            new AttemptEnd(
                                    2,
                                    How.FAILED,
                                    WORKER,
                                    s.now().minusSeconds(3),
                                    s.now(),
                                    ErrorClass.TIMEOUT,
                                    "second"));
        }
    }

    @ParameterizedTest
    @EnumSource(ErrorClass.class)
    default void everyErrorClassIsReadBack(ErrorClass kind) {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();
            var end = s.failed(claimed, kind, "because");

            done(s.end(end));

            assertThat(s.state(claimed.id())).isEqualTo(end.to());
            assertThat(s.store.history(claimed.id()).getFirst().kind()).contains(kind);
        }
    }

    @Test
    default void aSnoozedJobComesBackThenWithoutAFailureAndItsHistorySaysWhy() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();

            done(s.end(s.snoozed(claimed, Duration.ofMinutes(5), "waiting for the upload")));

            Instant until = s.now().plusSeconds(300);
            assertThat(s.state(claimed.id())).isEqualTo(new Queued(until, 1, 0));
            assertThat(s.store.history(claimed.id()))
                    .containsExactly(
                            new AttemptEnd(
                                    1,
                                    How.SNOOZED,
                                    WORKER,
                                    s.now(),
                                    s.now(),
                                    null,
                                    "waiting for the upload"));
        }
    }

    @Test
    default void aReleasedJobCanBeClaimedAtOnceWithoutAFailure() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();

            done(s.end(s.released(claimed)));

            assertThat(s.state(claimed.id())).isEqualTo(new Queued(s.now(), 1, 0));
            assertThat(s.store.history(claimed.id()))
                    .containsExactly(
                            new AttemptEnd(1, How.RELEASED, WORKER, s.now(), s.now(), null, ""));
            assertThat(s.start("other", claimed.id()).token().attempt()).isEqualTo(2);
        }
    }

    @Test
    default void aJobSaysWhenItsLastAttemptStartedHoweverItStandsSince() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();
            Instant started = s.now();
            s.advance(Duration.ofSeconds(3));

            s.fail(claimed, ErrorClass.TRANSIENT);
            assertThat(s.find(claimed.id()).startedAt()).contains(started);
            s.store.cancel(claimed.id());
            assertThat(s.find(claimed.id()).startedAt()).contains(started);
            s.store.redrive(claimed.id());
            assertThat(s.find(claimed.id()).startedAt()).contains(started);
        }
    }

    @Test
    default void endsAreAnsweredInOrderEachOnItsOwn() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob a = s.start();
            ClaimedJob lost = s.start();
            ClaimedJob b = s.start();
            s.store.cancel(lost.id());

            List<Written> answers =
                    s.store.end(
                            List.of(
                                    s.completed(a, "1"),
                                    s.completed(lost, "2"),
                                    s.completed(a, "3"),
                                    s.failed(b, ErrorClass.USER, "no")));

            assertThat(answers.stream().map(w -> w instanceof Written.Done))
                    .containsExactly(true, false, false, true);
            assertThat(s.find(a.id()).output()).isEqualTo("1");
            assertThat(s.names(List.of(lost.id(), b.id())))
                    .containsExactly(JobState.Name.CANCELLED, JobState.Name.DEAD);
            assertThat(s.store.end(List.of())).isEmpty();
        }
    }

    @Test
    default void aLateCompletionCountsAsLongAsTheLeaseWasNotReclaimed() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();
            s.advance(Duration.ofHours(5));

            s.complete(claimed);

            assertThat(s.name(claimed.id())).isEqualTo(JobState.Name.SUCCEEDED);
        }
    }

    @Test
    default void aMessageOfManyCharactersIsReadBack() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();
            String message = "line 1\nline 2 😀 '\"\\ " + "x".repeat(JobError.CHARS_MAX - 30);

            s.end(s.failed(claimed, ErrorClass.PERMANENT, message));

            assertThat(s.find(claimed.id()).output()).isEqualTo(message);
            assertThat(s.store.history(claimed.id()).getFirst().message()).isEqualTo(message);
        }
    }

    // ---- Artifacts

    @Test
    default void artifactsAreListedByName() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();
            var b = file("out/b.png", "b");
            var a = new Artifact("a ü.txt", 5_000_000_000L, StoreDriver.hash("a"), "text/plain");

            s.complete(claimed, b, a);

            assertThat(s.store.artifacts(claimed.id())).containsExactly(a, b);
        }
    }

    @Test
    default void aLaterAttemptReplacesTheArtifactOfTheSameNameAndKeepsTheOthers() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();
            s.end(
                    s.failed(
                            s.start(id),
                            ErrorClass.TRANSIENT,
                            "no",
                            file("log.txt", "1"),
                            file("core.txt", "1")));
            s.advance(Duration.ofMinutes(1));
            s.complete(s.start(id), file("log.txt", "2"));

            assertThat(s.store.artifacts(id))
                    .containsExactly(file("core.txt", "1"), file("log.txt", "2"));
        }
    }

    @Test
    default void aDeadJobKeepsItsArtifacts() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();

            s.end(s.failed(claimed, ErrorClass.PERMANENT, "no", file("log.txt", "1")));

            assertThat(s.store.artifacts(claimed.id())).containsExactly(file("log.txt", "1"));
        }
    }

    // ---- Progress

    @Test
    default void theLatestProgressOfTheRunningAttemptIsSeen() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();
            done(s.store.progress(claimed.token(), new Progress(0.25, "a", s.now())));
            var latest = new Progress(1.0 / 3, "linking 😀", s.now());

            done(s.store.progress(claimed.token(), latest));

            assertThat(s.find(claimed.id()).progress()).contains(latest);
        }
    }

    @Test
    default void theNextAttemptStartsWithoutProgressAndAnEndedJobHasNone() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();
            ClaimedJob first = s.start(id);
            s.store.progress(first.token(), new Progress(0.9, "almost", s.now()));
            s.end(s.released(first));
            assertThat(s.find(id).progress()).isEmpty();

            ClaimedJob second = s.start(id);
            assertThat(s.find(id).progress()).isEmpty();
            s.store.progress(second.token(), new Progress(0.5, "half", s.now()));
            s.complete(second);

            assertThat(s.find(id).progress()).isEmpty();
        }
    }

    // ---- Log

    @Test
    default void theLogIsReadOldestFirstInPagesAcrossAttempts() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();
            var written = new ArrayList<LogLine>();
            for (int attempt = 1; attempt <= 2; attempt++) {
                ClaimedJob claimed = s.start(id);
                for (int i = 0; i < 5; i++) written.add(line(s, attempt, i, "line " + i));
                done(
                        s.store.log(
                                claimed.token(),
                                written.subList(written.size() - 5, written.size())));
                s.end(s.released(claimed));
            }

            var read = new ArrayList<LogLine>();
            List<LogLine> page = s.store.logs(id, 0, -1, 3);
            while (!page.isEmpty()) {
                assertThat(page).hasSizeLessThanOrEqualTo(3);
                read.addAll(page);
                page = s.store.logs(id, page.getLast().attempt(), page.getLast().seq(), 3);
            }
            assertThat(read).containsExactlyElementsOf(written);
        }
    }

    @Test
    default void aLineWrittenTwiceIsKeptOnce() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();
            List<LogLine> lines = List.of(line(s, 1, 0, "a"), line(s, 1, 1, "b"));
            done(s.store.log(claimed.token(), lines));

            done(s.store.log(claimed.token(), List.of(lines.getLast(), line(s, 1, 2, "c"))));

            assertThat(s.store.logs(claimed.id(), 0, -1, 9).stream().map(LogLine::text))
                    .containsExactly("a", "b", "c");
        }
    }

    @Test
    default void theLogOutlivesTheAttempt() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();
            LogLine line = new LogLine(1, 7, s.now(), Stream.STDERR, "x".repeat(10_000));
            done(s.store.log(claimed.token(), List.of(line)));

            s.fail(claimed, ErrorClass.PERMANENT);

            assertThat(s.store.logs(claimed.id(), 0, -1, 9)).containsExactly(line);
        }
    }

    @Test
    default void whateverACommandPrintsCanBeLogged() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob claimed = s.start();
            List<String> texts =
                    List.of("", "tab\tbell\u0007 esc\u001b[1m", "nul\u0000nul", "half\ud83d", "😀");
            var lines = new ArrayList<LogLine>();
            for (String text : texts) lines.add(line(s, 1, lines.size(), text));

            done(s.store.log(claimed.token(), lines));

            List<String> read =
                    s.store.logs(claimed.id(), 0, -1, 9).stream().map(LogLine::text).toList();
            assertThat(read).hasSize(5);
            assertThat(read.get(0)).isEmpty();
            assertThat(read.get(1)).isEqualTo(texts.get(1));
            // What is no text may come back marked as such, but nothing around it is lost.
            assertThat(read.get(2)).startsWith("nul").endsWith("nul");
            assertThat(read.get(3)).startsWith("half");
            assertThat(read.get(4)).isEqualTo("😀");
        }
    }

    @Test
    default void aJobThatIsNotThereHasNothing() {
        try (var s = new StoreDriver(this)) {
            JobId none = s.nextId();

            assertThat(s.store.find(none)).isEmpty();
            assertThat(s.store.states(List.of(none))).isEmpty();
            assertThat(s.store.history(none)).isEmpty();
            assertThat(s.store.logs(none, 0, -1, 9)).isEmpty();
            assertThat(s.store.artifacts(none)).isEmpty();
            assertThat(s.store.children(none)).isEmpty();
        }
    }

    @Test
    default void theHistoryIsOldestFirstHoweverTheAttemptsEnded() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();
            s.end(s.released(s.start(id)));
            s.end(s.snoozed(s.start(id), Duration.ofSeconds(1), "why"));
            s.advance(Duration.ofSeconds(1));
            s.fail(s.start(id), ErrorClass.INFRASTRUCTURE);
            s.advance(Duration.ofMinutes(10));
            ClaimedJob lost = s.start(id);
            s.advance(StoreDriver.TTL);
            assertThat(s.reclaim(s.lease(lost))).isEqualTo(1);
            s.advance(Duration.ofMinutes(10));
            ClaimedJob last = s.start(id);
            s.store.cancel(id);

            assertThat(s.store.history(id).stream().map(AttemptEnd::how))
                    .containsExactly(
                            How.RELEASED, How.SNOOZED, How.FAILED, How.LEASE_LOST, How.CANCELLED);
            assertThat(s.store.history(id).stream().map(AttemptEnd::attempt))
                    .containsExactly(1, 2, 3, 4, 5);
            assertThat(last.state().failures()).isEqualTo(1);
            assertThat(ids(s.claim(9))).isEmpty();
        }
    }

    private static LogLine line(StoreDriver s, int attempt, long seq, String text) {
        return new LogLine(attempt, seq, s.now(), Stream.STDOUT, text);
    }
}
