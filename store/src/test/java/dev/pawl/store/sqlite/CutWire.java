package dev.pawl.store.sqlite;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A wire to the database that can be cut: after a number of statements every further call fails, as
 * if the process had been killed between two statements.
 */
public final class CutWire implements UnaryOperator<Connection> {
    /** SQLITE_IOERR. */
    private static final int IO_ERROR = 10;

    private static final Set<String> RUNS = Set.of("execute", "executeUpdate", "executeQuery");

    private volatile String cutBefore = "";
    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

    /** Lets that many more statements through. */
    public void cutAfter(int statements) {
        left.set(statements);
    }

    /** Cuts itself when a statement comes that isn't prepared and has this in it. */
    public void cutBefore(String part) {
        cutBefore = part;
    }

    public boolean cut() {
        return left.get() <= 0;
    }

    @Override
    public Connection apply(Connection connection) {
        return proxy(Connection.class, connection);
    }

    private <T> T proxy(Class<T> type, Object real) {
        InvocationHandler handler = (_, method, arguments) -> call(real, method, arguments);
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object call(Object real, Method method, Object[] arguments) throws Throwable {
        if (!cutBefore.isEmpty()
                && arguments != null
                && arguments[0] instanceof String sql
                && sql.contains(cutBefore)) left.set(0);
        if (RUNS.contains(method.getName()) && left.getAndUpdate(n -> Math.max(0, n - 1)) <= 0)
            throw new SQLException("the wire is cut", "", IO_ERROR);
        try {
            Object answer = method.invoke(real, arguments);
            if (answer instanceof PreparedStatement) return proxy(PreparedStatement.class, answer);
            if (answer instanceof Statement) return proxy(Statement.class, answer);
            return answer;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
