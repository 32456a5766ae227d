package dev.pawl.store.postgres;

import dev.pawl.store.Batches;
import dev.pawl.store.Db;
import dev.pawl.store.Delta;
import dev.pawl.store.Dialect;
import dev.pawl.store.Head;
import dev.pawl.store.LimitSql;
import dev.pawl.store.Rows;
import dev.pawl.store.Submissions;
import dev.pawl.store.Tx;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The statements that are PostgreSQL's own, and how it reads the others. A transaction that writes
 * is at READ COMMITTED: each of its statements sees what was committed before it, so that what a
 * lock has waited for is seen by the next one.
 */
final class PostgresSql implements Dialect {
    static final String NOW = "SELECT pawl.now_ms()";

    /**
     * A transaction that writes goes by indexes, and by plans that are made once: a table that is
     * nearly empty when a statement is planned is full when it runs, and planning a claim costs as
     * much as many of its jobs.
     */
    static final String NOW_WRITING =
            "SELECT pawl.now_ms(), set_config('enable_seqscan', 'off', true),"
                    + " set_config('enable_bitmapscan', 'off', true),"
                    + " set_config('plan_cache_mode', 'force_generic_plan', true),"
                    + " set_config('jit', 'off', true)";

    /** With it a commit doesn't wait for the disk. */
    static final String NOW_UNSYNCED =
            NOW_WRITING + ", set_config('synchronous_commit', 'off', true)";

    /**
     * By indexes, as what is written, and by plans that are made once: to plan a look at a job in
     * all its tables takes longer than to look, the more so where they have partitions.
     *
     * <p>A snapshot that is older than a lock it waits for sees neither the partition that is gone
     * then nor the rows that were put elsewhere meanwhile. LOCK takes none, so it waits first.
     */
    private static final String ONE_SNAPSHOT =
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL enable_seqscan = off;"
                    + " SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL jit = off;"
                    + " LOCK TABLE ONLY pawl.job IN ACCESS SHARE MODE";

    // ---- Claim

    /** Index ready_claim. */
    private static final String HEADS_OF_LANE =
            """
            SELECT lane, priority, run_at, id, attempt, failures, limit_key FROM pawl.ready
             WHERE lane = :lane ORDER BY priority DESC, run_at, id LIMIT :max
               FOR UPDATE SKIP LOCKED
            """;

    private static final String HEADS_LOCK =
            """
            SELECT lane, priority, run_at, id, attempt, failures, limit_key FROM pawl.ready
             WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY priority DESC, run_at, id
               FOR UPDATE SKIP LOCKED
            """;

    /** Of index ready_claim, or ready_key where the line is of a key. */
    private static final String PART =
            """
            SELECT * FROM (
              SELECT ctid, lane, priority, run_at, id, attempt, failures, limit_key
                FROM pawl.ready y
               WHERE y.lane = l.lane %%3$s AND %s
               ORDER BY y.priority DESC, y.run_at, y.id LIMIT %%2$s %%1$s) part
            """;

    /**
     * The whole line (marked 0), or from a mark on: rows that were taken before it may still be
     * walked over. Jobs of other priorities are looked at beside it (2), or when all is (1).
     */
    private static final String LINE =
            String.join(
                    " UNION ALL ",
                    PART.formatted("l.marked = 0"),
                    PART.formatted(
                            "l.marked > 0 AND y.priority = l.priority"
                                    + " AND (y.run_at, y.id) > (l.run_at, l.id)"),
                    PART.formatted("l.marked = 2 AND y.priority > l.priority"),
                    PART.formatted("l.marked = 2 AND y.priority < l.priority"));

    /** Lanes, and from where each is looked at. */
    private static final String MARKED_LANES =
            """
            unnest(CAST(:lanes AS integer[]), CAST(:marked AS integer[]),
                   CAST(:priorities AS integer[]), CAST(:run_ats AS bigint[]),
                   CAST(:ids AS uuid[]))
              l(lane, marked, priority, run_at, id)
            """;

    /** The heads of each lane, merged; nobody is kept from them yet. */
    static final String HEADS_OF_LANES =
            """
            SELECT r.lane, r.priority, r.run_at, r.id, r.attempt, r.failures, r.limit_key
              FROM %s CROSS JOIN LATERAL (%s) r
             ORDER BY r.priority DESC, r.run_at, r.id LIMIT :max
            """
                    .formatted(MARKED_LANES, LINE.formatted("", ":max", ""));

