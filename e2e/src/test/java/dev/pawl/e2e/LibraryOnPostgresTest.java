package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.Attempt;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lease;
import dev.pawl.core.LogLine;
import dev.pawl.core.SystemTime;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.tool.ToolPolicy;
import dev.pawl.worker.Pawl;
import dev.pawl.worker.PawlBuilder;
import dev.pawl.worker.WaitOptions;
import dev.pawl.worker.executor.Handler;
import dev.pawl.worker.executor.JobFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program whose own tables are in the database of its jobs. */
@Tag("process")
@Timeout(180)
final class LibraryOnPostgresTest {
    private static final ToolPolicy AT_ONCE =
            ToolPolicy.defaults()
                    .withAttempts(3)
                    .withBackoff(Duration.ofMillis(1), Duration.ofMillis(1));

    @TempDir Path folder;
    private final SystemTime time = new SystemTime();
    private final PostgresServer server = PostgresServer.shared();
    private String database = "";
    private PostgresStore store;
    private FileArtifacts artifacts;

    record Order(int number) {}

    record Paid(int paid) {}

    @BeforeEach
    void open() throws Exception {
        database = server.freshDatabase();
        store = PostgresStore.open(PostgresOptions.of(database));
        artifacts = new FileArtifacts(folder.resolve("artifacts"), time);
        try (Connection connection = DriverManager.getConnection(database)) {
            run(connection, "CREATE SCHEMA shop");
            run(connection, "CREATE TABLE shop.paid (number integer, attempt integer)");
        }
    }

    @AfterEach
    void close() {
        List<String> violations = store.violations();
        store.close();
        artifacts.close();
        server.drop(database);
        assertThat(violations).isEmpty();
    }

    @Test
    void anOrderAndItsJobAreThereTogetherOrNotAtAll() throws Exception {
        try (Pawl pawl = pawl().tool("pay@1", Order.class, LibraryOnPostgresTest::number).start();
                Connection mine = DriverManager.getConnection(database)) {
            mine.setAutoCommit(false);
            run(mine, "INSERT INTO shop.paid VALUES (1, 0)");
            JobId forgotten = pawl.submit(mine, "pay@1", new Order(1));
            mine.rollback();
            run(mine, "INSERT INTO shop.paid VALUES (2, 0)");
            JobId kept =
                    pawl.submit(mine, "pay@1", new Order(2), job -> job.idempotencyKey("order-2"));
            JobId again =
                    pawl.submit(mine, "pay@1", new Order(2), job -> job.idempotencyKey("order-2"));
            assertThat(store.find(kept)).isEmpty();
            mine.commit();
            pawl.wake();

            assertThat(pawl.await(kept, WaitOptions.defaults()).succeeded()).isTrue();
            assertThat(again).isEqualTo(kept);
            assertThat(store.find(forgotten)).isEmpty();
            assertThat(paid()).containsExactly("2 0");
        }
    }

    @Test
    void whatAHandlerWritesIsThereWhenItsJobHasSucceeded() throws Exception {
        try (Pawl pawl = pawl().toolInTransaction("pay@1", Order.class, this::pay).start()) {
            JobId job = pawl.submit("pay@1", new Order(7));

            assertThat(pawl.await(job, WaitOptions.defaults()).succeeded()).isTrue();
            assertThat(pawl.output(job, Paid.class)).isEqualTo(new Paid(7));
            assertThat(paid()).containsExactly("7 1");
            assertThat(store.logs(job, 0, -1, 10))
                    .extracting(LogLine::text)
                    .containsExactly("pays 7", "paid 7");
        }
    }

    @Test
    void whatAFailingHandlerWroteIsGone() throws Exception {
        Handler.InTransaction<Order> failing =
                (order, attempt, transaction) -> {
                    write(transaction.connection(), order, attempt);
                    if (attempt.number() == 1) throw new IllegalStateException("later");
                    if (attempt.number() == 2) throw JobFailure.infrastructure("no disk");
                    return Map.of();
                };
        try (Pawl pawl = pawl().toolInTransaction("pay@1", Order.class, failing, AT_ONCE).start()) {
            JobId job = pawl.submit("pay@1", new Order(7));

            assertThat(pawl.await(job, WaitOptions.defaults()).succeeded()).isTrue();
            assertThat(paid()).containsExactly("7 3");
        }
    }

    @Test
    void aTransactionThatTheDatabaseRefusesIsAFailedAttempt() throws Exception {
        try (Connection connection = DriverManager.getConnection(database)) {
            run(
                    connection,
                    "ALTER TABLE shop.paid ADD UNIQUE (number) DEFERRABLE INITIALLY DEFERRED");
            run(connection, "INSERT INTO shop.paid VALUES (7, 0)");
        }
        try (Pawl pawl =
                pawl().toolInTransaction("pay@1", Order.class, this::pay, AT_ONCE).start()) {
            JobId job = pawl.submit("pay@1", new Order(7));

            pawl.await(job, WaitOptions.defaults());

            assertThat(store.find(job).orElseThrow().state()).isInstanceOf(JobState.Dead.class);
            assertThat(store.history(job))
                    .hasSize(3)
                    .allSatisfy(end ->
                            assertThat(end.message()).contains("could not be committed", "paid_"));
            assertThat(paid()).containsExactly("7 0");
        }
    }

