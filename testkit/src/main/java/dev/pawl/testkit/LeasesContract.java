package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Artifact;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Engine;
import dev.pawl.core.EngineListener;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobError;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Leases;
import dev.pawl.core.Limit;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Progress;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.Report;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Token;
import dev.pawl.core.ToolId;
import dev.pawl.core.WorkerEntry;
import dev.pawl.core.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker may rely on, wherever the store is that keeps its leases. */
@Timeout(60)
public interface LeasesContract {
    ToolId TOOL = ToolId.parse("shout@1");
    Duration TTL = Duration.ofSeconds(30);
    String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    /** Leases, and the engine that keeps them. */
    interface Subject extends AutoCloseable {
        Leases leases();

        Engine engine();

        /** Keeps a file where this worker's attempts do. */
        Artifact keep(String name, String content);

        @Override
        void close();
    }

    Subject open() throws Exception;

    @Test
    default void aClaimGetsWhatWasSubmitted() throws Exception {
        try (Subject on = open()) {
            JobId id =
                    submit(
                            on,
                            of("{\"text\":\"hi\",\"n\":9007199254740993.50}")
                                    .priority(7)
                                    .correlationId("flow")
                                    .traceparent(TRACE)
                                    .limit(new Limit("tool:shout@1", 3)));

            List<ClaimedJob> jobs = claim(on, 1, 5);

            ClaimedJob job = jobs.getFirst();
            assertThat(jobs).hasSize(1);
            assertThat(job.token()).isEqualTo(new Token(id, 1, lease(1)));
            assertThat(job.submission().tool()).isEqualTo(TOOL);
            assertThat(job.submission().input())
                    .isEqualTo("{\"text\":\"hi\",\"n\":9007199254740993.50}");
            assertThat(job.submission().priority()).isEqualTo(7);
            assertThat(job.submission().correlationId()).isEqualTo("flow");
            assertThat(job.submission().traceparent()).isEqualTo(TRACE);
            assertThat(job.submission().limit()).isEqualTo(new Limit("tool:shout@1", 3));
            assertThat(job.state().failures()).isZero();
            assertThat(job.state().lease().worker()).isEqualTo("w");
            assertThat(on.engine().store().find(id).orElseThrow().state())
                    .isInstanceOf(JobState.Running.class);
        }
    }

    @Test
    default void aClaimTakesNoMoreThanItWants() throws Exception {
        try (Subject on = open()) {
            for (int i = 0; i < 3; i++) submit(on, of("{\"n\":%d}".formatted(i)));

            assertThat(claim(on, 1, 2)).hasSize(2);
            assertThat(claim(on, 2, 2)).hasSize(1);
            assertThat(claim(on, 3, 2)).isEmpty();
        }
    }

    @Test
    default void whatALostClaimGotCanBeAskedFor() throws Exception {
        try (Subject on = open()) {
            submit(on, of("{}"));
            List<ClaimedJob> jobs = claim(on, 1, 1);

            assertThat(on.leases().claimed(lease(1), "w")).isEqualTo(jobs);
            assertThat(on.leases().claimed(lease(2), "w")).isEmpty();
            assertThat(on.leases().claimed(lease(1), "another")).isEmpty();
        }
    }

    @Test
    default void aRenewalSaysWhatStandsAndWhatHasToStop() throws Exception {
        try (Subject on = open()) {
            submit(on, of("{\"n\":1}"));
            claim(on, 1, 1);
            JobId cancelled = submit(on, of("{\"n\":2}"));
            Token stopping = claim(on, 2, 1).getFirst().token();
            on.engine().cancel(cancelled);

            Renewed renewed =
                    on.leases().renew(new Renewal("w", Set.of(lease(1), lease(2), lease(3)), TTL));

            assertThat(renewed.leases()).containsExactlyInAnyOrder(lease(1), lease(2));
            assertThat(renewed.stop()).containsExactly(stopping);
            assertThat(on.leases().stopped(stopping)).isInstanceOf(Written.Done.class);
            assertThat(on.leases().stopped(stopping)).isInstanceOf(Written.LeaseLost.class);
            assertThat(look(on, cancelled).stopping()).isFalse();
        }
    }