    /**
     * Moves heads {@code h} to running: all of them, or none when one is to be compared first
     * (Submission's comparedAtClaim), which is told by 0 taken. Each row says how many were seen,
     * and how long the server has looked for them; where there are none one row does.
     *
     * <p>Jobs are read in one walk of their index, of the partitions that they can be in. A full
     * join, though each head has its job: it never is a nested loop, which a plan made on empty
     * tables would be, and which then compares each head with each job.
     */
    private static final String BEGIN =
            """
            WITH %1$s,
                 t AS MATERIALIZED (
                   SELECT count(*) AS seen, clock_timestamp() - statement_timestamp() AS took
                     FROM %2$s),
                 j AS MATERIALIZED (
                   SELECT j.*, h.run_at AS due, h.attempt, h.failures%3$s
                     FROM h FULL JOIN (
                            SELECT * FROM pawl.job
                             WHERE id = ANY(ARRAY(SELECT h.id FROM h))
                               AND id >= (SELECT h.id FROM h ORDER BY h.id LIMIT 1)
                               AND id <= (SELECT h.id FROM h ORDER BY h.id DESC LIMIT 1)) j
                       ON j.id = h.id),
                 d AS (DELETE FROM pawl.ready
                        WHERE ctid = ANY(ARRAY(SELECT h.ctid FROM h))
                          AND NOT EXISTS (SELECT FROM j WHERE j.attempt = 0 AND j.reuse_ttl <> 0
                                             AND (j.parents > 0 OR j.run_at > 0))
                       RETURNING 1),
                 n AS MATERIALIZED (SELECT count(*) AS taken FROM d),
                 r AS (INSERT INTO pawl.running (id, lease, attempt, failures, lane, reuse,
                                                 started_at%3$s)
                       SELECT id, :lease, attempt + 1, failures, lane,
                              CASE reuse_ttl WHEN 0 THEN 0 ELSE 1 END, :now%3$s
                         FROM j, n WHERE n.taken > 0),
                 e AS (INSERT INTO pawl.lease (id, worker, valid_until)
                       SELECT :lease, :worker, :until FROM n WHERE n.taken > 0
                           ON CONFLICT DO NOTHING)
            SELECT\
            """
                    + " "
                    + Submissions.COLUMNS
                    + """
                           , j.due, j.attempt, j.failures, n.taken, t.seen,
                           CAST(extract(epoch FROM t.took) * 1000000 AS bigint)
                      FROM t LEFT JOIN (n CROSS JOIN j) ON true
                    """;

    private static final String FIRST =
            """
            SELECT r.* FROM %s CROSS JOIN LATERAL (%s) r
             ORDER BY r.priority DESC, r.run_at, r.id LIMIT %s\
            """;

    static final String HEADS_BEGIN =
            BEGIN.formatted(
                    "h AS MATERIALIZED (%s)"
                            .formatted(
                                    FIRST.formatted(
                                            MARKED_LANES,
                                            LINE.formatted("FOR UPDATE SKIP LOCKED", ":max", ""),
                                            ":max")),
                    "h",
                    "");

    /**
     * The heads of each lane, merged; nobody is kept from those that are passed over. Twice as many
     * are seen as are taken, so that a claim beside another finds its own.
     */
    static final String HEADS_OF_LANES_BEGIN =
            BEGIN.formatted(
                    """
                    f AS MATERIALIZED (%s),
                    h AS MATERIALIZED (
                      SELECT y.ctid, y.* FROM pawl.ready y
                       WHERE y.ctid = ANY(ARRAY(SELECT f.ctid FROM f))
                       ORDER BY y.priority DESC, y.run_at, y.id LIMIT :max
                         FOR UPDATE SKIP LOCKED)\
                    """
                            .formatted(
                                    FIRST.formatted(
                                            MARKED_LANES,
                                            LINE.formatted("", "2 * :max", ""),
                                            "2 * :max")),
                    "f",
                    "");

    /**
     * Heads whose limits or keys this transaction has locked, so that no other claim takes them.
     * Primary key of ready. One that is cancelled meanwhile is not taken, or not even told.
     */
    static final String THESE_BEGIN =
            BEGIN.formatted(
                    """
                    h AS MATERIALIZED (
                      SELECT y.*, nullif(i.limit_id, 0) AS limit_id
                        FROM unnest(CAST(:ids AS uuid[]), CAST(:limits AS integer[]))
                               i(id, limit_id)
                       CROSS JOIN LATERAL (
                         SELECT ctid, id, run_at, attempt, failures, limit_key FROM pawl.ready y
                          WHERE y.id = i.id LIMIT 1) y)\
                    """,
                    "h",
                    ", limit_id, limit_key");

    /** A key has no row: its number is locked. A limit's and a queue's row is. */
    private static final String KEYS =
            LimitSql.keys(
                    // Between keys whose lines this process knows none of these is looked at.
                    """
                    (SELECT coalesce((SELECT y.limit_key FROM pawl.ready y
                                       WHERE y.lane = :lane AND y.limit_key > %s
                                         AND y.limit_key <= coalesce(u.key - 1, :up_to)
                                       ORDER BY y.lane, y.limit_key LIMIT 1), u.key)
                       FROM (SELECT (CAST(:known AS bigint[]))[
                                     width_bucket(CAST(%s AS bigint), CAST(:known AS bigint[])) + 1]
                                    AS key) u)\
                    """,
                    "pg_try_advisory_xact_lock(k.key)");

