package dev.pawl.testkit.sim;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A process's connections to the database: any statement can fail, or be its process's last. */
final class Wire implements UnaryOperator<Connection> {
    /** SQLITE_IOERR, and what PostgreSQL calls it. */
    private static final int IO_ERROR = 10;

    private static final String IO_STATE = "58030";

    private static final Set<String> RUNS = Set.of("execute", "executeUpdate", "executeQuery");

    private final SimProcess process;
    private int left = Integer.MAX_VALUE;
    private boolean crashes;
    private boolean hit;
    private boolean dead;

    Wire(SimProcess process) {
        this.process = process;
    }

    /** Lets that many more statements through; the next one fails, or ends the process. */
    void cutAfter(int statements, boolean crash) {
        left = statements;
        crashes = crash;
        hit = false;
    }

    /** Lets everything through again; answers whether a statement has failed since the cut. */
    boolean mend() {
        left = Integer.MAX_VALUE;
        boolean was = hit;
        hit = false;
        return was;
    }

    /** Nothing goes through any more. */
    void die() {
        dead = true;
    }

    @Override
    public Connection apply(Connection connection) {
        return proxy(Connection.class, connection);
    }

    private void beforeStatement() throws SQLException {
        if (dead) throw new SQLException("the process is dead", IO_STATE, IO_ERROR);
        if (left == Integer.MAX_VALUE) return;
        if (left-- > 0) return;
        left = Integer.MAX_VALUE;
        hit = true;
        if (!crashes) throw new SQLException("disk I/O error, simulated", IO_STATE, IO_ERROR);
        dead = true;
        throw new Crash(process);
    }

    private <T> T proxy(Class<T> type, Object real) {
        InvocationHandler handler = (_, method, arguments) -> call(real, method, arguments);
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private @Nullable Object call(Object real, Method method, Object @Nullable [] arguments)
            throws Throwable {
        if (RUNS.contains(method.getName())) beforeStatement();
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