    @Test
    default void progressAndLogAreKeptAsTheyWere() throws Exception {
        try (Subject on = open()) {
            JobId id = submit(on, of("{}"));
            Token token = claim(on, 1, 1).getFirst().token();
            var line = new LogLine(1, 4, SAID, LogLine.Stream.STDERR, "wörds");

            assertThat(on.leases().log(token, List.of(line))).isInstanceOf(Written.Done.class);
            assertThat(on.leases().progress(token, new Progress(0.25, "linking", SAID)))
                    .isInstanceOf(Written.Done.class);

            assertThat(on.engine().store().logs(id, 0, -1, 10)).containsExactly(line);
            Progress progress = look(on, id).progress().orElseThrow();
            assertThat(progress.fraction()).isEqualTo(0.25);
            assertThat(progress.text()).isEqualTo("linking");
        }
    }

    @Test
    default void endsAreWrittenInOrderEachAsItsOutcomeSays() throws Exception {
        try (Subject on = open()) {
            for (int i = 0; i < 4; i++) submit(on, of("{\"n\":%d}".formatted(i)));
            List<ClaimedJob> jobs = claim(on, 1, 4);
            Artifact file = on.keep("out/a.txt", "content");

            List<Written> written =
                    on.leases()
                            .end(
                                    "w",
                                    List.of(
                                            ended(jobs.get(0), succeeded("{\"a\":1.50}", file)),
                                            ended(jobs.get(1), USER_ERROR),
                                            ended(jobs.get(2), LATER),
                                            new Report.GivenBack(jobs.get(3))));

            assertThat(written).hasSize(4).allMatch(each -> each instanceof Written.Done);
            Job done = look(on, jobs.get(0).id());
            assertThat(done.state()).isInstanceOf(JobState.Succeeded.class);
            assertThat(done.output()).isEqualTo("{\"a\":1.50}");
            assertThat(on.engine().store().artifacts(done.id())).containsExactly(file);
            assertThat(look(on, jobs.get(1).id()).state())
                    .isInstanceOfSatisfying(
                            JobState.Dead.class,
                            dead -> assertThat(dead.kind()).isEqualTo(ErrorClass.USER));
            assertThat(look(on, jobs.get(1).id()).output()).isEqualTo("no such word");
            assertThat(look(on, jobs.get(2).id()).state())
                    .isInstanceOfSatisfying(
                            JobState.Queued.class,
                            queued -> assertThat(queued.failures()).isZero());
            assertThat(claim(on, 2, 4)).hasSize(1);
            assertThat(on.engine().store().history(jobs.get(3).id()).getFirst().worker())
                    .isEqualTo("w");
        }
    }

    @Test
    default void oneThatLostItsLeaseIsRefusedAloneAndWithAReason() throws Exception {
        try (Subject on = open()) {
            for (int i = 0; i < 3; i++) submit(on, of("{\"n\":%d}".formatted(i)));
            List<ClaimedJob> jobs = claim(on, 1, 3);
            on.engine().cancel(jobs.get(1).id());

            List<Written> written =
                    on.leases().end("w", jobs.stream().<Report>map(j -> ended(j, DONE)).toList());

            assertThat(written.get(0)).isInstanceOf(Written.Done.class);
            assertThat(written.get(1))
                    .isInstanceOfSatisfying(
                            Written.LeaseLost.class,
                            lost ->
                                    assertThat(lost.reason())
                                            .contains(jobs.get(1).id().toString(), "cancelled"));
            assertThat(written.get(2)).isInstanceOf(Written.Done.class);
        }
    }

