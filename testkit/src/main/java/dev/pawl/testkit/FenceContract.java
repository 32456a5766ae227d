package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.AttemptEnd.How;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Count;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobError;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.Progress;
import dev.pawl.core.Store;
import dev.pawl.core.Token;
import dev.pawl.core.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Fencing: a write whose token doesn't hold the job changes nothing, and says why. */
public interface FenceContract extends StoreSubject {
    /** A write of an attempt, by its token. */
    @FunctionalInterface
    interface FencedWrite {
        Written by(StoreDriver s, Token token);
    }

    /** How a token came to hold its job no more. */
    @FunctionalInterface
    interface Loss {
        Token in(StoreDriver s);
    }

    /** Every fenced write with every token that lost its job. */
    @TestFactory
    default Stream<DynamicTest> aWriteWithoutTheLeaseChangesNothing() {
        var s = new StoreDriver(this);
        var tests = new ArrayList<DynamicTest>();
        for (Case<Loss> loss : losses())
            for (Case<FencedWrite> write : writes())
                tests.add(
                        dynamicTest(
                                write.name + " " + loss.name + " -> lease lost",
                                () -> refused(s, loss.what.in(s), write.what)));
        return tests.stream().onClose(s::close);
    }

    /** Of an attempt that was lost and one that holds the job, written together, one counts. */
    @Test
    default void ofTwoAttemptsOfAJobInOneWriteOnlyTheOneThatHoldsItEnds() {
        for (boolean lostFirst : new boolean[] {true, false})
            try (var s = new StoreDriver(this)) {
                ClaimedJob lost = s.start();
                s.end(s.released(lost));
                ClaimedJob holds = s.start("other", lost.id());
                End late = s.completed(lost, "\"late\"");
                End held = s.completed(holds, "\"held\"");

                List<Written> answers =
                        s.store.end(lostFirst ? List.of(late, held) : List.of(held, late));

                assertThat(answers.get(lostFirst ? 0 : 1)).isInstanceOf(Written.LeaseLost.class);
                assertThat(answers.get(lostFirst ? 1 : 0)).isEqualTo(new Written.Done(false));
                assertThat(s.find(lost.id()).output()).isEqualTo("\"held\"");
                assertThat(s.find(lost.id()).state().attempt()).isEqualTo(2);
                assertThat(s.store.counts())
                        .filteredOn(count -> count.jobs() != 0)
                        .extracting(Count::state, Count::jobs)
                        .containsExactly(tuple(JobState.Name.SUCCEEDED, 1L));
            }
    }

    private static void refused(StoreDriver s, Token token, FencedWrite write) {
        Everything before = Everything.of(s.store, token.job());

        Written written = write.by(s, token);

        assertThat(written).isInstanceOf(Written.LeaseLost.class);
        assertThat(((Written.LeaseLost) written).reason()).isNotBlank();
        assertThat(Everything.of(s.store, token.job())).isEqualTo(before);
    }

    private static List<Case<FencedWrite>> writes() {
        return List.of(
                new Case<>("complete", (s, t) -> s.end(ending(s, t, How.COMPLETED))),
                new Case<>("fail", (s, t) -> s.end(ending(s, t, How.FAILED))),
                new Case<>("snooze", (s, t) -> s.end(ending(s, t, How.SNOOZED))),
                new Case<>("release", (s, t) -> s.end(ending(s, t, How.RELEASED))),
                new Case<>(
                        "progress",
                        (s, t) -> s.store.progress(t, new Progress(0.5, "late", s.now()))),
                new Case<>(
                        "log",
                        (s, t) ->
                                s.store.log(
                                        t,
                                        List.of(
                                                new LogLine(
                                                        t.attempt(),
                                                        99,
                                                        s.now(),
                                                        LogLine.Stream.STDOUT,
                                                        "late")))),
                new Case<>("log of nothing", (s, t) -> s.store.log(t, List.of())));
    }

    private static List<Case<Loss>> losses() {
        return List.of(
                new Case<>("with an attempt that ended before", FenceContract::stale),
                new Case<>("with an attempt that is yet to come", FenceContract::future),
                new Case<>("under another lease", FenceContract::foreign),
                new Case<>("of a queued job", FenceContract::queued),
                new Case<>("of a job that was never claimed", FenceContract::unclaimed),
                new Case<>("of a job that succeeded", s -> over(s, ErrorClass.EXPIRED)),
                new Case<>("of a dead job", s -> over(s, ErrorClass.PERMANENT)),
                new Case<>("of a cancelled job that is stopping", s -> cancelled(s, false)),
                new Case<>("of a cancelled job that stopped", s -> cancelled(s, true)),
                new Case<>("after the lease was reclaimed", FenceContract::reclaimed),
                new Case<>("of a discarded job", FenceContract::discarded),
                new Case<>("of an unknown job", s -> new Token(s.nextId(), 1, s.nextLease())));
    }

