package dev.pawl.store.sqlite;

import dev.pawl.store.Batches;
import dev.pawl.store.Codes;
import dev.pawl.store.Db;
import dev.pawl.store.Delta;
import dev.pawl.store.Dialect;
import dev.pawl.store.EventLog;
import dev.pawl.store.Head;
import dev.pawl.store.LimitSql;
import dev.pawl.store.Rows;
import dev.pawl.store.Tx;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The statements that are SQLite's own, and how it reads the others. A write runs between BEGIN
 * IMMEDIATE and COMMIT, so that no other write comes between its statements: no row needs a lock.
 */
public final class SqliteSql implements Dialect {
    /** The one there is. */
    public static final SqliteSql DIALECT = new SqliteSql();

    static final String BEGIN = "BEGIN IMMEDIATE";
    static final String BEGIN_READ = "BEGIN";
    static final String COMMIT = "COMMIT";
    static final String ROLLBACK = "ROLLBACK";

    static final String SYNC_FULL = "PRAGMA synchronous = FULL";
    static final String SYNC_NORMAL = "PRAGMA synchronous = NORMAL";
    static final String AUTOCHECKPOINT = "PRAGMA wal_autocheckpoint = ";
    static final String CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)";

    /** Only looks: answers as a checkpoint would, and moves nothing. */
    static final String CHECKPOINT_LOOK = "PRAGMA wal_checkpoint(NOOP)";

    /** Heads of one lane, in claim order: the primary key. Repeated with UNION ALL, a merge. */
    private static final String HEADS_OF_LANE =
            "SELECT lane, priority, run_at, id, attempt, failures, limit_key FROM ready WHERE"
                    + " lane = ";

    private static final String HEADS_ORDER = " ORDER BY priority DESC, run_at, id LIMIT :max";

    private static final String KEYS = LimitSql.keys(LimitSql.NEXT_KEY, "true");

    /** Unfinished jobs of a queue: states waiting, queued, running. */
    private static final String DEPTH =
            """
            SELECT coalesce(sum(c.jobs), 0) FROM lane l JOIN counter c ON c.lane = l.id
             WHERE l.queue = :queue AND c.state IN (0, 1, 2)
            """;

    /** One page: the end of the table. Nothing else writes, so the next number is the next. */
    private static final String EVENTS_ADD =
            """
            INSERT INTO event (number, at, moves)
            SELECT coalesce(max(number), 0) + :count, :now, :moves FROM event
            """;

    private static final String COUNT =
            """
            INSERT INTO counter (lane, state, jobs, runs, millis)
            VALUES (:lane, :state, :jobs, :runs, :millis)
                ON CONFLICT DO UPDATE SET jobs = jobs + excluded.jobs, runs = runs + excluded.runs,
                                          millis = millis + excluded.millis
            """;

    private static final Pattern NOT_OURS =
            Pattern.compile(
                    "\\bpawl\\.|\\sFOR (KEY SHARE|SHARE|UPDATE|NO KEY UPDATE)( OF \\w+)?( SKIP"
                            + " LOCKED)?\\b");

    private SqliteSql() {}

    @Override
    public String text(String sql) {
        return NOT_OURS.matcher(sql.replace("pawl.now_ms()", ":now")).replaceAll("");
    }

    @Override
    public boolean alone() {
        return true;
    }

    @Override
    public Optional<Batches> batches() {
        return Optional.empty();
    }

    @Override
    public void begin(Db db) throws SQLException {
        db.stmt(BEGIN).update();
    }

    @Override
    public void beginRead(Db db) throws SQLException {
        db.stmt(BEGIN_READ).update();
    }

    @Override
    public void commit(Db db) throws SQLException {
        db.stmt(COMMIT).update();
    }

    @Override
    public void rollback(Db db) throws SQLException {
        db.stmt(ROLLBACK).update();
    }

    /** As 16 bytes. */
    @Override
    public void bind(PreparedStatement statement, int position, UUID id) throws SQLException {
        byte[] bytes =
                ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .array();
        statement.setBytes(position, bytes);
    }

    @Override
    public String write(String text) {
        return text;
    }

    @Override
    public String read(String kept) {
        return kept;
    }

    @Override
    public List<Head> heads(Tx tx, List<Integer> lanes, int max) throws SQLException {
        // Lanes bound as plain text parts: numbers of our own, and the statement is kept by them.
        var sql = new StringBuilder();
        for (int lane : lanes)
            sql.append(sql.isEmpty() ? "" : " UNION ALL ").append(HEADS_OF_LANE).append(lane);
        var heads = new ArrayList<Head>();
        try (Rows rows = tx.stmt(sql + HEADS_ORDER).set("max", max).query()) {
            while (rows.next()) heads.add(Head.of(rows));
        }
        return heads;
    }

    @Override
    public String keys() {
        return KEYS;
    }

    /** Text is compared as such; what else isn't a list or an object as it is written. */
    @Override
    public String withInput(int i) {
        String path = ":path" + i;
        return """
         AND CASE json_type(j.input, %1$s)
               WHEN 'text' THEN json_extract(j.input, %1$s)
               WHEN 'object' THEN NULL
               WHEN 'array' THEN NULL
               ELSE j.input -> %1$s
             END = :value%2$d
        """
                .formatted(path, i);
    }

    /** https://sqlite.org/json1.html#path_arguments; no step has a quote in it. */
    @Override
    public String path(List<String> steps) {
        var path = new StringBuilder("$");
        for (String step : steps)
            if (step.matches("\\d{1,9}")) path.append('[').append(step).append(']');
            else path.append(".\"").append(step).append('"');
        return path.toString();
    }

    /** A commit writes its counters itself. */
    @Override
    public Depth depth(Tx tx, String queue) throws SQLException {
        try (Rows rows = tx.stmt(DEPTH).set("queue", queue).query()) {
            rows.next();
            return new Depth(rows.number(1), List.of());
        }
    }

    @Override
    public void tell(Tx tx, List<byte[]> moves, List<Delta> counts) throws SQLException {
        for (byte[] row : moves)
            tx.stmt(EVENTS_ADD)
                    .set("count", EventLog.count(row))
                    .set("now", tx.now)
                    .set("moves", row)
                    .update();
        for (Delta delta : counts)
            tx.stmt(COUNT)
                    .set("lane", delta.lane())
                    .set("state", Codes.of(delta.state()))
                    .set("jobs", delta.jobs())
                    .set("runs", delta.runs())
                    .set("millis", delta.millis())
                    .update();
    }
}