    @Test
    default void everyWriteOfALateAttemptIsRefused() throws Exception {
        try (Subject on = open()) {
            JobId id = submit(on, of("{}"));
            ClaimedJob first = claim(on, 1, 1).getFirst();
            on.leases().end("w", List.of(new Report.GivenBack(first)));
            ClaimedJob second = claim(on, 2, 1).getFirst();
            Token late = first.token();
            Artifact file = on.keep("late", "late");

            assertThat(on.leases().log(late, List.of(LINE))).isInstanceOf(Written.LeaseLost.class);
            assertThat(on.leases().progress(late, new Progress(1, "", SAID)))
                    .isInstanceOf(Written.LeaseLost.class);
            assertThat(on.leases().stopped(late)).isInstanceOf(Written.LeaseLost.class);
            for (Outcome outcome : List.of(succeeded("{}", file), USER_ERROR, LATER))
                assertThat(on.leases().end("w", List.of(ended(first, outcome))))
                        .hasOnlyElementsOfType(Written.LeaseLost.class);

            assertThat(look(on, id).state()).isEqualTo(second.state());
            assertThat(on.engine().store().logs(id, 0, -1, 10)).isEmpty();
        }
    }

    @Test
    default void aSpentLeaseIsForgotten() throws Exception {
        try (Subject on = open()) {
            submit(on, of("{}"));
            ClaimedJob job = claim(on, 1, 1).getFirst();
            on.leases().end("w", List.of(ended(job, DONE)));

            on.leases().claim(new Claim(lease(2), "w", TTL, List.of(), Set.of(lease(1))));

            assertThat(on.engine().store().leases()).isEmpty();
        }
    }

    @Test
    default void aWorkerIsKnownUntilItLeaves() throws Exception {
        try (Subject on = open()) {
            on.leases()
                    .register(
                            new WorkerEntry(
                                    "w", "host/boot", 7, SAID, Set.of(TOOL), 3, SAID, SAID));

            WorkerEntry known = on.engine().store().workers().getFirst();
            assertThat(known.id()).isEqualTo("w");
            assertThat(known.host()).startsWith("host");
            assertThat(known.pid()).isEqualTo(7);
            assertThat(known.tools()).containsExactly(TOOL);
            assertThat(known.slots()).isEqualTo(3);

            on.leases().unregister("w");
            assertThat(on.engine().store().workers()).isEmpty();
        }
    }

    @Test
    default void aListenerHearsOfJobsAndOfCancels() throws Exception {
        try (Subject on = open()) {
            var ready = new CountDownLatch(1);
            var stop = new CountDownLatch(1);
            var listener =
                    new EngineListener() {
                        @Override
                        public void jobsReady() {
                            ready.countDown();
                        }

                        @Override
                        public void stopWanted(JobId id) {
                            stop.countDown();
                        }
                    };
            on.leases().listen(listener);

            JobId id = submit(on, of("{}"));
            assertThat(ready.await(30, TimeUnit.SECONDS)).isTrue();
            claim(on, 1, 1);
            on.engine().cancel(id);
            assertThat(stop.await(30, TimeUnit.SECONDS)).isTrue();

            on.leases().unlisten(listener);
        }
    }

    Instant SAID = Instant.parse("2026-01-31T08:00:00.123Z");
    LogLine LINE = new LogLine(1, 0, SAID, LogLine.Stream.STDOUT, "late");
    Outcome DONE = new Outcome.Succeeded("{}", List.of());
    Outcome USER_ERROR =
            new Outcome.Failed(new JobError(ErrorClass.USER, "no such word"), List.of());
    Outcome LATER = new Outcome.Snoozed(Duration.ofHours(1), "busy");

    private static Outcome succeeded(String output, Artifact file) {
        return new Outcome.Succeeded(output, List.of(file));
    }

    private static Report ended(ClaimedJob job, Outcome outcome) {
        return new Report.Ended(job, outcome);
    }

    private static LeaseId lease(int number) {
        return new LeaseId(new UUID(8, number));
    }

    private static Submission.Builder of(String input) {
        return Submission.of(TOOL, input);
    }

    private static JobId submit(Subject on, Submission.Builder submission) {
        return ((Submitted.Accepted) on.engine().submit(submission.build())).id();
    }

    private static List<ClaimedJob> claim(Subject on, int lease, int max) {
        var want = Claim.Want.of(Set.of(TOOL), max);
        var claim = new Claim(lease(lease), "w", TTL, List.of(want), Set.of());
        return on.leases().claim(claim).jobs();
    }

    private static Job look(Subject on, JobId id) {
        return on.engine().store().find(id).orElseThrow();
    }
}
