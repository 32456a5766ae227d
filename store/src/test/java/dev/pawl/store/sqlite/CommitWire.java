package dev.pawl.store.sqlite;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A wire to the database that sees each commit, and whether it waits for the disk: the driver's
 * word at that moment, not what the store was asked for.
 */
final class CommitWire implements UnaryOperator<Connection> {
    private static final int FULL = 2;
    private static final String LOG_PAGES = "PRAGMA wal_autocheckpoint = ";

    private final int logPages;
    private final int cachePages;
    private boolean synced;

    /**
     * @param logPages how long the log gets before its pages are copied, whatever the store says
     * @param cachePages how many pages a transaction may change before it writes to the log
     */
    CommitWire(int logPages, int cachePages) {
        this.logPages = logPages;
        this.cachePages = cachePages;
    }

    /** Whether the last commit was synced. */
    boolean synced() {
        return synced;
    }

    @Override
    public Connection apply(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOG_PAGES + logPages);
            statement.execute("PRAGMA cache_size = " + cachePages);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return proxy(Connection.class, connection, connection, "");
    }

    private <T> T proxy(Class<T> type, Object real, Connection connection, String sql) {
        InvocationHandler handler =
                (_, method, arguments) -> call(real, method, arguments, connection, sql);
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private @Nullable Object call(
            Object real,
            Method method,
            Object @Nullable [] arguments,
            Connection connection,
            String prepared)
            throws Throwable {
        String sql =
                arguments != null && arguments.length > 0 && arguments[0] instanceof String text
                        ? text
                        : prepared;
        boolean runs = method.getName().startsWith("execute") && sql.equalsIgnoreCase("COMMIT");
        if (runs || method.getName().equals("commit")) synced = synchronous(connection) >= FULL;
        if (sql.startsWith(LOG_PAGES)) return true;
        try {
            Object answer = method.invoke(real, arguments);
            if (answer instanceof PreparedStatement)
                return proxy(PreparedStatement.class, answer, connection, sql);
            if (answer instanceof Statement) return proxy(Statement.class, answer, connection, "");
            return answer;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static int synchronous(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA synchronous")) {
            return row.getInt(1);
        }
    }
}