    /** The first heads of lines; nobody is kept from them. */
    private static final String LINES_HEADS =
            """
            SELECT r.lane, r.priority, r.run_at, r.id, r.attempt, r.failures, r.limit_key,
                   pawl.now_ms()
              FROM unnest(CAST(:lanes AS integer[]), CAST(:keys AS bigint[]),
                          CAST(:maxima AS integer[]), CAST(:marked AS integer[]),
                          CAST(:priorities AS integer[]), CAST(:run_ats AS bigint[]),
                          CAST(:ids AS uuid[]))
                   l(lane, key, max, marked, priority, run_at, id)
             CROSS JOIN LATERAL (%s) r
            """;

    static final String LANES_HEADS = LINES_HEADS.formatted(LINE.formatted("", "l.max", ""));

    static final String KEYS_HEADS =
            LINES_HEADS.formatted(LINE.formatted("", "l.max", "AND y.limit_key = l.key"));

    // ---- Many at once

    /** The rows of ready are locked by this transaction already. */
    static final String ATTEMPTS_BEGIN =
            """
            WITH i AS (SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:attempts AS integer[]),
                                            CAST(:failures AS integer[]), CAST(:lanes AS integer[]),
                                            CAST(:limits AS integer[]),
                                            CAST(:limit_keys AS bigint[]),
                                            CAST(:reuses AS smallint[]))
                              t(id, attempt, failures, lane, limit_id, limit_key, reuse)),
                 d AS (DELETE FROM pawl.ready y USING i WHERE y.id = i.id RETURNING y.id)
            INSERT INTO pawl.running (id, lease, attempt, failures, lane, limit_id, limit_key,
                                      reuse, started_at)
            SELECT i.id, :lease, i.attempt, i.failures, i.lane, nullif(i.limit_id, 0),
                   nullif(i.limit_key, 0), i.reuse, :now
              FROM i JOIN d ON d.id = i.id
            """;

    /**
     * Fenced: no row of what the token doesn't hold any more. They are looked for by their ids
     * alone, in one walk, and compared in a full join, as in {@link #BEGIN}: planned while nothing
     * runs, another would read all of running, and what is left of what ran.
     */
    static final String ATTEMPTS_SUCCEED =
            """
            WITH i AS MATERIALIZED (
                   SELECT t.id, t.output, r.ctid
                     FROM unnest(CAST(:ids AS uuid[]), CAST(:attempts AS integer[]),
                                 CAST(:leases AS uuid[]), CAST(:outputs AS text[]))
                          t(id, attempt, lease, output)
                     FULL JOIN (SELECT ctid, id, attempt, lease FROM pawl.running
                                 WHERE id = ANY(CAST(:ids AS uuid[]))) r
                       ON r.id = t.id AND r.attempt = t.attempt AND r.lease = t.lease),
                 d AS (DELETE FROM pawl.running
                        WHERE ctid = ANY(ARRAY(SELECT i.ctid FROM i
                                                WHERE i.id IS NOT NULL AND i.ctid IS NOT NULL))
                       RETURNING id, attempt, lease, lane, reuse, started_at),
                 o AS (INSERT INTO pawl.outcome (id, lane, attempt, state, at, started_at, output)
                       SELECT d.id, d.lane, d.attempt, 1, :now, d.started_at, nullif(i.output, '')
                         FROM d JOIN i ON i.id = d.id AND i.ctid IS NOT NULL)
            SELECT id, attempt, lease, lane, reuse, started_at FROM d
            """;

    // ---- Events

    private static final String EVENT_ADD =
            "INSERT INTO pawl.event (at, moves, counts) VALUES (:now, :moves, :counts)";

    /** One way to the server for both; nothing is committed when the row can't be written. */
    private static final String EVENT_ADD_LAST = EVENT_ADD + "; COMMIT";

    /** States waiting, queued, running; and what the counters don't have yet, a row each. */
    private static final String DEPTH =
            """
            SELECT coalesce(sum(c.jobs), 0), CAST(NULL AS bytea)
              FROM pawl.lane l JOIN pawl.counter c ON c.lane = l.id
             WHERE l.queue = :queue AND c.state IN (0, 1, 2)
             UNION ALL
            SELECT 0, counts FROM pawl.event WHERE number IS NULL AND counts IS NOT NULL
            """;

    private static final Pattern NOT_OURS = Pattern.compile(" INDEXED BY \\w+");

