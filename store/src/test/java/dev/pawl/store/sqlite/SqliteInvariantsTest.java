package dev.pawl.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobId;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submission;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code pawl doctor} asks finds planted faults, and none in what the store wrote. */
final class SqliteInvariantsTest {
    private static final JobId JOB = new JobId(new UUID(0x0123456789ab7000L, Long.MIN_VALUE));

    @TempDir Path folder;
    private SqliteOptions options;

    @BeforeEach
    void oneQueuedJob() {
        options = SqliteOptions.of(folder.resolve("pawl.db"));
        try (var store = SqliteStore.open(options, new SystemTime())) {
            Submission job = Submission.of(new ToolId("echo", "1"), "{}").build();
            assertThat(store.submit(List.of(new NewJob(JOB, job)))).hasSize(1);
        }
    }

    @Test
    void whatTheStoreWroteIsWell() {
        assertThat(SqliteInvariants.faults(options)).isEmpty();
    }

    @Test
    void aJobThatIsNowhereIsFound() throws Exception {
        sql("DELETE FROM ready");

        assertThat(SqliteInvariants.faults(options)).contains("job " + JOB + " is in 0 places");
    }

    @Test
    void aJobInTwoPlacesIsFound() throws Exception {
        sql("INSERT INTO outcome (id, lane, attempt, state, at) SELECT id, lane, 0, 3, 0 FROM job");

        assertThat(SqliteInvariants.faults(options)).contains("job " + JOB + " is in 2 places");
    }

    @Test
    void aRowOfAJobThatIsNotThereIsFound() throws Exception {
        sql("DELETE FROM job");

        assertThat(SqliteInvariants.faults(options)).contains("a row in ready has no job " + JOB);
    }

    @Test
    void aRunningJobWithoutALeaseIsFound() throws Exception {
        sql(
                "INSERT INTO running (id, lease, attempt, failures, lane, reuse, started_at)"
                        + " SELECT id, x'00', 1, 0, lane, 0, 0 FROM job");
        sql("DELETE FROM ready");

        assertThat(SqliteInvariants.faults(options))
                .contains("running job " + JOB + " has no lease");
    }

    @Test
    void aLimitThatWasLoweredWhileItsJobsRanIsNoFault() throws Exception {
        sql("INSERT INTO slot_limit (id, name, max) VALUES (7, 'few', 1)");
        sql("INSERT INTO stopping (id, lease, attempt, limit_id) VALUES (x'01', x'00', 1, 7)");
        sql("INSERT INTO stopping (id, lease, attempt, limit_id) VALUES (x'02', x'00', 1, 7)");

        assertThat(SqliteInvariants.faults(options)).isEmpty();
        try (var store = SqliteStore.open(options, new SystemTime())) {
            assertThat(store.violations()).containsExactly("limit few of 1 is taken 2 times");
        }
    }

    private void sql(String statement) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + options.file());
                var sql = connection.createStatement()) {
            assertThat(sql.executeUpdate(statement)).isPositive();
        }
    }
}
