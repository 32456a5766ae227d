package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Written;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every order of the statements of two moves that meet at a third job, a key or a flight, as {@link
 * PostgresInterleavingTest}.
 */
@Tag("process")
@Timeout(600)
final class PostgresInterleavingKinTest extends Scenes {
    // ---- Children and parents: one of the two waits for the other, so nobody is forgotten

    @Test
    void aChildOfAParentThatEndsIsNeverForgotten() throws Exception {
        inEveryOrder(() -> {
            submit();
            ClaimedJob parent = claim("a", 1).getFirst();
            JobId child = nextId();
            return new Two<>(
                    () -> end(parent),
                    () -> submit(child, job -> job.parents(Set.of(parent.id()))),
                    (written, submitted) ->
                            assertThat(state(child)).isEqualTo(JobState.Name.QUEUED));
        });
    }

    @Test
    void aChildOfAParentThatIsCancelledIsCancelled() throws Exception {
        inEveryOrder(() -> {
            JobId parent = submit();
            JobId child = nextId();
            return new Two<>(
                    () -> store.cancel(parent),
                    () -> submit(child, job -> job.parents(Set.of(parent))),
                    (before, submitted) ->
                            assertThat(state(child)).isEqualTo(JobState.Name.CANCELLED));
        });
    }

    @Test
    void aChildOfAParentThatIsClaimedWaits() throws Exception {
        inEveryOrder(() -> {
            JobId parent = submit();
            JobId child = nextId();
            return new Two<>(
                    () -> claim("a", 1),
                    () -> submit(child, job -> job.parents(Set.of(parent))),
                    (claimed, submitted) -> {
                        assertThat(state(child)).isEqualTo(JobState.Name.WAITING);
                        List<ClaimedJob> now = claimed.isEmpty() ? claim("b", 1) : claimed;
                        end(now.getFirst());
                        assertThat(state(child)).isEqualTo(JobState.Name.QUEUED);
                    });
        });
    }

    @Test
    void aChildOfTwoParentsThatEndTogetherStarts() throws Exception {
        inEveryOrder(() -> {
            JobId one = submit();
            JobId other = submit();
            List<ClaimedJob> parents = claim("a", 2);
            JobId child = submit(job -> job.parents(Set.of(one, other)));
            return new Two<>(
                    () -> end(parents.getFirst()),
                    () -> end(parents.getLast()),
                    (a, b) -> assertThat(state(child)).isEqualTo(JobState.Name.QUEUED));
        });
    }

    @Test
    void aChildThatIsCancelledWhileItsParentEndsStaysSo() throws Exception {
        inEveryOrder(() -> {
            JobId parent = submit();
            ClaimedJob running = claim("a", 1).getFirst();
            JobId child = submit(job -> job.parents(Set.of(parent)));
            return new Two<>(
                    () -> end(running),
                    () -> store.cancel(child),
                    (written, before) -> {
                        assertThat(written).isInstanceOf(Written.Done.class);
                        assertThat(state(child)).isEqualTo(JobState.Name.CANCELLED);
                    });
        });
    }

    // ---- From outside

    @Test
    void aDeadJobIsRedrivenOrDiscarded() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            store.cancel(id);
            return new Two<>(
                    () -> store.redrive(id),
                    () -> store.discard(id),
                    (redriven, discarded) -> {
                        Optional<JobState> now =
                                Optional.ofNullable(store.states(List.of(id)).get(id));
                        boolean gone = now.isEmpty();
                        assertThat(redriven.isPresent() || gone).isTrue();
                        if (!gone) assertThat(now.get().name()).isEqualTo(JobState.Name.QUEUED);
                    });
        });
    }

    @Test
    void aDeadJobIsRedrivenOnce() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            store.cancel(id);
            return new Two<>(
                    () -> store.redrive(id),
                    () -> store.redrive(id),
                    (a, b) -> assertThat(claim("a", 2)).hasSize(1));
        });
    }

    // ---- The same again: keys and flights

    @Test
    void aKeyIsOneJob() throws Exception {
        inEveryOrder(() -> {
            UnaryOperator<Submission.Builder> keyed = job -> job.idempotencyKey("k");
            return new Two<>(
                    () -> submit(nextId(), keyed),
                    () -> submit(nextId(), keyed),
                    (a, b) -> {
                        assertThat(List.of(a, b))
                                .filteredOn(Submitted.Accepted.class::isInstance)
                                .hasSize(1);
                        assertThat(claim("a", 2)).hasSize(1);
                    });
        });
    }

    @Test
    void ofTwoEqualJobsOneLeads() throws Exception {
        inEveryOrder(() -> {
            JobId one = nextId();
            JobId other = nextId();
            return new Two<>(
                    () -> submit(one, Scenes::shared),
                    () -> submit(other, Scenes::shared),
                    (a, b) -> {
                        List<ClaimedJob> claimed = claim("a", 2);
                        assertThat(claimed).hasSize(1);
                        end(claimed.getFirst());
                        assertThat(state(one)).isEqualTo(JobState.Name.SUCCEEDED);
                        assertThat(state(other)).isEqualTo(JobState.Name.SUCCEEDED);
                    });
        });
    }

    @Test
    void aFollowerOfALeaderThatEndsIsNeverForgotten() throws Exception {
        inEveryOrder(() -> {
            submit(Scenes::shared);
            ClaimedJob leader = claim("a", 1).getFirst();
            JobId follower = nextId();
            return new Two<>(
                    () -> end(leader),
                    () -> submit(follower, Scenes::shared),
                    (written, submitted) ->
                            // Answered, or the next leader.
                            assertThat(state(follower))
                                    .isIn(JobState.Name.SUCCEEDED, JobState.Name.QUEUED));
        });
    }

    @Test
    void aFollowerOfALeaderThatIsCancelledLeads() throws Exception {
        inEveryOrder(() -> {
            JobId leader = submit(Scenes::shared);
            JobId follower = nextId();
            return new Two<>(
                    () -> store.cancel(leader),
                    () -> submit(follower, Scenes::shared),
                    (before, submitted) ->
                            assertThat(state(follower)).isEqualTo(JobState.Name.QUEUED));
        });
    }

    // ---- In a caller's transaction

    @Test
    void aSubmitInACallersTransactionIsAsAnyOther() throws Exception {
        inEveryOrder(() -> {
            JobId parent = submit();
            JobId child = nextId();
            return new Two<>(
                    () -> store.cancel(parent),
                    () -> submitInTransaction(child, parent),
                    (before, submitted) -> {
                        assertThat(submitted).isInstanceOf(Submitted.Accepted.class);
                        assertThat(state(child)).isEqualTo(JobState.Name.CANCELLED);
                    });
        });
    }

    private Submitted submitInTransaction(JobId child, JobId parent) throws SQLException {
        try (Connection caller = turns.source().getConnection()) {
            caller.setAutoCommit(false);
            var job = Submission.of(MAIL, "{}").parents(Set.of(parent)).build();
            Submitted answer =
                    store.transactions()
                            .orElseThrow()
                            .submit(caller, List.of(new NewJob(child, job)))
                            .getFirst();
            caller.commit();
            return answer;
        }
    }
}
