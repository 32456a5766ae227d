package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobId;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresVersion;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is submitted in one call is submitted at one moment, though the clock goes on meanwhile. */
@Timeout(60)
final class PostgresMomentTest {
    /** One millisecond later each time it is asked. */
    private static final String TICKING =
            """
            CREATE SEQUENCE test_ticks;
            CREATE OR REPLACE FUNCTION pawl.now_ms() RETURNS bigint LANGUAGE sql VOLATILE
                AS 'SELECT nextval(''public.test_ticks'')'
            """;

    // What was submitted by the ticking clock: the other one is far ahead of it.
    private static final String JOBS = "SELECT count(*) FROM pawl.job WHERE submitted_at < 1000000";
    private static final String MOMENTS =
            """
            SELECT count(DISTINCT at) FROM (
              SELECT submitted_at AS at FROM pawl.job WHERE submitted_at < 1000000
               UNION ALL
              SELECT run_at FROM pawl.ready WHERE run_at < 1000000
               UNION ALL
              SELECT at FROM pawl.event WHERE seq = (SELECT max(seq) FROM pawl.event)) moments
            """;

    @Test
    void manyThatAreAlike() {
        assertSameMoment(5, job -> job);
    }

    @Test
    void aSingleOne() {
        assertSameMoment(1, job -> job);
    }

    @Test
    void manyThatAreNotAlike() {
        assertSameMoment(5, job -> job.tags(Set.of("red")));
    }

    private static void assertSameMoment(int jobs, UnaryOperator<Submission.Builder> job) {
        var database =
                new PostgresDatabase(PostgresServer.shared(PostgresVersion.NEWEST).freshDatabase());
        try (var store = PostgresStore.open(database.options())) {
            // What jobs name is known then, so that the others go by one statement.
            submit(store, List.of(job(0, job)));
            database.execute(TICKING);

            submit(store, IntStream.rangeClosed(1, jobs).mapToObj(i -> job(i, job)).toList());

            assertThat(database.number(JOBS)).isEqualTo(jobs);
            assertThat(database.number(MOMENTS)).isOne();
        }
    }

    private static void submit(PostgresStore store, List<NewJob> jobs) {
        assertThat(store.submit(jobs))
                .hasSize(jobs.size())
                .hasOnlyElementsOfType(Submitted.Accepted.class);
    }

    private static NewJob job(int number, UnaryOperator<Submission.Builder> job) {
        return new NewJob(id(number), job.apply(Submission.of(new ToolId("t", "1"), "{}")).build());
    }

    private static JobId id(int number) {
        return new JobId(new UUID(0x7000, number | Long.MIN_VALUE));
    }
}
