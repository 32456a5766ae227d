package dev.pawl.store.postgres;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.testkit.PostgresClock;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresTables;
import dev.pawl.testkit.PostgresVersion;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A test's database: one for all tests of a server that come one after another, emptied before
 * each, which is quicker than another one. Its clock stands still until somebody moves it.
 */
record PostgresDatabase(String url) {
    private static final Map<PostgresVersion, PostgresDatabase> MADE =
            new EnumMap<>(PostgresVersion.class);

    private static final String BLOCKED =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND cardinality(pg_blocking_pids(pid)) > 0";

    private static final String SESSIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND backend_type = 'client backend' AND pid <> pg_backend_pid()";

    static synchronized PostgresDatabase empty(PostgresVersion version) {
        PostgresDatabase made = MADE.computeIfAbsent(version, PostgresDatabase::make);
        PostgresTables.empty(made.url);
        return made;
    }

    private static PostgresDatabase make(PostgresVersion version) {
        var made = new PostgresDatabase(PostgresServer.shared(version).freshDatabase());
        PostgresStore.open(made.options()).close();
        PostgresClock.install(made.url);
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
        return new PostgresClock(url).following(port, behind, time);
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

    int number(String sql) {
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
        PostgresServer.execute(url, sql);
    }
}
