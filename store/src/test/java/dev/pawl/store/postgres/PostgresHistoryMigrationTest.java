package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.PawlException;
import dev.pawl.store.SchemaPlan;
import dev.pawl.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Executors;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database that an older program has filled, when its history is put in periods. */
final class PostgresHistoryMigrationTest {
    /** Each of the tables, with jobs of long ago, of now, and of a clock that is years ahead. */
    private static final String FILL =
            """
            INSERT INTO pawl.tool (name, version) VALUES ('echo', '1');
            INSERT INTO pawl.queue (name) VALUES ('tool-runner');
            INSERT INTO pawl.lane (queue, tool_id, limit_id)
            SELECT 'tool-runner', id, 0 FROM pawl.tool;
            INSERT INTO pawl.policy (line) VALUES ('attempts=1');
            INSERT INTO pawl.job (id, lane, policy, priority, parents, run_at, submitted_at, ttl,
                                  reuse_ttl, go_on, reuse_errors, tenant, input, correlation_id)
            SELECT CAST(lpad(to_hex(n / 8 * 250000000000), 12, '0') || '70008'
                        || lpad(to_hex(n), 15, '0') AS uuid),
                   l.id, p.id, n, 0, 0, n, 0, 0, 0, 0, 'default', '{"n":' || n || '}', 'flow' || n
              FROM generate_series(0, 99) n, pawl.lane l, pawl.policy p;
            INSERT INTO pawl.tag (tag, id) SELECT 'red', id FROM pawl.job;
            INSERT INTO pawl.outcome (id, at, started_at, lane, attempt, state, output, class)
            SELECT id, 9, 4, lane, 1, priority % 3 + 1, 'x',
                   CASE priority % 3 WHEN 1 THEN 'permanent' END FROM pawl.job;
            INSERT INTO pawl.attempt_end (id, attempt, started_at, at, how, worker, class, message)
            SELECT id, 1, 4, 9, 'failed', 'w', 'permanent', 'it failed' FROM pawl.outcome
             WHERE state = 2;
            INSERT INTO pawl.log (id, seq, at, attempt, stream, text)
            SELECT id, 1, 5, 1, 0, 'line' FROM pawl.job;
            INSERT INTO pawl.artifact (id, size, name, sha256, media_type)
            SELECT id, 1, 'a', repeat('0', 64), 'text/plain' FROM pawl.job;
            INSERT INTO pawl.counter (lane, state, jobs, runs, millis)
            SELECT lane, state + 2, count(*), count(*), 5 * count(*) FROM pawl.outcome
             GROUP BY lane, state;
            """;

    private static final List<String> ANSWERS =
            List.of(
                    "SELECT * FROM pawl.job_in_words",
                    "SELECT * FROM pawl.tool_runner_jobs",
                    "SELECT * FROM pawl.tool_runner_job_results",
                    "SELECT * FROM pawl.tool_runner_job_logs",
                    "SELECT * FROM tool_runner.jobs",
                    "SELECT * FROM public.mine",
                    "SELECT * FROM pawl.job",
                    "SELECT * FROM pawl.tag",
                    "SELECT * FROM pawl.outcome",
                    "SELECT * FROM pawl.attempt_end",
                    "SELECT * FROM pawl.log",
                    "SELECT * FROM pawl.artifact");

    private static final String COLUMNS =
            """
            SELECT c.relname, a.attname, a.attnotnull, a.attstorage, a.atttypid
              FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
             WHERE c.relnamespace = CAST('pawl' AS regnamespace) AND c.relkind IN ('r', 'p')
               AND NOT c.relispartition AND a.attnum > 0 AND c.relname <> 'flyway_schema_history'
             ORDER BY c.relname, a.attnum
            """;

    private static final String INDEXES =
            """
            SELECT c.relname, i.indisunique, i.indisvalid, pg_get_expr(i.indpred, i.indrelid),
                   t.relname
              FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
              JOIN pg_class t ON t.oid = i.indrelid
             WHERE t.relnamespace = CAST('pawl' AS regnamespace) AND NOT t.relispartition
               AND t.relname <> 'flyway_schema_history'
            """;

    private final PostgresServer server = PostgresServer.shared();
    private final String role = "reader_" + System.nanoTime();
    private PostgresDatabase database;

    @BeforeEach
    void fill() {
        database = new PostgresDatabase(server.freshDatabase());
        var _ =
                Flyway.configure()
                        .loggers("slf4j")
                        .dataSource(database.url(), null, null)
                        .schemas("pawl")
                        .locations("classpath:dev/pawl/store/postgres")
                        .target("5")
                        .load()
                        .migrate();
        database.execute(FILL);
        database.execute(
                """
                CREATE VIEW public.mine WITH (security_barrier) AS
                SELECT j.tenant, count(*) FROM pawl.job j JOIN pawl.outcome o ON o.id = j.id
                 GROUP BY j.tenant;
                CREATE ROLE %1$s;
                GRANT USAGE ON SCHEMA pawl TO %1$s;
                GRANT SELECT ON pawl.job_in_words, public.mine TO %1$s;
                GRANT SELECT, INSERT ON pawl.outcome TO %1$s;
                """
                        .formatted(role));
    }

