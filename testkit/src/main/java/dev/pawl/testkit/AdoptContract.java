package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.TOOL;
import static dev.pawl.testkit.StoreDriver.file;
import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Count;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.PastJob;
import dev.pawl.core.Ran;
import dev.pawl.core.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Jobs that have ended elsewhere. */
public interface AdoptContract extends StoreSubject {
    UUID THERE = UUID.fromString("9b2c1d3e-4f50-4abc-9def-0123456789ab");
    Duration AGE = Duration.ofDays(30);

    private static Submission.Builder asked(UUID there) {
        return job().tags(Set.of(PastJob.TAG + there, "app:x"))
                .owner("ann")
                .tenant("acme")
                .correlationId("flow-1")
                .priority(7);
    }

    /** One that ran for four seconds, a month ago. */
    private static PastJob succeeded(StoreDriver s, UUID there) {
        Instant submitted = s.now().minus(AGE);
        Instant started = submitted.plusSeconds(2);
        Instant ended = submitted.plusSeconds(6);
        return new PastJob(
                PastJob.id(there, submitted),
                asked(there).build(),
                submitted,
                started,
                new JobState.Succeeded(ended, 1),
                "{\"n\":1}",
                List.of(),
                List.of(
                        new LogLine(1, 0, started, LogLine.Stream.STDOUT, "begins"),
                        new LogLine(1, 1, ended, LogLine.Stream.STDERR, "ends")),
                List.of(file("a.txt", "content")));
    }

    private static PastJob dead(StoreDriver s, UUID there) {
        Instant submitted = s.now().minus(AGE);
        Instant ended = submitted.plusSeconds(9);
        var state = new JobState.Dead(ended, 3, ErrorClass.PERMANENT);
        return new PastJob(
                PastJob.id(there, submitted),
                asked(there).build(),
                submitted,
                submitted,
                state,
                "exited with 2",
                List.of(
                        new AttemptEnd(
                                3,
                                AttemptEnd.How.FAILED,
                                "w",
                                submitted,
                                ended,
                                state.kind(),
                                "exited with 2")),
                List.of(),
                List.of());
    }

    private static PastJob cancelled(StoreDriver s, UUID there) {
        Instant submitted = s.now().minus(AGE);
        return new PastJob(
                PastJob.id(there, submitted),
                asked(there).build(),
                submitted,
                null,
                new JobState.Cancelled(submitted.plusSeconds(1), 0),
                "",
                List.of(),
                List.of(),
                List.of());
    }

    @Test
    default void aPastJobIsFoundAsItEnded() {
        try (var s = new StoreDriver(this)) {
            PastJob past = succeeded(s, THERE);

            assertThat(s.adopt(past)).containsExactly(past.id());

            Job found = s.find(past.id());
            assertThat(found.submission()).isEqualTo(past.submission());
            assertThat(found.submittedAt()).isEqualTo(past.submittedAt());
            assertThat(found.startedAt()).contains(past.submittedAt().plusSeconds(2));
            assertThat(found.state()).isEqualTo(past.state());
            assertThat(found.output()).isEqualTo("{\"n\":1}");
            assertThat(s.store.logs(past.id(), 0, -1, 9)).isEqualTo(past.log());
            assertThat(s.store.artifacts(past.id())).isEqualTo(past.artifacts());
            assertThat(s.store.history(past.id())).isEmpty();
            assertThat(s.store.counts())
                    .containsExactly(
                            new Count(
                                    "default",
                                    TOOL,
                                    JobState.Name.SUCCEEDED,
                                    1,
                                    new Ran(1, Duration.ofSeconds(4))));
            assertThat(s.store.queues()).extracting(q -> q.name()).containsExactly("default");
        }
    }

    @Test
    default void deadAndCancelledPastJobsAreFoundToo() {
        try (var s = new StoreDriver(this)) {
            PastJob dead = dead(s, new UUID(0x4001, 1));
            PastJob cancelled = cancelled(s, new UUID(0x4001, 2));

            assertThat(s.adopt(dead, cancelled)).containsExactly(dead.id(), cancelled.id());

            assertThat(s.find(dead.id()).output()).isEqualTo("exited with 2");
            assertThat(s.store.history(dead.id())).isEqualTo(dead.history());
            assertThat(s.find(cancelled.id()).state()).isEqualTo(cancelled.state());
            assertThat(s.find(cancelled.id()).startedAt()).isEmpty();
        }
    }