    @Test
    void aLostLeaseRefusesTheWritesAndTheEndTogether() throws Exception {
        Handler.InTransaction<Order> slow =
                (order, attempt, transaction) -> {
                    write(transaction.connection(), order, attempt);
                    if (attempt.number() == 1) loseLease(attempt);
                    return new Paid(attempt.number());
                };
        try (Pawl pawl = pawl().toolInTransaction("pay@1", Order.class, slow, AT_ONCE).start()) {
            JobId job = pawl.submit("pay@1", new Order(7));

            assertThat(pawl.await(job, WaitOptions.defaults()).succeeded()).isTrue();
            assertThat(pawl.output(job, Paid.class)).isEqualTo(new Paid(2));
            assertThat(paid()).containsExactly("7 2");
            assertThat(store.history(job))
                    .singleElement()
                    .satisfies(end -> assertThat(end.how()).isEqualTo(AttemptEnd.How.LEASE_LOST));
        }
    }

    @Test
    void aCancelRefusesTheWritesAndTheEndTogether() throws Exception {
        Handler.InTransaction<Order> cancelled =
                (order, attempt, transaction) -> {
                    write(transaction.connection(), order, attempt);
                    store.cancel(attempt.job().token().job());
                    return Map.of();
                };
        try (Pawl pawl = pawl().toolInTransaction("pay@1", Order.class, cancelled).start()) {
            JobId job = pawl.submit("pay@1", new Order(7));

            pawl.await(job, WaitOptions.defaults());

            assertThat(store.find(job).orElseThrow().state())
                    .isInstanceOf(JobState.Cancelled.class);
            assertThat(paid()).isEmpty();
        }
    }

    @Test
    void moreHandlersThanConnectionsAllEnd() throws Exception {
        try (Pawl pawl = pawl().toolInTransaction("pay@1", Order.class, this::pay).start()) {
            var jobs = new ArrayList<JobId>();
            for (int i = 0; i < 60; i++) jobs.add(pawl.submit("pay@1", new Order(i)));

            assertThat(pawl.await(jobs, WaitOptions.defaults(), _ -> {}).succeeded()).isTrue();
            assertThat(paid()).hasSize(60);
        }
    }

    @Test
    void killedBeforeTheCommitNeitherIsThereAndItRunsAgain() throws Exception {
        Path input = Files.createFile(folder.resolve("empty"));
        JobId job;
        try (Pawl pawl = pawl().tool("pay@1", Order.class, LibraryOnPostgresTest::number).open()) {
            job = pawl.submit("pay@1", new Order(7));
        }
        try (var first = payer(input)) {
            first.prints(Pattern.compile("written by attempt 1"), time);
            first.kill();
        }
        assertThat(paid()).isEmpty();
        assertThat(store.find(job).orElseThrow().state()).isInstanceOf(JobState.Running.class);
        try (var second = payer(input)) {
            second.prints(Pattern.compile("written by attempt 2"), time);
            assertThat(second.ends()).isZero();
        }

        assertThat(store.find(job).orElseThrow().state()).isInstanceOf(JobState.Succeeded.class);
        assertThat(paid()).containsExactly("7 2");
    }

    @Test
    void aStoreOfItsOwnSaysThatItCanDoNeither() throws Exception {
        try (var file = SqliteStore.open(SqliteOptions.of(folder.resolve("pawl.db")), time);
                Connection mine = DriverManager.getConnection(database)) {
            PawlBuilder builder = Pawl.on(file, artifacts, new SecureRandom());
            assertThatThrownBy(() -> builder.toolInTransaction("pay@1", Order.class, this::pay))
                    .hasMessageContaining("take PostgreSQL");
            builder.tool("pay@1", Order.class, LibraryOnPostgresTest::number);
            try (Pawl pawl = builder.open()) {
                assertThatThrownBy(() -> pawl.submit(mine, "pay@1", new Order(1)))
                        .hasMessageContaining("take PostgreSQL");
            }
        }
    }

    private PawlProcess payer(Path input) throws Exception {
        return PawlProcess.start(
                folder,
                input,
                List.of(),
                Map.of(),
                PayingProgram.class.getName(),
                List.of(database, folder.resolve("files").toString()));
    }

    private PawlBuilder pawl() {
        return Pawl.on(store, artifacts, new SecureRandom());
    }

    private static Object number(Order order, Attempt attempt) {
        return Map.of("number", order.number(), "attempt", attempt.number());
    }

    private Object pay(
            Order order, Attempt attempt, dev.pawl.worker.executor.Transaction transaction)
            throws Exception {
        attempt.log("pays " + order.number());
        write(transaction.connection(), order, attempt);
        attempt.log("paid " + order.number());
        return new Paid(order.number());
    }

    static void write(Connection connection, Order order, Attempt attempt) throws SQLException {
        run(
                connection,
                "INSERT INTO shop.paid VALUES (%d, %d)"
                        .formatted(order.number(), attempt.number()));
    }

    /** As another worker's chores do when the lease was not renewed. */
    private void loseLease(Attempt attempt) {
        Lease lease = attempt.job().state().lease();
        store.forfeit(lease.worker());
        Lease over =
                store.leases().stream()
                        .filter(one -> one.id().equals(lease.id()))
                        .findFirst()
                        .orElseThrow();
        int moved =
                store.reclaim(
                        over, job -> new JobState.Queued(store.now(), job.token().attempt(), 1));
        assertThat(moved).isEqualTo(1);
    }

    private List<String> paid() throws SQLException {
        var paid = new ArrayList<String>();
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT number, attempt FROM shop.paid")) {
            while (rows.next()) paid.add(rows.getInt(1) + " " + rows.getInt(2));
        }
        return paid;
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
