package dev.pawl.store.sqlite;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.pawl.core.Count;
import dev.pawl.core.Event;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Ran;
import dev.pawl.core.RetryPolicy;
import dev.pawl.testkit.FakeTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** Files that are fresh, or of an older program. */
final class SqliteSchemaTest {
    @TempDir Path folder;
    private final FakeTime time = FakeTime.advancing();

    @Test
    void aFreshFileThatAnotherMigratesBetweenTwoQueriesIsNotTakenForAnotherPrograms()
            throws SQLException {
        for (int before = 1; before <= 3; before++) {
            Path file = folder.resolve("fresh-%d.db".formatted(before));
            var queries = new AtomicInteger();
            int at = before;
            Runnable other =
                    () -> {
                        if (queries.incrementAndGet() == at && !migrating(file))
                            SqliteStore.open(SqliteOptions.of(file), time).close();
                    };
            var source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + file);

            SqliteSchema.migrate(told(DataSource.class, source, other), file, time);

            try (var store = SqliteStore.open(SqliteOptions.of(file), time)) {
                assertThat(store.violations()).isEmpty();
            }
        }
    }

    @Test
    void aFileOfTheFirstSchemaKeepsItsJobs() throws SQLException {
        Path file = folder.resolve("old.db");
        Flyway.configure()
                .dataSource("jdbc:sqlite:" + file, null, null)
                .locations("classpath:dev/pawl/store/sqlite")
                .target("1")
                .load()
                .migrate();
        var id = new JobId(UUID.fromString("01a2029c-1d2e-7000-8000-000000000001"));
        try (Connection old = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = old.createStatement()) {
            String bytes = "x'" + id.toString().replace("-", "") + "'";
            for (String sql :
                    List.of(
                            "INSERT INTO queue (name) VALUES ('default')",
                            "INSERT INTO tool (id, name, version) VALUES (1, 'noop', '1')",
                            "INSERT INTO lane (id, queue, tool_id, limit_id)"
                                    + " VALUES (1, 'default', 1, 0)",
                            "INSERT INTO policy (id, line) VALUES (1, '"
                                    + RetryPolicy.defaults().line()
                                    + "')",
                            "INSERT INTO job (id, lane, policy, priority, run_at, submitted_at,"
                                    + " tenant, ttl, go_on, parents, reuse_ttl, reuse_errors,"
                                    + " input) VALUES ("
                                    + bytes
                                    + ", 1, 1, 0, 0, 0, 'default', 0, 0, 0, 0, 0, '{}')",
                            "INSERT INTO ready (lane, priority, run_at, id, attempt, failures)"
                                    + " VALUES (1, 0, 0, "
                                    + bytes
                                    + ", 0, 0)",
                            "INSERT INTO counter (lane, state, jobs) VALUES (1, 1, 1)"))
                statement.execute(sql);
        }

        try (var store = SqliteStore.open(SqliteOptions.of(file), time)) {
            assertThat(store.violations()).isEmpty();
            assertThat(store.find(id).orElseThrow().submission().traceparent()).isEmpty();
            assertThat(store.cancel(id)).isPresent();
            assertThat(store.events(0, 10).events()).extracting(Event::job).containsExactly(id);
        }
    }

    @Test
    void aFileOfBeforeCountsHowLongItsJobsRan() throws SQLException {
        Path file = folder.resolve("before.db");
        Flyway.configure()
                .dataSource("jdbc:sqlite:" + file, null, null)
                .locations("classpath:dev/pawl/store/sqlite")
                .target("7")
                .load()
                .migrate();
        try (Connection old = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = old.createStatement()) {
            statement.execute("INSERT INTO queue (name) VALUES ('default')");
            statement.execute("INSERT INTO tool (id, name, version) VALUES (1, 'noop', '1')");
            statement.execute(
                    "INSERT INTO lane (id, queue, tool_id, limit_id) VALUES (1, 'default', 1, 0)");
            statement.execute(
                    "INSERT INTO counter (lane, state, jobs) VALUES (1, 3, 3), (1, 4, 1)");
            // Two that ran, one of them while the clock was set back; one answered; one dead.
            for (String end :
                    List.of(
                            "1, 9000, 2000, NULL",
                            "1, 1000, 5000, NULL",
                            "1, 7000, NULL, NULL",
                            "2, 900, 400, 'permanent'"))
                statement.execute(
                        "INSERT INTO outcome (id, lane, attempt, state, at, started_at, class)"
                                + " VALUES (randomblob(16), 1, 1, "
                                + end
                                + ")");
            statement.execute(
                    """
                    INSERT INTO job (id, lane, policy, priority, run_at, submitted_at, tenant, ttl,
                                     go_on, parents, reuse_ttl, reuse_errors, input)
                    SELECT id, 1, 1, 0, 0, 0, 'default', 0, 0, 0, 0, 0, '{}' FROM outcome
                    """);
        }

        try (var store = SqliteStore.open(SqliteOptions.of(file), time)) {
            assertThat(store.violations()).isEmpty();
            assertThat(store.counts())
                    .extracting(Count::state, Count::ran)
                    .containsExactly(
                            tuple(JobState.Name.SUCCEEDED, new Ran(2, Duration.ofSeconds(7))),
                            tuple(JobState.Name.DEAD, new Ran(1, Duration.ofMillis(500))));
        }
    }

    /** Whether the one under test holds the lock: another process would wait. */
    private static boolean migrating(Path file) {
        Path lock = file.resolveSibling(file.getFileName() + ".migrate");
        try (var channel = FileChannel.open(lock, CREATE, WRITE);
                var mine = channel.tryLock()) {
            return mine == null;
        } catch (OverlappingFileLockException held) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells before each query, whatever connection it is on. */
    private static <T> T told(Class<T> type, Object real, Runnable before) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> call(real, method, arguments, before)));
    }

    private static Object call(Object real, Method method, Object[] arguments, Runnable before)
            throws Throwable {
        if (method.getName().equals("executeQuery")) before.run();
        try {
            Object answer = method.invoke(real, arguments);
            if (method.getName().equals("getConnection"))
                return told(Connection.class, answer, before);
            if (method.getName().equals("createStatement"))
                return told(Statement.class, answer, before);
            return answer;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
