package dev.pawl.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * One connection with its prepared statements, kept by their text for as long as it is open: the
 * SQLite driver caches none, and preparing costs as much as running. Not thread-safe; whoever holds
 * the connection uses it alone.
 */
public final class Db implements AutoCloseable {
    private final Connection connection;
    private final Map<String, Stmt> prepared = new HashMap<>();

    public Db(Connection connection) {
        this.connection = connection;
    }

    /** The prepared statement for {@code sql}, whose parameters are written {@code :name}. */
    public Stmt stmt(String sql) throws SQLException {
        Stmt known = prepared.get(sql);
        if (known != null && !known.failed()) return known;
        if (known != null) known.close();
        var fresh = new Stmt(connection, sql);
        prepared.put(sql, fresh);
        return fresh;
    }

    /** Runs a statement without parameters, as BEGIN or PRAGMA. */
    public void execute(String sql) throws SQLException {
        if (!isWord(sql)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
            return;
        }
        stmt(sql).update();
    }

    private static boolean isWord(String sql) {
        return sql.startsWith("BEGIN") || sql.equals("COMMIT") || sql.equals("ROLLBACK");
    }

    @Override
    public void close() throws SQLException {
        for (Stmt stmt : prepared.values()) stmt.close();
        connection.close();
    }
}
