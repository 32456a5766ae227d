package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.InputKey;
import dev.pawl.core.JobError;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Limit;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewJob;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import dev.pawl.core.Written;
import dev.pawl.testkit.PostgresVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every order in which the statements of two moves can follow one another, on two real connections:
 * after each, what was promised to both callers holds, and so does the store's invariant.
 */
@Tag("process")
@Timeout(600)
final class PostgresInterleavingTest {
    private static final ToolId MAIL = new ToolId("mail", "1");
    private static final Duration TTL = Duration.ofSeconds(30);
    private static final Instant LATER = Instant.ofEpochMilli(2_000_000);

    /** More would take too long to be run at every change: then a smaller scene will do. */
    private static final int PLANS_MAX = 3_000;

    /** What has a number or a name stays, as the store knows it. */
    private static final String EMPTY =
            """
            DO $$ DECLARE name text; BEGIN
              FOR name IN SELECT tablename FROM pg_tables
                           WHERE schemaname = 'pawl' ORDER BY tablename LOOP
                IF name NOT IN ('flyway_schema_history', 'slot_limit', 'event_head', 'queue',
                                'tool', 'lane', 'policy') THEN
                  EXECUTE format('DELETE FROM pawl.%I', name);
                END IF;
              END LOOP;
              UPDATE pawl.event_head SET last = 0;
              UPDATE public.test_clock SET ms = 1000000;
            END $$
            """;

    /** Two calls, and what has to hold of their answers. */
    private record Two<A, B>(Callable<A> first, Callable<B> second, Check<A, B> check) {}

    private interface Check<A, B> {
        void of(A first, B second) throws Exception;
    }

    private final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);
    private HikariDataSource pool;
    private Turns turns;
    private PostgresStore store;
    private int ids;

    @BeforeEach
    void open() throws SQLException {
        var config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(5);
        pool = new HikariDataSource(config);
        turns = new Turns(pool);
        store = PostgresStore.on(turns.source(), 5);
    }

    @AfterEach
    void close() throws SQLException {
        turns.close();
        pool.close();
    }

    private <A, B> void inEveryOrder(Callable<Two<A, B>> scene) throws Exception {
        // What is named for the first time takes statements that the next order wouldn't have.
        Two<A, B> rehearsed = scene.call();
        turns.play(new Turns.Plan(), rehearsed.first, rehearsed.second);
        var plan = new Turns.Plan();
        int plans = 0;
        do {
            run(EMPTY);
            Two<A, B> two = scene.call();
            List<Turns.Ended> ended = turns.play(plan, two.first, two.second);
            try {
                check(two, ended);
                assertThat(store.violations()).isEmpty();
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "in the order %s:%n%s%n%s".formatted(plan, turns.said(), e), e);
            }
            assertThat(++plans).as("orders of%n%s", turns.said()).isLessThan(PLANS_MAX);
        } while (plan.next());
        assertThat(plans).as("orders").isGreaterThan(2);
    }

    @SuppressWarnings("unchecked")
    private static <A, B> void check(Two<A, B> two, List<Turns.Ended> ended) throws Exception {
        for (Turns.Ended each : ended)
            if (each.thrown() != null) throw new AssertionError("it throws", each.thrown());
        two.check.of(
                (A) Objects.requireNonNull(ended.getFirst().answer()),
                (B) Objects.requireNonNull(ended.getLast().answer()));
    }

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
                    () -> submit(one, PostgresInterleavingTest::shared),
                    () -> submit(other, PostgresInterleavingTest::shared),
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
            submit(PostgresInterleavingTest::shared);
            ClaimedJob leader = claim("a", 1).getFirst();
            JobId follower = nextId();
            return new Two<>(
                    () -> end(leader),
                    () -> submit(follower, PostgresInterleavingTest::shared),
                    (written, submitted) ->
                            // Answered, or the next leader.
                            assertThat(state(follower))
                                    .isIn(JobState.Name.SUCCEEDED, JobState.Name.QUEUED));
        });
    }

    @Test
    void aFollowerOfALeaderThatIsCancelledLeads() throws Exception {
        inEveryOrder(() -> {
            JobId leader = submit(PostgresInterleavingTest::shared);
            JobId follower = nextId();
            return new Two<>(
                    () -> store.cancel(leader),
                    () -> submit(follower, PostgresInterleavingTest::shared),
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

    // ---- What a scene is made of

    private JobId submit() {
        return submit(job -> job);
    }

    private JobId submit(UnaryOperator<Submission.Builder> change) {
        JobId id = nextId();
        assertThat(submit(id, change)).isInstanceOf(Submitted.Accepted.class);
        return id;
    }

    private Submitted submit(JobId id, UnaryOperator<Submission.Builder> change) {
        var job = change.apply(Submission.of(MAIL, "{}")).build();
        return store.submit(List.of(new NewJob(id, job))).getFirst();
    }

    private static Submission.Builder shared(Submission.Builder job) {
        return job.key(new InputKey("%064x".formatted(7), "{}"))
                .reuse(new Reuse(Duration.ofHours(1), false));
    }

    private List<ClaimedJob> claim(String worker, int max) {
        var lease = new LeaseId(new UUID(0x4000L, nextId().value().getLeastSignificantBits()));
        var want = Claim.Want.of(Set.of(MAIL), max);
        return store.claim(new Claim(lease, worker, TTL, List.of(want), Set.of())).jobs();
    }

    private Written end(ClaimedJob job) {
        return store.end(List.of(success(job))).getFirst();
    }

    private End success(ClaimedJob job) {
        var to = new JobState.Succeeded(job.startedAt(), job.token().attempt());
        return new End(job.token(), AttemptEnd.How.COMPLETED, to, "a", null, "{}", List.of());
    }

    private End failure(ClaimedJob job) {
        var to = new JobState.Queued(job.startedAt(), job.token().attempt(), 1);
        var error = new JobError(ErrorClass.TRANSIENT, "later");
        return new End(job.token(), AttemptEnd.How.FAILED, to, "a", error, "", List.of());
    }

    private Lease expired() throws SQLException {
        time(LATER);
        return store.leases().getFirst();
    }

    private Renewed renew(Lease lease) {
        return store.renew(new Renewal(lease.worker(), Set.of(lease.id()), TTL));
    }

    private int reclaim(Lease over) {
        return store.reclaim(over, job -> new JobState.Queued(LATER, job.token().attempt(), 1));
    }

    private int reclaimAll() {
        var moved = new ArrayList<Integer>();
        for (Lease lease : store.leases()) moved.add(reclaim(lease));
        return moved.stream().mapToInt(Integer::intValue).sum();
    }

    private JobState.Name state(JobId id) {
        return store.find(id).orElseThrow().state().name();
    }

    private synchronized JobId nextId() {
        return new JobId(new UUID(0x7000L, 0x8000000000000000L | ++ids));
    }

    private void time(Instant now) throws SQLException {
        run("UPDATE public.test_clock SET ms = " + now.toEpochMilli());
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
