package dev.pawl.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.NewJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.FakeTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** A file that is full, damaged, newer or somebody else's: a refusal, and nothing half stored. */
final class SqliteBadDaysTest {
    private static final String LARGE = "{\"text\":\"%s\"}".formatted("x".repeat(500_000));

    @TempDir Path folder;
    private int made;

    @Test
    void aFullFileRefusesAndGoesOnWhenThereIsRoomAgain() throws Exception {
        var connections = new ArrayList<Connection>();
        try (var store =
                SqliteStore.open(
                        SqliteOptions.of(file()),
                        FakeTime.advancing(),
                        connection -> {
                            connections.add(connection);
                            return connection;
                        })) {
            Connection writing = connections.getFirst();
            submit(store, "{}");
            sql(writing, "PRAGMA max_page_count = 100");

            for (int times = 0; times < 3; times++)
                assertRefused(() -> submit(store, LARGE), ErrorCode.STORE_FULL, "no room");
            JobId small = submit(store, "{}");
            sql(writing, "PRAGMA max_page_count = 10000");
            JobId large = submit(store, LARGE);

            assertThat(store.find(small)).isPresent();
            assertThat(store.find(large)).isPresent();
            assertThat(store.violations()).isEmpty();
            assertThat(store.counts()).singleElement().matches(count -> count.jobs() == 3);
        }
    }

    @Test
    void aDiskWithoutRoomForTheSharedMemoryIsFullToo() {
        var noRoom = new SQLiteException("disk I/O error", SQLiteErrorCode.SQLITE_IOERR_SHMSIZE);

        PawlException told = SqliteErrors.of(noRoom, file());

        assertThat(told.code()).isEqualTo(ErrorCode.STORE_FULL);
        assertThat(told).hasMessageContaining("no room for database");
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedAndLeftAlone() throws Exception {
        byte[] text = "no database at all ".repeat(100).getBytes(StandardCharsets.UTF_8);
        Files.write(file(), text);

        assertRefused(this::open, ErrorCode.STORE_CORRUPT, "damaged or none (SQLITE_NOTADB)");

        assertThat(Files.readAllBytes(file())).isEqualTo(text);
    }

    @Test
    void aFileThatWasCutIsRefused() throws Exception {
        open();
        try (var half = Files.newByteChannel(file(), java.nio.file.StandardOpenOption.WRITE)) {
            half.truncate(half.size() / 2);
        }

        assertRefused(this::open, ErrorCode.STORE_CORRUPT, "restore a copy");
    }

    @Test
    void aFileOfANewerProgramIsRefusedAndLeftAlone() throws Exception {
        open();
        int newer = SqliteSchema.VERSION + 1;
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            sql(
                    connection,
                    "INSERT INTO flyway_schema_history SELECT 99, '"
                            + newer
                            + "', description, type, script,"
                            + " checksum, installed_by, installed_on, execution_time, success"
                            + " FROM flyway_schema_history WHERE installed_rank = 1");
            sql(connection, "UPDATE meta SET value = '%d'".formatted(newer));
        }
        Path copy = folder.resolve("copy.db");
        Files.copy(file(), copy, StandardCopyOption.REPLACE_EXISTING);

        assertRefused(
                this::open,
                ErrorCode.SCHEMA_NEWER,
                "has schema %d, this program knows %d".formatted(newer, SqliteSchema.VERSION));

        assertThat(file()).hasSameBinaryContentAs(copy);
    }

    @Test
    void aFileOfANewerProgramThatLetsOlderOnesGoOnIsUsed() throws Exception {
        open();
        try (var before = SqliteStore.open(SqliteOptions.of(file()), FakeTime.advancing());
                var connection = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            JobId first = submit(before, "{}");
            sql(connection, "ALTER TABLE job ADD COLUMN colour TEXT DEFAULT 'blue'");
            sql(
                    connection,
                    "INSERT INTO flyway_schema_history SELECT 99, '99', description, type, script,"
                            + " checksum, installed_by, installed_on, execution_time, success"
                            + " FROM flyway_schema_history WHERE installed_rank = 1");
            JobId second = submit(before, "{}");

            try (var store = SqliteStore.open(SqliteOptions.of(file()), FakeTime.advancing())) {
                assertThat(store.states(List.of(first, second))).hasSize(2);
                submit(store, "{}");
                assertThat(store.violations()).isEmpty();
            }
        }
        assertThat(SqliteStore.plan(SqliteOptions.of(file())).migrations()).isEmpty();
    }

    @Test
    void aDatabaseOfAnotherProgramIsRefusedAndLeftAlone() throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            sql(connection, "CREATE TABLE songs (title)");
        }

        assertRefused(
                this::open, ErrorCode.STORE_CORRUPT, "not one of Pawl's (it has a table songs)");

        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            sql(connection, "INSERT INTO songs VALUES ('still there')");
        }
    }

    private void open() {
        SqliteStore.open(SqliteOptions.of(file()), FakeTime.advancing()).close();
    }

    private Path file() {
        return folder.resolve("pawl.db");
    }

    private JobId submit(SqliteStore store, String input) {
        var id = new JobId(new UUID(0x0123456789ab7000L, Long.MIN_VALUE | made++));
        Submission job = Submission.of(new ToolId("echo", "1"), input).build();
        assertThat(store.submit(List.of(new NewJob(id, job)))).hasSize(1);
        return id;
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String part) {
        assertThatThrownBy(call)
                .hasMessageContaining(part)
                .asInstanceOf(type(PawlException.class))
                .extracting(PawlException::code)
                .isEqualTo(code);
    }

    private static void sql(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            boolean _ = statement.execute(sql);
        }
    }
}
