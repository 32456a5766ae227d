package dev.pawl.store;

/** The statements about limits, written as {@link StoreSql} says. */
public final class LimitSql {
    static final String LIMIT_SET =
            """
            INSERT INTO pawl.slot_limit (name, max, rate_max, rate_ms, key_max, key_rate_max,
                                         key_rate_ms)
            VALUES (:name, :max, :rate_max, :rate_ms, :key_max, :key_rate_max, :key_rate_ms)
                ON CONFLICT (name) DO UPDATE
                    SET max = excluded.max, rate_max = excluded.rate_max,
                        rate_ms = excluded.rate_ms, key_max = excluded.key_max,
                        key_rate_max = excluded.key_rate_max, key_rate_ms = excluded.key_rate_ms
                    WHERE (slot_limit.max, slot_limit.rate_max, slot_limit.rate_ms,
                           slot_limit.key_max, slot_limit.key_rate_max, slot_limit.key_rate_ms)
                       <> (excluded.max, excluded.rate_max, excluded.rate_ms,
                           excluded.key_max, excluded.key_rate_max, excluded.key_rate_ms)
            """;

    /**
     * What holds the jobs of a lane that has due ones, or had when this process last looked. Index
     * ready_claim: not EXISTS, which with the OR may be planned as a look at all that is ready.
     */
    static final String LINE_RULES =
            """
            SELECT l.id, m.name, m.max, m.rate_max, m.rate_ms, m.key_max, m.key_rate_max,
                   m.key_rate_ms
              FROM pawl.lane l JOIN pawl.slot_limit m ON m.id = l.limit_id
             WHERE l.id = :id
               AND (l.id = :busy
                    OR (SELECT y.lane FROM pawl.ready y WHERE y.lane = l.id LIMIT 1) IS NOT NULL)
             ORDER BY l.id
            """;

    /** The key that comes after one, as {@link #keys} wants it. */
    public static final String NEXT_KEY =
            """
            (SELECT y.limit_key FROM pawl.ready y
              WHERE y.lane = :lane AND y.limit_key > %s AND y.limit_key <= :up_to
              ORDER BY y.lane, y.limit_key LIMIT 1)\
            """;

    /**
     * Locks the limits, and reads what they allow; who else counts one at this moment goes first.
     */
    static final String LIMIT_LOCK =
            """
            SELECT id, max, rate_max, rate_ms FROM pawl.slot_limit
             WHERE id = :id ORDER BY id FOR UPDATE SKIP LOCKED
            """;

    /** The same of a queue. Lanes that name it may still be added. */
    static final String QUEUE_LOCK =
            "SELECT 1 FROM pawl.queue WHERE name = :queue FOR NO KEY UPDATE SKIP LOCKED";

    /** A key has no row: its number is locked. Only where transactions are not alone. */
    static final String KEY_LOCK = "SELECT pg_try_advisory_xact_lock(:key)";

    /** Index running_limit, and stopping, which is small. */
    static final String LIMIT_TAKEN =
            """
            SELECT limit_id, count(*)
              FROM (SELECT limit_id FROM pawl.running WHERE limit_id = :id
                     UNION ALL SELECT limit_id FROM pawl.stopping WHERE limit_id = :id) t
             GROUP BY limit_id
            """;

    /** Index running_key, and stopping. */
    static final String KEY_TAKEN =
            """
            SELECT limit_key, count(*)
              FROM (SELECT limit_key FROM pawl.running WHERE limit_key = :id
                     UNION ALL SELECT limit_key FROM pawl.stopping WHERE limit_key = :id) t
             GROUP BY limit_key
            """;

    /**
     * All of running is read, which holds no more rows than all workers have slots: where they are
     * all there is of it.
     */
    private static final String QUEUE_TAKEN =
            """
            SELECT (SELECT count(*) FROM pawl.running r JOIN pawl.lane l ON l.id = r.lane
                     WHERE l.queue = :queue)
                 + (SELECT count(*) FROM pawl.stopping s JOIN pawl.job j ON j.id = s.id
                      JOIN pawl.lane l ON l.id = j.lane WHERE l.queue = :queue)
            """;

    /**
     * The same by index running_lease, a look for each lease: past what was deleted of running and
     * can't be vacuumed while a snapshot is held, which may be a thousand times what is there.
     */
    private static final String QUEUE_TAKEN_BY_LEASE =
            """
            SELECT (SELECT coalesce(CAST(sum((SELECT count(*) FROM pawl.running r
                                               WHERE r.lease = s.id
                                                 AND r.lane IN (SELECT l.id FROM pawl.lane l
                                                                 WHERE l.queue = :queue)))
                                         AS bigint), 0)
                      FROM pawl.lease s)
                 + (SELECT count(*) FROM pawl.stopping s
                     WHERE (SELECT l.queue FROM pawl.job j JOIN pawl.lane l ON l.id = j.lane
                             WHERE j.id = s.id) = :queue)
            """;

