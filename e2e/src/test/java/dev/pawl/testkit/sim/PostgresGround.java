package dev.pawl.testkit.sim;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.PostgresClock;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresTables;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database of its own, emptied before each run. Its clock is set to the calling process's before
 * each call, so that a run means the same as on SQLite; hints go by the simulation, not by NOTIFY.
 */
final class PostgresGround implements Ground, AutoCloseable {
    private final String url;
    private final PostgresClock clock;

    /** Numbers events, and so brings the counters up to date, which a server does in its time. */
    private final PostgresStore own;

    private PostgresGround(String url) {
        this.url = url;
        this.clock = new PostgresClock(url);
        this.own = PostgresStore.open(PostgresOptions.of(url).withConnections(1));
    }

    static PostgresGround make() {
        var ground = new PostgresGround(PostgresServer.shared().freshDatabase());
        PostgresClock.install(ground.url);
        return ground;
    }

    Simulation.Result run(long seed, int steps, Trace trace) {
        PostgresTables.empty(url);
        return Simulation.run(seed, steps, trace, this);
    }

    private record Opened(PostgresStore real, Store store, Connection connection)
            implements Access {
        @Override
        public List<String> violations() {
            return real.violations();
        }

        @Override
        public void close() {
            real.close();
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public Access open(Time time, Wire wire) {
        try {
            Connection connection = DriverManager.getConnection(url);
            var real = PostgresStore.on(source(connection, wire, Thread.currentThread()), 1);
            Store store = clock.following(Store.class, real, time);
            return new Opened(real, store, connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One connection for the run's thread, which is never in two calls of a process at once. */
    private DataSource source(Connection connection, Wire wire, Thread run) {
        Connection kept =
                proxy(
                        Connection.class,
                        (method, arguments) ->
                                method.equals("close") ? null : arguments.of(connection));
        Connection wired = wire.apply(kept);
        return proxy(
                DataSource.class,
                (method, arguments) -> {
                    // The store asks a source for connections and for nothing else: should it ever,
                    // the run ends here, where it can be seen.
                    if (!method.equals("getConnection"))
                        throw new UnsupportedOperationException(method);
                    if (!Thread.currentThread().equals(run))
                        throw new SQLException("no hints here");
                    return wired;
                });
    }

    private interface Call {
        @Nullable Object of(Object real) throws Throwable;
    }

    private interface Answer {
        @Nullable Object to(String method, Call call) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) ->
                                answer.to(
                                        method.getName(),
                                        real -> {
                                            try {
                                                return method.invoke(real, arguments);
                                            } catch (InvocationTargetException e) {
                                                throw e.getCause();
                                            }
                                        })));
    }

    @Override
    public Connection look() throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        try (var statement = connection.createStatement()) {
            statement.execute("SET search_path = pawl, public");
        }
        return connection;
    }

    @Override
    public String version() {
        return "SELECT CAST(pg_current_wal_insert_lsn() - '0/0' AS bigint)";
    }

    @Override
    public String picture(String sqlite) {
        return sqlite.replace("group_concat(line, char(10))", "string_agg(line, chr(10))")
                .replace("hex(hash)", "encode(hash, 'hex')")
                .replace("idempotency)", "idempotency) lines")
                .replace("%d", "%s");
    }

    @Override
    public void settle() {
        var _ = own.events(Long.MAX_VALUE >> 1, 1);
    }

    @Override
    public void bind(PreparedStatement statement, UUID id) throws SQLException {
        statement.setObject(1, id);
    }

    @Override
    public void close() {
        own.close();
        PostgresServer.shared().drop(url);
    }
}
