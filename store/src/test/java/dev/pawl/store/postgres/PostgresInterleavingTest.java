package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lease;
import dev.pawl.core.Limit;
import dev.pawl.core.LogLine;
import dev.pawl.core.Submission;
import dev.pawl.core.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every order in which the statements of two moves can follow one another, on two real connections:
 * after each, what was promised to both callers holds, and so does the store's invariant.
 */
@Tag("process")
@Timeout(600)
final class PostgresInterleavingTest extends Scenes {
    // ---- Claims

    @Test
    void twoClaimsNeverGetTheSameJob() throws Exception {
        inEveryOrder(() -> {
            JobId one = submit();
            JobId other = submit();
            return new Two<>(
                    () -> claim("a", 1),
                    () -> claim("b", 1),
                    (a, b) ->
                            assertThat(Stream.concat(a.stream(), b.stream()))
                                    .extracting(ClaimedJob::id)
                                    .containsExactlyInAnyOrder(one, other));
        });
    }

    @Test
    void twoClaimsOfSeveralToolsShareTheirJobs() throws Exception {
        inEveryOrder(() -> {
            var all = new ArrayList<JobId>();
            for (int i = 0; i < 2; i++) {
                all.add(submit());
                JobId post = nextId();
                submit(post, Submission.of(POST, "{}").build());
                all.add(post);
            }
            return new Two<>(
                    () -> claim("a", Set.of(MAIL, POST), 2),
                    () -> claim("b", Set.of(MAIL, POST), 2),
                    (a, b) -> {
                        assertThat(a).hasSize(2);
                        assertThat(b).hasSize(2);
                        assertThat(Stream.concat(a.stream(), b.stream()))
                                .extracting(ClaimedJob::id)
                                .containsExactlyInAnyOrderElementsOf(all);
                    });
        });
    }

    @Test
    void twoClaimsNeverOvershootALimit() throws Exception {
        inEveryOrder(() -> {
            for (int i = 0; i < 2; i++) submit(job -> job.limit(new Limit("one", 1)));
            return new Two<>(
                    () -> claim("a", 2),
                    () -> claim("b", 2),
                    (a, b) -> {
                        assertThat(a.size() + b.size()).isLessThanOrEqualTo(1);
                        assertThat(a.size() + b.size() + claim("c", 2).size()).isEqualTo(1);
                    });
        });
    }

    @Test
    void aSlotThatACancelLeavesIsTakenOnceItsHandlerIsGone() throws Exception {
        inEveryOrder(() -> {
            for (int i = 0; i < 2; i++) submit(job -> job.limit(new Limit("one", 1)));
            ClaimedJob running = claim("a", 1).getFirst();
            return new Two<>(
                    () -> store.cancel(running.id()),
                    () -> claim("b", 1),
                    (before, claimed) -> {
                        assertThat(claimed).isEmpty();
                        assertThat(store.stopped(running.token())).isInstanceOf(Written.Done.class);
                        assertThat(claim("b", 1)).hasSize(1);
                    });
        });
    }