    private static Token stale(StoreDriver s) {
        ClaimedJob first = s.start();
        s.end(s.released(first));
        s.start("other", first.id());
        return first.token();
    }

    private static Token future(StoreDriver s) {
        Token token = s.start().token();
        return new Token(token.job(), 2, token.lease());
    }

    private static Token foreign(StoreDriver s) {
        // The lease stands and is of the same worker, but another job runs under it.
        return new Token(s.start().id(), 1, s.start().token().lease());
    }

    private static Token queued(StoreDriver s) {
        ClaimedJob job = s.start();
        s.end(s.released(job));
        return job.token();
    }

    private static Token unclaimed(StoreDriver s) {
        return new Token(s.submit(), 1, s.start().token().lease());
    }

    private static Token over(StoreDriver s, ErrorClass kind) {
        ClaimedJob job = s.start();
        if (kind == ErrorClass.PERMANENT) s.fail(job, kind);
        else s.complete(job);
        return job.token();
    }

    private static Token cancelled(StoreDriver s, boolean stopped) {
        ClaimedJob job = s.start();
        s.store.cancel(job.id());
        if (stopped) StoreDriver.done(s.store.stopped(job.token()));
        return job.token();
    }

    private static Token reclaimed(StoreDriver s) {
        ClaimedJob job = s.start();
        s.advance(StoreDriver.TTL);
        assertThat(s.reclaim(s.lease(job))).isEqualTo(1);
        return job.token();
    }

    private static Token discarded(StoreDriver s) {
        ClaimedJob job = s.start();
        s.fail(job, ErrorClass.PERMANENT);
        assertThat(s.store.discard(job.id())).isPresent();
        return job.token();
    }

    private static End ending(StoreDriver s, Token token, How how) {
        int attempt = token.attempt();
        JobState to =
                how == How.COMPLETED
                        ? new JobState.Succeeded(s.now(), attempt)
                        : new JobState.Queued(s.now().plus(Duration.ofSeconds(1)), attempt, 0);
        JobError error = how == How.FAILED ? new JobError(ErrorClass.TRANSIENT, "late") : null;
        return new End(token, how, to, "late", error, "\"late\"", List.of(file("late", "late")));
    }

    /** Only the attempt that was cancelled can say that it has stopped. */
    @TestFactory
    default Stream<DynamicTest> whoIsNotStoppingCannotSayThatItStopped() {
        var s = new StoreDriver(this);
        var tests = new ArrayList<DynamicTest>();
        for (Case<Loss> loss : losses())
            if (!loss.name.equals("of a cancelled job that is stopping"))
                tests.add(
                        dynamicTest("stopped " + loss.name, () -> stopRefused(s, loss.what.in(s))));
        tests.add(dynamicTest("stopped of a running job", () -> stopRefused(s, s.start().token())));
        tests.add(
                dynamicTest(
                        "stopped of a cancelled job, with another attempt",
                        () -> {
                            Token token = cancelled(s, false);
                            stopRefused(s, new Token(token.job(), 2, token.lease()));
                        }));
        tests.add(
                dynamicTest(
                        "stopped of a cancelled job, under another lease",
                        () -> {
                            Token token = cancelled(s, false);
                            stopRefused(s, new Token(token.job(), 1, s.nextLease()));
                        }));
        return tests.stream().onClose(s::close);
    }

    private static void stopRefused(StoreDriver s, Token token) {
        refused(s, token, (driver, t) -> driver.store.stopped(t));
    }

    /** A case and its name. */
    record Case<T>(String name, T what) {}

    /** All that can be seen of one job. */
    record Everything(
            Optional<Job> job,
            List<AttemptEnd> history,
            List<LogLine> log,
            List<Artifact> artifacts) {
        static Everything of(Store store, JobId id) {
            return new Everything(
                    store.find(id),
                    store.history(id),
                    store.logs(id, 0, -1, 1_000),
                    store.artifacts(id));
        }
    }
}
