package dev.pawl.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pawl.store.sqlite.SqliteOptions.Synchronous;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Two processes that write to one file. */
@Timeout(60)
final class SqlitePatienceTest {
    private static final String LONG_WORK =
            "INSERT INTO much WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r"
                    + " WHERE n < 30000) SELECT n FROM r";

    @TempDir Path folder;

    @Test
    void whoNeverRestsForLongKeepsNobodyElseFromWriting() throws Exception {
        var ends = new AtomicBoolean();
        var begun = new CountDownLatch(1);
        try (Connection made = patient(Duration.ZERO);
                Statement statement = made.createStatement()) {
            int _ = statement.executeUpdate("CREATE TABLE much (n)");
            int _ = statement.executeUpdate("CREATE TABLE few (n)");
        }
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> writeOn(begun, ends));
        begun.await();

        try (Connection patient = patient(Duration.ofSeconds(2));
                Statement statement = patient.createStatement()) {
            for (int i = 0; i < 10; i++) {
                int written = statement.executeUpdate("INSERT INTO few VALUES (1)");
                assertThat(written).isOne();
            }
        } finally {
            ends.set(true);
        }
        other.get();
    }

    @Test
    void whoNeverEndsIsNotWaitedForForever() throws Exception {
        try (Connection made = patient(Duration.ZERO);
                Statement held = made.createStatement();
                Connection patient = patient(Duration.ofMillis(100));
                Statement statement = patient.createStatement()) {
            int _ = held.executeUpdate("CREATE TABLE few (n)");
            boolean _ = held.execute("BEGIN IMMEDIATE");

            var refused =
                    catchThrowableOfType(
                            SQLiteException.class,
                            () -> statement.executeUpdate("INSERT INTO few VALUES (1)"));

            assertThat(refused.getResultCode()).isEqualTo(SQLiteErrorCode.SQLITE_BUSY);
        }
    }

    /** Milliseconds of work in each transaction, and next to nothing between two of them. */
    private void writeOn(CountDownLatch begun, AtomicBoolean ends) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            while (!ends.get()) {
                boolean _ = statement.execute("BEGIN IMMEDIATE");
                int _ = statement.executeUpdate(LONG_WORK);
                int _ = statement.executeUpdate("DELETE FROM much");
                begun.countDown();
                boolean _ = statement.execute("COMMIT");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Connection patient(Duration busy) throws SQLException {
        return SqliteStore.source(new SqliteOptions(file(), Synchronous.FULL, busy, 1))
                .getConnection();
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file());
    }

    private Path file() {
        return folder.resolve("pawl.db");
    }
}