    @Test
    void aJobIsClaimedOrCancelledAndACancelIsNeverLost() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            return new Two<>(
                    () -> claim("a", 1),
                    () -> store.cancel(id),
                    (claimed, before) -> {
                        assertThat(state(id)).isEqualTo(JobState.Name.CANCELLED);
                        boolean ran = before.orElseThrow() instanceof JobState.Running;
                        assertThat(claimed.isEmpty()).isEqualTo(!ran);
                        if (ran)
                            assertThat(end(claimed.getFirst()))
                                    .isInstanceOf(Written.LeaseLost.class);
                    });
        });
    }

    @Test
    void aLimitedJobIsClaimedOrCancelledAndTheOneBehindItIsClaimed() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit(job -> job.limit(new Limit("some", 5)));
            JobId behind = submit(job -> job.limit(new Limit("some", 5)));
            return new Two<>(
                    () -> claim("a", 2),
                    () -> store.cancel(id),
                    (claimed, before) -> {
                        assertThat(state(id)).isEqualTo(JobState.Name.CANCELLED);
                        boolean ran = before.orElseThrow() instanceof JobState.Running;
                        assertThat(claimed.stream().anyMatch(job -> job.id().equals(id)))
                                .isEqualTo(ran);
                        assertThat(Stream.concat(claimed.stream(), claim("b", 2).stream()))
                                .extracting(ClaimedJob::id)
                                .contains(behind);
                    });
        });
    }

    @Test
    void aJobThatBecomesDueIsCancelledAllTheSame() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit(job -> job.runAt(LATER));
            time(LATER);
            return new Two<>(
                    () -> store.promote(10),
                    () -> store.cancel(id),
                    (promoted, before) -> {
                        assertThat(before.orElseThrow()).isInstanceOf(JobState.Queued.class);
                        assertThat(state(id)).isEqualTo(JobState.Name.CANCELLED);
                    });
        });
    }

    @Test
    void aJobIsPromotedOnce() throws Exception {
        inEveryOrder(() -> {
            submit(job -> job.runAt(LATER));
            time(LATER);
            return new Two<>(
                    () -> store.promote(10),
                    () -> store.promote(10),
                    (a, b) -> {
                        assertThat(a + b).isEqualTo(1);
                        assertThat(claim("a", 2)).hasSize(1);
                    });
        });
    }

    @Test
    void aJobRunsOrExpires() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit(job -> job.ttl(Duration.ofSeconds(1)));
            time(LATER);
            return new Two<>(
                    () -> claim("a", 1),
                    () -> store.expire(10),
                    (claimed, dead) -> {
                        assertThat(claimed).isEmpty();
                        assertThat(state(id)).isEqualTo(JobState.Name.DEAD);
                    });
        });
    }

    // ---- Leases: a reclaim looks at the lease again once it has locked it

    @Test
    void anAttemptEndsOrIsReclaimed() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            ClaimedJob job = claim("a", 1).getFirst();
            Lease over = expired();
            return new Two<>(
                    () -> end(job),
                    () -> reclaim(over),
                    (written, moved) -> {
                        boolean done = written instanceof Written.Done;
                        assertThat(moved).isEqualTo(done ? 0 : 1);
                        assertThat(state(id))
                                .isEqualTo(done ? JobState.Name.SUCCEEDED : JobState.Name.QUEUED);
                    });
        });
    }

    @Test
    void ofTwoAttemptsUnderALeaseEachEndsOrIsReclaimed() throws Exception {
        inEveryOrder(() -> {
            submit();
            submit();
            List<ClaimedJob> jobs = claim("a", 2);
            Lease over = expired();
            return new Two<>(
                    () -> store.end(jobs.stream().map(this::success).toList()),
                    () -> reclaim(over),
                    (written, moved) -> {
                        long done = written.stream().filter(Written.Done.class::isInstance).count();
                        assertThat(done + moved).isEqualTo(2);
                        assertThat(store.leases()).isEmpty();
                    });
        });
    }

    @Test
    void aLeaseIsRenewedOrReclaimed() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            ClaimedJob job = claim("a", 1).getFirst();
            Lease over = expired();
            return new Two<>(
                    () -> renew(over),
                    () -> reclaim(over),
                    (renewed, moved) -> {
                        boolean alive = renewed.leases().contains(over.id());
                        assertThat(moved).isEqualTo(alive ? 0 : 1);
                        assertThat(state(id))
                                .isEqualTo(alive ? JobState.Name.RUNNING : JobState.Name.QUEUED);
                        assertThat(end(job) instanceof Written.Done).isEqualTo(alive);
                    });
        });
    }

    @Test
    void twoReclaimsMoveAJobOnce() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            claim("a", 1);
            Lease over = expired();
            return new Two<>(
                    () -> reclaim(over),
                    () -> reclaim(over),
                    (a, b) -> {
                        assertThat(a + b).isEqualTo(1);
                        assertThat(state(id)).isEqualTo(JobState.Name.QUEUED);
                    });
        });
    }

    @Test
    void anEndIsTakenWhateverTheHeartbeatDoes() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            ClaimedJob job = claim("a", 1).getFirst();
            Lease lease = store.leases().getFirst();
            return new Two<>(
                    () -> end(job),
                    () -> renew(lease),
                    (written, renewed) -> {
                        assertThat(written).isInstanceOf(Written.Done.class);
                        assertThat(renewed.leases()).containsExactly(lease.id());
                        assertThat(state(id)).isEqualTo(JobState.Name.SUCCEEDED);
                    });
        });
    }

    @Test
    void anAttemptEndsOrIsCancelled() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            ClaimedJob job = claim("a", 1).getFirst();
            return new Two<>(
                    () -> end(job),
                    () -> store.cancel(id),
                    (written, before) -> {
                        boolean done = written instanceof Written.Done;
                        assertThat(before.orElseThrow().ended()).isEqualTo(done);
                        assertThat(state(id))
                                .isEqualTo(
                                        done ? JobState.Name.SUCCEEDED : JobState.Name.CANCELLED);
                    });
        });
    }

    @Test
    void aFailedAttemptComesBackOrIsCancelled() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            ClaimedJob job = claim("a", 1).getFirst();
            return new Two<>(
                    () -> store.end(List.of(failure(job))).getFirst(),
                    () -> store.cancel(id),
                    (written, before) -> assertThat(state(id)).isEqualTo(JobState.Name.CANCELLED));
        });
    }

    @Test
    void aCancelledAttemptIsStoppedOrReclaimed() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            claim("a", 1);
            Lease over = expired();
            return new Two<>(
                    () -> store.cancel(id),
                    () -> reclaim(over),
                    (before, moved) -> {
                        assertThat(state(id)).isEqualTo(JobState.Name.CANCELLED);
                        assertThat(reclaimAll()).isZero();
                        assertThat(store.leases()).isEmpty();
                    });
        });
    }

    @Test
    void aLineIsOfAnAttemptThatHolds() throws Exception {
        inEveryOrder(() -> {
            JobId id = submit();
            ClaimedJob job = claim("a", 1).getFirst();
            Lease over = expired();
            var line = new LogLine(1, 0, store.now(), LogLine.Stream.STDOUT, "x");
            return new Two<>(
                    () -> store.log(job.token(), List.of(line)),
                    () -> reclaim(over),
                    (written, moved) -> {
                        assertThat(moved).isEqualTo(1);
                        assertThat(store.logs(id, 0, -1, 10))
                                .hasSize(written instanceof Written.Done ? 1 : 0);
                    });
        });
    }
}
