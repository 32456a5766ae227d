package dev.pawl.store;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A query's rows, one at a time, in the types of {@link Stmt}. Columns count from 1. */
public final class Rows implements AutoCloseable {
    private final ResultSet rows;
    private final Dialect dialect;

    Rows(ResultSet rows, Dialect dialect) {
        this.rows = rows;
        this.dialect = dialect;
    }

    public boolean next() throws SQLException {
        return rows.next();
    }

    public long number(int column) throws SQLException {
        return rows.getLong(column);
    }

    public int integer(int column) throws SQLException {
        return rows.getInt(column);
    }

    public double real(int column) throws SQLException {
        return rows.getDouble(column);
    }

    /** The text; empty for null. */
    public String text(int column) throws SQLException {
        String value = rows.getString(column);
        return value == null ? "" : dialect.read(value);
    }

    public byte @Nullable [] bytes(int column) throws SQLException {
        return rows.getBytes(column);
    }

    /** Bytes as lower-case hex digits; empty for null. */
    public String hex(int column) throws SQLException {
        byte[] value = rows.getBytes(column);
        return value == null ? "" : HexFormat.of().formatHex(value);
    }

    /** A truth: what the database has as a boolean, or as 0 or 1. */
    public boolean flag(int column) throws SQLException {
        return rows.getBoolean(column);
    }

    public boolean isNull(int column) throws SQLException {
        return rows.getObject(column) == null;
    }

    public Instant instant(int column) throws SQLException {
        return Instant.ofEpochMilli(rows.getLong(column));
    }

    /** The id, or null where the column is null. */
    public @Nullable UUID uuidOrNull(int column) throws SQLException {
        Object value = rows.getObject(column);
        if (value == null || value instanceof UUID) return (UUID) value;
        var buffer = ByteBuffer.wrap((byte[]) value);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    public UUID uuid(int column) throws SQLException {
        UUID value = uuidOrNull(column);
        if (value == null) throw new IllegalStateException("column " + column + " is null");
        return value;
    }

    @Override
    public void close() throws SQLException {
        rows.close();
    }
}