    @AfterEach
    void drop() {
        database.execute("DROP OWNED BY %s; DROP ROLE %1$s".formatted(role));
        server.drop(database.url());
    }

    @Test
    void everybodyGetsTheSameAnswers() {
        List<String> before = ANSWERS.stream().map(sql -> sql + " " + answer(sql)).toList();
        String columns = rows(COLUMNS);
        String indexes = answer(INDEXES);

        try (var store = PostgresStore.open(database.options())) {
            assertThat(ANSWERS.stream().map(sql -> sql + " " + answer(sql)).toList())
                    .isEqualTo(before);
            assertThat(store.violations()).isEmpty();
        }

        assertThat(rows(COLUMNS)).isEqualTo(columns);
        assertThat(answer(INDEXES)).isEqualTo(indexes);
        assertThat(rows("SELECT count(*) FROM pawl.job_past")).isEqualTo("64 ");
        assertThat(rows("SELECT count(*) FROM pawl.job_rest")).isEqualTo("36 ");
        database.execute(
                """
                SET ROLE %s;
                SELECT * FROM pawl.job_in_words;
                SELECT * FROM public.mine;
                INSERT INTO pawl.outcome SELECT * FROM pawl.outcome LIMIT 0;
                """
                        .formatted(role));
        assertThat(rows("SELECT reloptions FROM pg_class WHERE relname = 'mine'"))
                .isEqualTo("{security_barrier=true} ");
    }

    @Test
    void itWaitsForWhoUsesTheTables() throws Exception {
        try (Connection reader = DriverManager.getConnection(database.url());
                Statement statement = reader.createStatement();
                var aside = Executors.newSingleThreadExecutor()) {
            reader.setAutoCommit(false);
            statement.executeQuery("SELECT count(*) FROM pawl.log").close();
            var opened = aside.submit(() -> PostgresStore.open(database.options()));
            database.awaitBlocked(1);
            statement.executeQuery("SELECT count(*) FROM pawl.outcome").close();
            reader.commit();
            try (PostgresStore store = opened.get()) {
                assertThat(store.violations()).isEmpty();
            }
        }
    }

    @Test
    void aPlanShowsIt() {
        SchemaPlan plan = PostgresStore.plan(database.options());
        assertThat(plan.migrations())
                .extracting(SchemaPlan.Migration::version)
                .first()
                .isEqualTo(6);
        assertThat(plan.migrations().getFirst().sql()).contains("PARTITION BY RANGE");
    }

    @Test
    void whatCantBeMadeAgainIsNamedAndNothingIsChanged() {
        database.execute("CREATE MATERIALIZED VIEW public.theirs AS SELECT id FROM pawl.tag");
        assertThatThrownBy(() -> PostgresStore.open(database.options()))
                .isInstanceOf(PawlException.class)
                .hasMessageContaining("theirs reads a table")
                .hasMessageContaining("drop it");
        assertThat(rows("SELECT max(CAST(version AS integer)) FROM pawl.flyway_schema_history"))
                .isEqualTo("5 ");
        assertThat(rows("SELECT count(*) FROM pawl.tag")).isEqualTo("100 ");
        database.execute("DROP MATERIALIZED VIEW public.theirs");
        PostgresStore.open(database.options()).close();
    }

    @Test
    void whatHangsOnTheTablesIsNamedAndNothingIsChanged() {
        database.execute("CREATE TABLE public.bill (job uuid REFERENCES pawl.job (id))");
        assertThatThrownBy(() -> PostgresStore.open(database.options()))
                .isInstanceOf(PawlException.class)
                .hasMessageContaining("foreign key \"bill_job_fkey\" of bill hangs on a table");
        assertThat(rows("SELECT count(*) FROM pawl.tag")).isEqualTo("100 ");
        database.execute("DROP TABLE public.bill");
        PostgresStore.open(database.options()).close();
    }

    /** How many rows there are, and what is in them. */
    private String answer(String sql) {
        return rows(
                "SELECT count(*), md5(string_agg(CAST(a AS text), '' ORDER BY CAST(a AS text)))"
                        + " FROM (%s) a".formatted(sql));
    }

    private String rows(String sql) {
        var text = new StringBuilder();
        try (Connection connection = DriverManager.getConnection(database.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next())
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++)
                    text.append(rows.getString(i)).append(' ');
            return text.toString();
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
