package dev.pawl.store.original;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tool runner's file of SQLite, which it fell back to, as its first document has the tables.
 */
final class ToolRunnerHistoryTest {
    private static final String ID = "9b2c1d3e4f504abc9def0123456789ab";

    @TempDir Path folder;

    @Test
    void aFileWithTheFirstTablesIsRead() throws SQLException {
        sql(
                "CREATE TABLE jobs (id CHAR(32) PRIMARY KEY, user_id CHAR(32), tool_name"
                    + " VARCHAR(100), parameters JSON, status VARCHAR(20), created_at TIMESTAMP,"
                    + " started_at TIMESTAMP, completed_at TIMESTAMP, duration FLOAT)",
                "CREATE TABLE job_results (id CHAR(32) PRIMARY KEY, job_id CHAR(32), stdout TEXT,"
                    + " stderr TEXT, return_code INTEGER, output_files JSON, total_size BIGINT)",
                "CREATE TABLE job_logs (id CHAR(32) PRIMARY KEY, job_id CHAR(32), timestamp"
                        + " TIMESTAMP, level VARCHAR(20), message TEXT)",
                "INSERT INTO jobs VALUES ('"
                        + ID
                        + "', NULL, 'greet', '{\"a\": 1}', 'COMPLETED',"
                        + " '2025-03-01 10:00:00.123456', NULL, '2025-03-01 10:00:02', 1.5)",
                "INSERT INTO job_results VALUES ('1', '" + ID + "', 'hi', '', 0, '[\"a.txt\"]', 3)",
                "INSERT INTO job_logs VALUES ('2', '"
                        + ID
                        + "', '2025-03-01 10:00:01', 'ERROR', 'b')",
                "INSERT INTO job_logs VALUES ('1', '"
                        + ID
                        + "', '2025-03-01 10:00:01', 'INFO', 'a')");

        ToolRunnerJob job = all().getFirst();

        assertThat(job.id()).isEqualTo(ID);
        assertThat(job.status()).isEqualTo("completed");
        assertThat(job.parameters()).isEqualTo("{\"a\": 1}");
        assertThat(job.createdAt()).contains(Instant.parse("2025-03-01T10:00:00.123Z"));
        assertThat(job.startedAt()).isEmpty();
        assertThat(job.completedAt()).contains(Instant.parse("2025-03-01T10:00:02Z"));
        assertThat(job.seconds()).isEqualTo(1.5);
        assertThat(job.returnCode()).isEqualTo("0");
        assertThat(job.stdout()).isEqualTo("hi");
        assertThat(job.files()).isEqualTo("[\"a.txt\"]");
        var at = Instant.parse("2025-03-01T10:00:01Z");
        assertThat(job.log())
                .containsExactly(
                        new OriginalLine(at, "INFO", "a"), new OriginalLine(at, "ERROR", "b"));
    }

    @Test
    void everyRowIsReadOnceWhateverItsId() throws SQLException {
        sql(
                "CREATE TABLE jobs (id TEXT PRIMARY KEY, tool_name TEXT, status TEXT, created_at"
                        + " TEXT)",
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 107)"
                        + " INSERT INTO jobs SELECT lower(hex(randomblob(16))), 'greet', 'failed',"
                        + " 'never' FROM n",
                "INSERT INTO jobs VALUES ('\"]; no id', 'greet', 'failed', '2025-01-01 00:00:00')");

        List<ToolRunnerJob> jobs = all();

        assertThat(jobs).extracting(ToolRunnerJob::id).doesNotHaveDuplicates().hasSize(108);
        assertThat(jobs).filteredOn(job -> job.createdAt().isEmpty()).hasSize(107);
    }

    @Test
    void aFileThatIsNoneIsRefusedAndNotMade() {
        Path file = folder.resolve("none.db");

        assertThatThrownBy(() -> OriginalDatabase.open("sqlite:///none.db", folder))
                .isInstanceOfSatisfying(
                        PawlException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID))
                .hasMessageContaining("there is no database file " + file);
        assertThat(file).doesNotExist();
    }

    private List<ToolRunnerJob> all() {
        var all = new ArrayList<ToolRunnerJob>();
        for (String url : List.of("sqlite:///original.db", "jdbc:sqlite:original.db")) {
            all.clear();
            try (var original = OriginalDatabase.open(url, folder)) {
                var history = new ToolRunnerHistory(original);
                for (var page = history.next(); !page.isEmpty(); page = history.next())
                    all.addAll(page);
            }
        }
        return all;
    }

    private void sql(String... statements) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("original.db"));
                var statement = connection.createStatement()) {
            for (String each : statements) statement.execute(each);
        }
    }
}
