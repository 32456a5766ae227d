package dev.pawl.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What databases do differently. Statements are written once, as PostgreSQL reads them: tables in
 * the schema {@code pawl}, rows locked where another process could move them. {@link #text} takes
 * away what a database has no need for. Thread-safe.
 */
public interface Dialect {
    /** The statement as this database reads it. */
    String text(String sql);

    /** How many jobs are moved at once; empty where one by one costs no more. */
    Optional<Batches> batches();

    /** Begins a transaction that writes; its reads see what other commits wrote before them. */
    void begin(Db db) throws SQLException;

    /** Begins one that reads only, and all of it from one snapshot. */
    void beginRead(Db db) throws SQLException;

    void commit(Db db) throws SQLException;

    void rollback(Db db) throws SQLException;

    /** Binds an id, as the database keeps it. */
    void bind(PreparedStatement statement, int position, UUID id) throws SQLException;

    /** Binds an array; only where there are {@link #batches}. Elements may be null. */
    default void bind(PreparedStatement statement, int position, String type, List<?> values)
            throws SQLException {
        throw new SQLFeatureNotSupportedException("an array of " + type);
    }

    /** Whether a transaction that writes is alone: then nothing moves between its statements. */
    boolean alone();

    /** Text as the database can keep it; {@link #read} finds what it was. */
    String write(String text);

    String read(String kept);

    /**
     * Up to {@code max} heads of ready of these lanes, in claim order, which nobody else takes
     * while the transaction lasts.
     */
    List<Head> heads(Tx tx, List<Integer> lanes, int max) throws SQLException;

    /** {@link LimitSql#keys}, which locks the keys that it finds where others could. */
    String keys();

    /** The condition that the i-th field of a job's input has the value {@code :value<i>}. */
    String withInput(int i);

    /** What is bound to {@code :path<i>} of it. */
    String path(List<String> steps);

    /**
     * How many unfinished jobs a queue has.
     *
     * @param counted by the counters
     * @param untold what commits have added that the counters don't have yet
     */
    record Depth(long counted, List<Delta> untold) {}

    /** Both from one snapshot: what moves from one to the other meanwhile is in one of them. */
    Depth depth(Tx tx, String queue) throws SQLException;

    /**
     * Writes a transaction's events and what they do to the counters; the last thing before its
     * commit.
     *
     * @param moves some events, as {@link EventLog} packs them, an entry for each row
     * @param counts what it adds to the counters
     */
    void tell(Tx tx, List<byte[]> moves, List<Delta> counts) throws SQLException;

    /** The same, and the commit. */
    default void commit(Tx tx, List<byte[]> moves, List<Delta> counts) throws SQLException {
        tell(tx, moves, counts);
        commit(tx.db());
    }
}