    @Test
    default void oneThatIsHereAlreadyStaysAsItIs() {
        try (var s = new StoreDriver(this)) {
            PastJob first = dead(s, THERE);
            PastJob other = cancelled(s, new UUID(0x4001, 2));
            s.adopt(first);

            assertThat(s.adopt(succeeded(s, THERE), other)).containsExactly(other.id());
            assertThat(s.adopt(first, other)).isEmpty();

            assertThat(s.find(first.id()).state()).isEqualTo(first.state());
            assertThat(s.store.logs(first.id(), 0, -1, 9)).isEmpty();
            assertThat(s.store.artifacts(first.id())).isEmpty();
        }
    }

    @Test
    default void aPastJobStandsInListsWhereItsTimeIs() {
        try (var s = new StoreDriver(this)) {
            JobId before = s.submit();
            PastJob past = succeeded(s, THERE);
            s.adopt(past);
            JobId after = s.submit();

            assertThat(s.listAll(JobFilter.ALL))
                    .extracting(Job::id)
                    .containsExactly(after, before, past.id());
            JobFilter tagged = JobFilter.ALL.withTag(PastJob.TAG + THERE);
            assertThat(s.listAll(tagged)).extracting(Job::id).containsExactly(past.id());
            Instant then = past.submittedAt();
            assertThat(s.listAll(JobFilter.ALL.withTime(then, then.plusSeconds(1))))
                    .extracting(Job::id)
                    .containsExactly(past.id());
            assertThat(s.listAll(JobFilter.ALL.withOwner("ann")))
                    .extracting(Job::id)
                    .containsExactly(past.id());
        }
    }

    @Test
    default void aPastJobIsFoundByTheNameItHad() {
        try (var s = new StoreDriver(this)) {
            PastJob past = succeeded(s, THERE);
            s.adopt(past);
            JobId pretends = s.submit(job().tags(Set.of(PastJob.TAG + new UUID(0x4001, 9))));

            Job found = PastJob.find(s.store, "default", THERE.toString()).orElseThrow();
            assertThat(found.id()).isEqualTo(past.id());
            assertThat(found.output()).isEqualTo("{\"n\":1}");
            assertThat(PastJob.name(found)).isEqualTo(THERE.toString());
            assertThat(PastJob.find(s.store, "default", past.id().toString())).contains(found);
            assertThat(PastJob.find(s.store, "other", THERE.toString())).isEmpty();
            assertThat(PastJob.find(s.store, "default", "no id")).isEmpty();
            // Who submits a job with such a tag gives it no such name.
            assertThat(PastJob.find(s.store, "default", new UUID(0x4001, 9).toString())).isEmpty();
            assertThat(PastJob.name(s.find(pretends))).isEqualTo(pretends.toString());
        }
    }

    @Test
    default void historyTellsNobody() {
        try (var s = new StoreDriver(this)) {
            JobId told = s.submit();
            PastJob past = succeeded(s, THERE);

            s.adopt(past);

            assertThat(s.store.events(0, 9).events())
                    .extracting(e -> e.job())
                    .containsExactly(told);
            assertThat(s.store.standing(past.id()).orElseThrow().state()).isEqualTo(past.state());
        }
    }

    @Test
    default void aDeadPastJobIsRedrivenOrDiscarded() {
        try (var s = new StoreDriver(this)) {
            PastJob back = dead(s, new UUID(0x4001, 1));
            PastJob gone = dead(s, new UUID(0x4001, 2));
            s.adopt(back, gone);

            s.store.redrive(back.id());
            s.store.discard(gone.id());

            assertThat(s.start(back.id()).token().attempt()).isEqualTo(4);
            assertThat(s.store.find(gone.id())).isEmpty();
        }
    }
}
