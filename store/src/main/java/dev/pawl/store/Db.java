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
    private final Dialect dialect;
    private final Map<String, Stmt> prepared = new HashMap<>();

    public Db(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** The bare connection, for what has no statement. */
    public Connection connection() {
        return connection;
    }

    Dialect dialect() {
        return dialect;
    }

    /** Begins a transaction that writes. */
    public void begin() throws SQLException {
        dialect.begin(this);
    }

    /** Begins one that reads only, from one snapshot. */
    public void beginRead() throws SQLException {
        dialect.beginRead(this);
    }

    public void commit() throws SQLException {
        dialect.commit(this);
    }

    public void rollback() throws SQLException {
        dialect.rollback(this);
    }

    /** The prepared statement for {@code sql}, whose parameters are written {@code :name}. */
    public Stmt stmt(String sql) throws SQLException {
        Stmt known = prepared.get(sql);
        if (known != null && !known.failed()) return known;
        if (known != null) known.close();
        var fresh = new Stmt(connection, dialect, sql);
        prepared.put(sql, fresh);
        return fresh;
    }

    /** Runs a statement without parameters, as PRAGMA. */
    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Closes its statements and leaves the connection to whom it belongs. */
    public void release() throws SQLException {
        for (Stmt stmt : prepared.values()) stmt.close();
        prepared.clear();
    }

    @Override
    public void close() throws SQLException {
        release();
        connection.close();
    }
}
