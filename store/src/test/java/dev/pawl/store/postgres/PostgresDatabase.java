package dev.pawl.store.postgres;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresVersion;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A test's database: one for all tests of a server that come one after another, emptied before
 * each, which is quicker than another one. Its clock stands still until somebody moves it.
 */
record PostgresDatabase(String url) {
    private static final Map<PostgresVersion, PostgresDatabase> MADE =
            new EnumMap<>(PostgresVersion.class);

    /** The tables that a migration fills are left as they are. */
    private static final String EMPTY =
            """
            DO $$ DECLARE name text; BEGIN
              SET LOCAL synchronous_commit = off;
              FOR name IN SELECT tablename FROM pg_tables
                           WHERE schemaname = 'pawl' ORDER BY tablename LOOP
                IF name NOT IN ('flyway_schema_history', 'slot_limit', 'event_head', 'meta', 'queue',
                                'tool') THEN
                  EXECUTE format('DELETE FROM pawl.%I', name);
                END IF;
              END LOOP;
              DELETE FROM pawl.slot_limit WHERE id <> 0;
              DELETE FROM pawl.queue;
              DELETE FROM pawl.tool;
              UPDATE pawl.event_head SET last = 0;
            END $$
            """;

    private static final String BLOCKED =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND cardinality(pg_blocking_pids(pid)) > 0";

    private static final String SESSIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND backend_type = 'client backend' AND pid <> pg_backend_pid()";

    static synchronized PostgresDatabase empty(PostgresVersion version) {
        PostgresDatabase made = MADE.computeIfAbsent(version, PostgresDatabase::make);
        made.execute(EMPTY);
        return made;
    }

    private static PostgresDatabase make(PostgresVersion version) {
        var made = new PostgresDatabase(PostgresServer.shared(version).freshDatabase());
        PostgresStore.open(made.options()).close();
        made.execute("CREATE TABLE test_clock (ms bigint)");
        made.execute("INSERT INTO test_clock VALUES (0)");
        made.execute(
                "CREATE OR REPLACE FUNCTION pawl.now_ms() RETURNS bigint LANGUAGE sql VOLATILE"
                        + " AS 'SELECT ms FROM public.test_clock'");
        return made;
    }

    PostgresOptions options() {
        return PostgresOptions.of(url).withConnections(12);
    }

    /** A store on it; before each call the database's clock is set to {@code time}. */
    Store open(Time time) {
        return following(Store.class, PostgresStore.open(options()), time);
    }

    /** The same port, on the same clock. */
    <T> T following(Class<T> port, T behind, Time time) {
        var shown = new AtomicReference<>(Instant.MIN);
        return port.cast(
                Proxy.newProxyInstance(
                        port.getClassLoader(),
                        new Class<?>[] {port},
                        (_, method, arguments) -> {
                            Instant now = time.instant();
                            if (!shown.getAndSet(now).equals(now)) set(now);
                            try {
                                return method.invoke(behind, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    private void set(Instant now) {
        execute("UPDATE test_clock SET ms = " + now.toEpochMilli());
    }

    List<String> violations() {
        try (var store = PostgresStore.open(options().withConnections(1))) {
            return store.violations();
        }
    }

    /** Comes back once that many of its sessions wait for another one's lock. */
    void awaitBlocked(int sessions) {
        while (number(BLOCKED) < sessions && !Thread.currentThread().isInterrupted())
            Thread.onSpinWait();
    }

    /** How many sessions it has. */
    int sessions() {
        return number(SESSIONS);
    }

    /** Comes back once it has no more than that many sessions. */
    void awaitSessions(int most) {
        while (sessions() > most && !Thread.currentThread().isInterrupted()) Thread.onSpinWait();
    }

    private int number(String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