    private final PostgresBatches batches = new PostgresBatches();

    @Override
    public String text(String sql) {
        return NOT_OURS.matcher(sql).replaceAll("");
    }

    @Override
    public boolean alone() {
        return false;
    }

    PostgresBatches plainBatches() {
        return batches;
    }

    @Override
    public Optional<Batches> batches() {
        return Optional.of(batches);
    }

    @Override
    public void begin(Db db) throws SQLException {
        db.connection().setAutoCommit(false);
    }

    @Override
    public void beginRead(Db db) throws SQLException {
        begin(db);
        db.execute(ONE_SNAPSHOT);
    }

    @Override
    public void commit(Db db) throws SQLException {
        db.connection().commit();
        db.connection().setAutoCommit(true);
    }

    @Override
    public void rollback(Db db) throws SQLException {
        db.connection().rollback();
        db.connection().setAutoCommit(true);
    }

    @Override
    public void bind(PreparedStatement statement, int position, UUID id) throws SQLException {
        statement.setObject(position, id);
    }

    @Override
    public void bind(PreparedStatement statement, int position, String type, List<?> values)
            throws SQLException {
        PostgresArrays.bind(statement, position, type, values);
    }

    @Override
    public String write(String text) {
        return PostgresText.write(text);
    }

    @Override
    public String read(String kept) {
        return PostgresText.read(kept);
    }

    @Override
    public List<Head> heads(Tx tx, List<Integer> lanes, int max) throws SQLException {
        if (lanes.size() == 1) return ofLane(tx, lanes.getFirst(), max);
        List<Head> heads = batches.peek(tx, lanes, max);
        List<UUID> ids = heads.stream().map(head -> head.id().value()).toList();
        List<Head> locked = locked(tx, ids);
        if (locked.size() == heads.size()) return locked;
        // Others take the same heads at this moment: what is behind them is as good.
        var more = new ArrayList<>(locked);
        for (int lane : lanes) {
            if (more.size() >= max) break;
            for (Head head : ofLane(tx, lane, max))
                if (more.size() < max && !more.contains(head)) more.add(head);
        }
        return more;
    }

    private static List<Head> ofLane(Tx tx, int lane, int max) throws SQLException {
        return heads(tx.stmt(HEADS_OF_LANE).set("lane", lane).set("max", max).query());
    }

    private static List<Head> locked(Tx tx, List<UUID> ids) throws SQLException {
        return ids.isEmpty()
                ? List.of()
                : heads(tx.stmt(HEADS_LOCK).set("ids", "uuid", ids).query());
    }

    private static List<Head> heads(Rows found) throws SQLException {
        var heads = new ArrayList<Head>();
        try (Rows rows = found) {
            while (rows.next()) heads.add(Head.of(rows));
        }
        return heads;
    }

    @Override
    public String keys() {
        return KEYS;
    }

    @Override
    public String withInput(int i) {
        return " AND pawl.input_field(j.input, CAST(:path%1$d AS text[])) = :value%1$d"
                .formatted(i);
    }

    /** No step has a quote in it. */
    @Override
    public String path(List<String> steps) {
        return "{\"" + String.join("\",\"", steps) + "\"}";
    }

    @Override
    public void tell(Tx tx, List<byte[]> moves, List<Delta> counts) throws SQLException {
        tell(tx, moves, counts, EVENT_ADD);
    }

    @Override
    public void commit(Tx tx, List<byte[]> moves, List<Delta> counts) throws SQLException {
        tell(tx, moves, counts, EVENT_ADD_LAST);
        // Does nothing on the server when that was done.
        commit(tx.db());
    }

    private static void tell(Tx tx, List<byte[]> moves, List<Delta> counts, String last)
            throws SQLException {
        byte[] deltas = Delta.pack(counts);
        // What comes from elsewhere is counted and is no event.
        List<byte[]> rows = moves.isEmpty() && !counts.isEmpty() ? List.of(new byte[0]) : moves;
        for (int i = 0; i < rows.size(); i++) {
            tx.stmt(i == rows.size() - 1 ? last : EVENT_ADD)
                    .set("now", tx.now)
                    .set("moves", rows.get(i))
                    .set("counts", deltas.length == 0 ? null : deltas)
                    .update();
            deltas = new byte[0];
        }
    }

    @Override
    public Depth depth(Tx tx, String queue) throws SQLException {
        long counted = 0;
        var untold = new ArrayList<Delta>();
        try (Rows rows = tx.stmt(DEPTH).set("queue", queue).query()) {
            while (rows.next()) {
                counted += rows.number(1);
                byte[] counts = rows.bytes(2);
                if (counts != null) untold.addAll(Delta.unpack(counts));
            }
        }
        return new Depth(counted, untold);
    }
}
