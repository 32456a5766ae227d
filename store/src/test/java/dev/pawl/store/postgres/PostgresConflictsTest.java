package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.NewJob;
import dev.pawl.core.Standing;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.core.Written;
import dev.pawl.testkit.PostgresVersion;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the database refuses because of another transaction is done again, and then it is right. */
@Timeout(60)
final class PostgresConflictsTest {
    private static final ToolId MAIL = new ToolId("mail", "1");
    private static final String DEADLOCKS =
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";

    private final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);
    private final PostgresStore store = PostgresStore.open(database.options());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        threads.shutdownNow();
        store.close();
    }

    @Test
    void anEndThatMetAnotherInADeadlockIsDoneAgain() throws Exception {
        List<JobId> ids = List.of(id(1), id(2));
        submit(ids);
        List<ClaimedJob> claimed = claim();
        try (var other = DriverManager.getConnection(database.url());
                Statement locks = other.createStatement()) {
            long before = number(locks, DEADLOCKS);
            other.setAutoCommit(false);
            // So that it is the store whose transaction is ended.
            locks.execute("SET LOCAL deadlock_timeout = '50s'");
            JobId held = lastInTheTable(locks);
            lock(locks, held);
            Future<List<Written>> ended = threads.submit(() -> store.end(ends(claimed)));
            database.awaitBlocked(1);

            lock(locks, ids.get(ids.getFirst().equals(held) ? 1 : 0));
            other.rollback();
            other.setAutoCommit(true);

            assertThat(ended.get(30, TimeUnit.SECONDS))
                    .hasSize(2)
                    .allMatch(written -> written instanceof Written.Done);
            awaitMore(locks, before);
        }
        for (JobId id : ids)
            assertThat(store.find(id).orElseThrow().state()).isInstanceOf(JobState.Succeeded.class);
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void aLookThatCouldNotBeSerializedIsDoneAgain() throws Exception {
        submit(List.of(id(1)));
        try (var other = DriverManager.getConnection(database.url());
                Statement locks = other.createStatement()) {
            other.setAutoCommit(false);
            locks.execute("UPDATE pawl.event_head SET last = last");
            Future<Optional<Standing>> standing = threads.submit(() -> store.standing(id(1)));
            database.awaitBlocked(1);

            other.commit();

            Standing found = standing.get(30, TimeUnit.SECONDS).orElseThrow();
            assertThat(found.state()).isInstanceOf(JobState.Queued.class);
            assertThat(found.event()).isEqualTo(store.latestEvent()).isPositive();
        }
        assertThat(store.violations()).isEmpty();
    }

    private void submit(List<JobId> ids) {
        var jobs = new ArrayList<NewJob>();
        for (JobId id : ids) jobs.add(new NewJob(id, Submission.of(MAIL, "{}").build()));
        assertThat(store.submit(jobs)).hasSize(ids.size());
    }

    private List<ClaimedJob> claim() {
        var lease = new LeaseId(new UUID(0x4000L, Long.MIN_VALUE));
        var want = Claim.Want.of(Set.of(MAIL), 9);
        return store.claim(new Claim(lease, "w", Duration.ofSeconds(30), List.of(want), Set.of()))
                .jobs();
    }

    private static List<End> ends(List<ClaimedJob> claimed) {
        var ends = new ArrayList<End>();
        for (ClaimedJob job : claimed) {
            var to = new JobState.Succeeded(job.startedAt(), job.token().attempt());
            ends.add(
                    new End(job.token(), AttemptEnd.How.COMPLETED, to, "w", null, "{}", List.of()));
        }
        return ends;
    }

    /** The end takes its rows in the order of their places, so it has the others by then. */
    private static JobId lastInTheTable(Statement statement) throws SQLException {
        try (ResultSet rows =
                statement.executeQuery("SELECT id FROM pawl.running ORDER BY ctid DESC LIMIT 1")) {
            rows.next();
            return new JobId(rows.getObject(1, UUID.class));
        }
    }

    private static void lock(Statement statement, JobId id) throws SQLException {
        try (ResultSet rows =
                statement.executeQuery(
                        "SELECT id FROM pawl.running WHERE id = '%s' FOR UPDATE"
                                .formatted(id.value()))) {
            assertThat(rows.next()).isTrue();
        }
    }

    /** The figures of other sessions come in late. */
    private static void awaitMore(Statement statement, long before) throws SQLException {
        while (number(statement, DEADLOCKS) <= before) Thread.onSpinWait();
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static JobId id(int number) {
        return new JobId(new UUID(0x7000, number | Long.MIN_VALUE));
    }
}