    /** Starts that count, of a limit, a queue or a key. Primary key. */
    static final String STARTS =
            """
            SELECT limit_key, sum(starts) FROM pawl.limit_start
             WHERE limit_key = :id AND until > :now GROUP BY limit_key
            """;

    /** Index limit_start_until. */
    static final String STARTS_NEXT = "SELECT min(until) FROM pawl.limit_start WHERE until > :now";

    static final String START_ADD =
            """
            INSERT INTO pawl.limit_start (limit_key, until, starts)
            VALUES (:limit_key, :until, :starts)
                ON CONFLICT (limit_key, until)
                DO UPDATE SET starts = limit_start.starts + excluded.starts
            """;

    /** Index limit_start_until. Nobody waits for another who forgets the same. */
    static final String STARTS_FORGET =
            """
            DELETE FROM pawl.limit_start
             WHERE (limit_key, until) IN (SELECT limit_key, until FROM pawl.limit_start
                                           WHERE until <= :until ORDER BY until LIMIT :max
                                             FOR UPDATE SKIP LOCKED)
            """;

    /** The first of a lane, or of one key of it, in claim order. Indexes ready_claim, ready_key. */
    static final String LANE_HEADS =
            """
            SELECT lane, priority, run_at, id, attempt, failures, limit_key FROM pawl.ready
             WHERE lane = :lane ORDER BY priority DESC, run_at, id LIMIT :max
            """;

    static final String KEY_HEADS =
            """
            SELECT lane, priority, run_at, id, attempt, failures, limit_key FROM pawl.ready
             WHERE lane = :lane AND limit_key = :limit_key
             ORDER BY priority DESC, run_at, id LIMIT :max
            """;

    // ---- Look

    /** Running attempts and those that are being stopped, the oldest first. */
    static final String HOLDERS =
            """
            SELECT r.id, r.attempt, s.worker, r.started_at, 0, r.lane, j.limit_value
              FROM pawl.running r JOIN pawl.lease s ON s.id = r.lease
              JOIN pawl.job j ON j.id = r.id
             UNION ALL
            SELECT x.id, x.attempt, s.worker, coalesce(a.started_at, 0), 1, j.lane, j.limit_value
              FROM pawl.stopping x JOIN pawl.lease s ON s.id = x.lease
              JOIN pawl.job j ON j.id = x.id
              LEFT JOIN pawl.attempt_end a ON a.id = x.id AND a.attempt = x.attempt
             ORDER BY 4, 1
            """;

    /** Index ready_claim. */
    static final String LANE_WAITING =
            """
            SELECT count(*) FROM (SELECT 1 FROM pawl.ready WHERE lane = :lane LIMIT :max) t
            """;

    /** Index ready_key. */
    static final String KEY_WAITING =
            """
            SELECT count(*) FROM (SELECT 1 FROM pawl.ready
                                   WHERE lane = :lane AND limit_key = :limit_key LIMIT :max) t
            """;

    static final String KEY_VALUE =
            """
            SELECT j.limit_value FROM pawl.ready y JOIN pawl.job j ON j.id = y.id
             WHERE y.lane = :lane AND y.limit_key = :limit_key LIMIT 1
            """;

    /**
     * Keys of a lane that have due jobs and seem to have room, in their order from one to another.
     * Index ready_key, a look for each key: who passes over full ones passes over no more than run.
     *
     * @param next the key after another, as {@link #NEXT_KEY}
     * @param locked whether the key k.key could be locked
     * @see Dialect#keys()
     */
    public static String keys(String next, String locked) {
        return """
        WITH RECURSIVE k(key, n) AS (
          SELECT %s, 1
           UNION ALL
          SELECT %s, k.n + 1
            FROM k WHERE k.key IS NOT NULL AND k.n < :looks)
        SELECT k.key FROM k
         WHERE k.key IS NOT NULL
           AND CASE WHEN (SELECT count(*) FROM pawl.running r WHERE r.limit_key = k.key)
                       + (SELECT count(*) FROM pawl.stopping s WHERE s.limit_key = k.key)
                       < :key_max
                     AND (:rate_max = 2147483647
                          OR (SELECT coalesce(sum(t.starts), 0) FROM pawl.limit_start t
                               WHERE t.limit_key = k.key AND t.until > :now) < :rate_max)
                    THEN %s ELSE false END
         LIMIT :max
        """
                .formatted(next.replace("%s", ":after"), next.replace("%s", "k.key"), locked);
    }

    /** How many places of a queue's limit are taken. */
    static String queueTaken(Dialect dialect) {
        return dialect.alone() ? QUEUE_TAKEN : QUEUE_TAKEN_BY_LEASE;
    }

    private LimitSql() {}
}
