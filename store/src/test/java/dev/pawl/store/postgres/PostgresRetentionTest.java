package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.PostgresServer;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Removing what has ended, between two statements of another transaction. */
final class PostgresRetentionTest {
    private final PostgresServer server = PostgresServer.shared();
    private String url = "";

    @BeforeEach
    void database() {
        url = server.freshDatabase();
    }

    @AfterEach
    void drop() {
        server.drop(url);
    }

    @Test
    void aJobThatIsJustGettingAChildIsPassedOver() throws Exception {
        try (var store = PostgresStore.open(PostgresOptions.of(url).withConnections(2));
                var submit = DriverManager.getConnection(url);
                var statement = submit.createStatement()) {
            var id = new JobId(new UUID(0x0123456789ab7000L, Long.MIN_VALUE));
            Submission job = Submission.of(new ToolId("echo", "1"), "{}").build();
            assertThat(store.submit(List.of(new NewJob(id, job)))).hasSize(1);
            assertThat(store.cancel(id)).isPresent();
            var tomorrow = store.now().plus(Duration.ofDays(1));
            var until = Map.of(JobState.Name.CANCELLED, tomorrow);
            submit.setAutoCommit(false);
            // As a submit keeps its job's parent where it is.
            assertThat(
                            statement.execute(
                                    "SELECT id FROM pawl.outcome WHERE id = '%s' FOR KEY SHARE"
                                            .formatted(id)))
                    .isTrue();

            assertThat(store.prune(until, "", 10).jobs()).isZero();
            submit.rollback();

            assertThat(store.prune(until, "", 10).jobs()).isEqualTo(1);
            assertThat(store.find(id)).isEmpty();
            assertThat(store.violations()).isEmpty();
        }
    }
}
