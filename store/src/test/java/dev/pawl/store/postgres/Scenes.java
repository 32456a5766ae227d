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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Calls of a store in every order that their statements can have, and what such scenes are made of.
 */
abstract class Scenes {
    static final ToolId MAIL = new ToolId("mail", "1");
    static final ToolId POST = new ToolId("post", "1");
    static final Duration TTL = Duration.ofSeconds(30);
    static final Instant LATER = Instant.ofEpochMilli(2_000_000);

    /** More would take too long to be run at every change: then a smaller scene will do. */
    private static final int PLANS_MAX = 3_000;

    /** What has a number or a name stays, as the store knows it. */
    private static final String EMPTY =
            """
            DO $$ DECLARE name text; BEGIN
              FOR name IN SELECT tablename FROM pg_tables
                           WHERE schemaname = 'pawl' ORDER BY tablename LOOP
                IF name NOT IN ('flyway_schema_history', 'slot_limit', 'event_head', 'meta', 'queue',
                                'tool', 'lane', 'policy') THEN
                  EXECUTE format('DELETE FROM pawl.%I', name);
                END IF;
              END LOOP;
              UPDATE pawl.event_head SET last = 0;
              UPDATE public.test_clock SET ms = 1000000;
            END $$
            """;

    /** Two calls, and what has to hold of their answers. */
    record Two<A, B>(Callable<A> first, Callable<B> second, Check<A, B> check) {}

    interface Check<A, B> {
        void of(A first, B second) throws Exception;
    }

    final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);
    HikariDataSource pool;
    Turns turns;
    PostgresStore store;
    int ids;

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

    <A, B> void inEveryOrder(Callable<Two<A, B>> scene) throws Exception {
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
    static <A, B> void check(Two<A, B> two, List<Turns.Ended> ended) throws Exception {
        for (Turns.Ended each : ended)
            if (each.thrown() != null) throw new AssertionError("it throws", each.thrown());
        two.check.of(
                (A) Objects.requireNonNull(ended.getFirst().answer()),
                (B) Objects.requireNonNull(ended.getLast().answer()));
    }

    // ---- What a scene is made of

    JobId submit() {
        return submit(job -> job);
    }

    JobId submit(UnaryOperator<Submission.Builder> change) {
        JobId id = nextId();
        assertThat(submit(id, change)).isInstanceOf(Submitted.Accepted.class);
        return id;
    }

    Submitted submit(JobId id, UnaryOperator<Submission.Builder> change) {
        return submit(id, change.apply(Submission.of(MAIL, "{}")).build());
    }

    Submitted submit(JobId id, Submission job) {
        return store.submit(List.of(new NewJob(id, job))).getFirst();
    }

    static Submission.Builder shared(Submission.Builder job) {
        return job.key(new InputKey("%064x".formatted(7), "{}"))
                .reuse(new Reuse(Duration.ofHours(1), false));
    }

    List<ClaimedJob> claim(String worker, int max) {
        return claim(worker, Set.of(MAIL), max);
    }

    List<ClaimedJob> claim(String worker, Set<ToolId> tools, int max) {
        var lease = new LeaseId(new UUID(0x4000L, nextId().value().getLeastSignificantBits()));
        var want = Claim.Want.of(tools, max);
        return store.claim(new Claim(lease, worker, TTL, List.of(want), Set.of())).jobs();
    }

    Written end(ClaimedJob job) {
        return store.end(List.of(success(job))).getFirst();
    }

    End success(ClaimedJob job) {
        var to = new JobState.Succeeded(job.startedAt(), job.token().attempt());
        return new End(job.token(), AttemptEnd.How.COMPLETED, to, "a", null, "{}", List.of());
    }

    End failure(ClaimedJob job) {
        var to = new JobState.Queued(job.startedAt(), job.token().attempt(), 1);
        var error = new JobError(ErrorClass.TRANSIENT, "later");
        return new End(job.token(), AttemptEnd.How.FAILED, to, "a", error, "", List.of());
    }

    Lease expired() throws SQLException {
        time(LATER);
        return store.leases().getFirst();
    }

    Renewed renew(Lease lease) {
        return store.renew(new Renewal(lease.worker(), Set.of(lease.id()), TTL));
    }

    int reclaim(Lease over) {
        return store.reclaim(over, job -> new JobState.Queued(LATER, job.token().attempt(), 1));
    }

    int reclaimAll() {
        var moved = new ArrayList<Integer>();
        for (Lease lease : store.leases()) moved.add(reclaim(lease));
        return moved.stream().mapToInt(Integer::intValue).sum();
    }

    JobState.Name state(JobId id) {
        return store.find(id).orElseThrow().state().name();
    }

    synchronized JobId nextId() {
        return new JobId(new UUID(0x7000L, 0x8000000000000000L | ++ids));
    }

    void time(Instant now) throws SQLException {
        run("UPDATE public.test_clock SET ms = " + now.toEpochMilli());
    }

    void run(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
