package dev.pawl.bench;

/** The statements of {@link RawPeer}, on the tables of Pawl's own schema. */
final class RawSql {
    /** What jobs name; the first of each gets number 1. */
    static final String NAMES =
            """
            INSERT INTO pawl.tool (name, version) VALUES ('mail', '1');
            INSERT INTO pawl.queue (name) VALUES ('default') ON CONFLICT DO NOTHING;
            INSERT INTO pawl.policy (line) VALUES ('raw');
            INSERT INTO pawl.lane (queue, tool_id, limit_id) VALUES ('default', 1, 0)
            """;

    private static final String JOB =
            """
            INSERT INTO pawl.job (id, lane, policy, priority, parents, run_at, submitted_at, ttl,
                                  reuse_ttl, go_on, reuse_errors, tenant, input, hash)
            """;

    private static final String READY =
            """
            INSERT INTO pawl.ready (id, lane, priority, run_at, attempt, failures)
            SELECT id, lane, 0, submitted_at, 0, 0 FROM j
            """;

    private static final String EVENT =
            "INSERT INTO pawl.event (at, moves, counts) VALUES (1790000000000, ?, ?)";

    static final String SUBMIT =
            "WITH j AS ("
                    + JOB
                    + """
                    VALUES (?, 1, 1, 0, 0, 0, 1790000000000, 0, 0, 0, 0, 'default', ?, ?)
                    RETURNING id, lane, submitted_at), e AS (
                    """
                    + EVENT
                    + ") "
                    + READY;

    static final String LOAD =
            "WITH j AS ("
                    + JOB
                    + """
                    SELECT id, 1, 1, 0, 0, 0, 1790000000000, 0, 0, 0, 0, 'default', input, ?
                      FROM unnest(?::uuid[], ?::text[]) t(id, input)
                    RETURNING id, lane, submitted_at), e AS (
                    """
                    + EVENT
                    + ") "
                    + READY;

    /** The oldest due jobs of a lane that nobody else is about to take. Index ready_claim. */
    static final String CLAIM =
            """
            WITH d AS (DELETE FROM pawl.ready WHERE ctid = ANY (ARRAY(
                         SELECT ctid FROM pawl.ready
                          WHERE lane = 1 AND priority = 0
                            AND (run_at, id) >= (?, ?)
                          ORDER BY run_at, id LIMIT ? FOR UPDATE SKIP LOCKED))
                       RETURNING id, run_at, attempt, failures),
                 l AS (INSERT INTO pawl.lease (id, valid_until, worker)
                       SELECT ?::uuid, 1790000000000, 'raw' WHERE EXISTS (SELECT FROM d)),
                 r AS (INSERT INTO pawl.running (id, lease, started_at, attempt, failures, lane, reuse)
                       SELECT id, ?::uuid, 1790000000000, attempt + 1, failures, 1, 0 FROM d)
            SELECT d.id, d.run_at, j.input FROM d JOIN pawl.job j ON j.id = d.id
            """;

    static final String FINISH =
            """
            WITH d AS (DELETE FROM pawl.running r USING unnest(?::uuid[], ?::uuid[]) t(id, lease)
                        WHERE r.id = t.id AND r.attempt = 1 AND r.lease = t.lease
                       RETURNING r.id, r.attempt, r.lane, r.started_at),
                 e AS (INSERT INTO pawl.event (at, moves, counts) VALUES (1790000000000, ?, ?))
            INSERT INTO pawl.outcome (id, at, started_at, lane, attempt, state)
            SELECT id, 1790000000000, started_at, lane, attempt, 1 FROM d
            """;

    /** Beside a claim, in its transaction: how many jobs it takes is known after it. */
    static final String CLAIMED = EVENT;

    private RawSql() {}
}
