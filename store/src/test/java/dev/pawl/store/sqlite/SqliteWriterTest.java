package dev.pawl.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.store.sqlite.SqliteOptions.Synchronous;
import dev.pawl.testkit.FakeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How commits reach the disk. */
final class SqliteWriterTest {
    private static final ToolId TOOL = new ToolId("draw", "1");

    /** As https://www.sqlite.org/pragma.html#pragma_synchronous numbers them. */
    private static final int NORMAL = 1;

    private static final int FULL = 2;

    @TempDir Path folder;
    private final FakeTime time = FakeTime.advancing();
    private final List<Connection> connections = new ArrayList<>();
    private int submitted;

    @Test
    void whatIsAnsweredForIsSyncedAndAClaimIsNot() throws SQLException {
        try (SqliteStore store = open(Synchronous.FULL)) {
            submit(store);
            assertThat(synchronous()).as("a submit").isEqualTo(FULL);
            claim(store);
            assertThat(synchronous()).as("a claim").isEqualTo(NORMAL);
            store.cancel(id(1));
            assertThat(synchronous()).as("a cancel").isEqualTo(FULL);
        }
    }

    @Test
    void atNormalNothingIsSyncedByItself() throws SQLException {
        try (SqliteStore store = open(Synchronous.NORMAL)) {
            submit(store);
            claim(store);
            submit(store);
            assertThat(synchronous()).isEqualTo(NORMAL);
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theLogIsMovedIntoTheFileBesideTheWriter() throws IOException {
        try (SqliteStore store = open(Synchronous.NORMAL)) {
            long empty = Files.size(file());
            for (int i = 0; i < 1_000; i++) submit(store);
            // The writer itself would begin at the far end of what these commits wrote.
            while (Files.size(file()) == empty) Thread.onSpinWait();
        }
    }

    private SqliteStore open(Synchronous synchronous) {
        return SqliteStore.open(
                SqliteOptions.of(file()).withSynchronous(synchronous),
                time,
                connection -> {
                    connections.add(connection);
                    return connection;
                });
    }

    private Path file() {
        return folder.resolve("p.db");
    }

    private void submit(SqliteStore store) {
        submitted++;
        store.submit(List.of(new NewJob(id(submitted), Submission.of(TOOL, "{}").build())));
    }

    private static JobId id(int n) {
        return new JobId(new UUID(0x0192_0000_0000_7000L + n, 0x8000_0000_0000_0000L));
    }

    private static void claim(SqliteStore store) {
        var want = new Claim.Want(Set.of(TOOL), Set.of(), Set.of(), 1);
        var lease = new LeaseId(new UUID(1, 1));
        var claim = new Claim(lease, "w", Duration.ofSeconds(30), List.of(want), Set.of());
        assertThat(store.claim(claim).jobs()).hasSize(1);
    }

    /** The writer's connection is the first that is opened. */
    private int synchronous() throws SQLException {
        return number(connections.getFirst(), "PRAGMA synchronous");
    }

    private static int number(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }
}
