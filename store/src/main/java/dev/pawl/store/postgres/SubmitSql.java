package dev.pawl.store.postgres;

/** PostgreSQL's own statements that store new jobs. */
final class SubmitSql {
    /** New jobs as a table {@code i}. */
    private static final String SUBMITTED =
            """
            unnest(CAST(:ids AS uuid[]), CAST(:lanes AS integer[]), CAST(:policies AS integer[]),
                   CAST(:priorities AS integer[]), CAST(:run_ats AS bigint[]),
                   CAST(:ttls AS bigint[]), CAST(:reuse_ttls AS bigint[]),
                   CAST(:go_ons AS smallint[]), CAST(:reuse_errors AS smallint[]),
                   CAST(:tenants AS text[]), CAST(:inputs AS text[]), CAST(:hashes AS text[]),
                   CAST(:key_parts AS text[]), CAST(:tags AS text[]),
                   CAST(:correlation_ids AS text[]), CAST(:causations AS text[]),
                   CAST(:traceparents AS text[]), CAST(:owners AS text[]),
                   CAST(:limit_values AS text[]), CAST(:limit_keys AS bigint[]))
              i(id, lane, policy, priority, run_at, ttl, reuse_ttl, go_on, reuse_errors, tenant,
                input, hash, key_parts, tags, correlation_id, causation, traceparent, owner,
                limit_value, limit_key)
            """;

    private static final String JOB_ADD =
            """
            INSERT INTO pawl.job (id, lane, policy, priority, parents, run_at, submitted_at, ttl,
                                  reuse_ttl, go_on, reuse_errors, tenant, input, hash, key_parts,
                                  tags, correlation_id, causation, traceparent, owner, limit_value)
            SELECT i.id, i.lane, i.policy, i.priority, 0, i.run_at, %s, i.ttl, i.reuse_ttl,
                   i.go_on, i.reuse_errors, i.tenant, i.input, decode(nullif(i.hash, ''), 'hex'),
                   nullif(i.key_parts, ''), nullif(i.tags, ''), nullif(i.correlation_id, ''),
                   nullif(i.causation, ''), nullif(i.traceparent, ''), nullif(i.owner, ''),
                   nullif(i.limit_value, '')
              FROM %s
            """;

    static final String JOBS_ADD =
            JOB_ADD.formatted(":now", SUBMITTED) + "ON CONFLICT DO NOTHING RETURNING id";

    /** A submit as a whole, unless a queue of it has a cap. */
    static final String ARRIVE =
            """
            WITH t AS MATERIALIZED (
                   SELECT pawl.now_ms() AS now,
                          NOT EXISTS (SELECT FROM pawl.queue
                                       WHERE name = ANY(CAST(:queues AS text[]))
                                         AND depth_max < 2147483647) AS free),
                 i AS MATERIALIZED (
                   SELECT i.*, t.now, greatest(i.run_at, t.now) AS due
                     FROM t CROSS JOIN %s WHERE t.free),
                 j AS (%s),
                 r AS (INSERT INTO pawl.ready (id, lane, priority, run_at, attempt, failures,
                                               limit_key)
                       SELECT id, lane, priority, due, 0, 0, nullif(limit_key, 0) FROM i
                        WHERE due <= now),
                 l AS (INSERT INTO pawl.later (id, lane, priority, due, attempt, failures)
                       SELECT id, lane, priority, due, 0, 0 FROM i WHERE due > now),
                 x AS (INSERT INTO pawl.expiry (id, at) SELECT id, now + ttl FROM i WHERE ttl > 0),
                 g AS (INSERT INTO pawl.tag (tag, id)
                       SELECT u.tag, u.id
                         FROM t CROSS JOIN unnest(CAST(:each_tag AS text[]),
                                                  CAST(:tagged AS uuid[])) u(tag, id)
                        WHERE t.free),
                 e AS (INSERT INTO pawl.event (at, moves, counts)
                       SELECT now, :moves, :counts FROM t WHERE free)
            SELECT now, free FROM t
            """
                    .formatted(SUBMITTED, JOB_ADD.formatted("i.now", "i"));

    /**
     * The same of jobs that are due at once, have neither tags nor a time to live, and differ in
     * nothing but {@code i}: with fewer arrays and tables. No row where the queue has a cap. One
     * event tells of all.
     */
    private static final String ALIKE =
            """
            WITH t AS MATERIALIZED (SELECT pawl.now_ms() AS now),
                 j AS (
                   INSERT INTO pawl.job (id, lane, policy, priority, parents, run_at, submitted_at,
                                         ttl, reuse_ttl, go_on, reuse_errors, tenant, input, hash,
                                         key_parts, correlation_id, causation, traceparent, owner,
                                         limit_value)
                   SELECT i.id, CAST(:lane AS integer), CAST(:policy AS integer),
                          CAST(:priority AS integer), 0, 0, t.now, 0,
                          CAST(:reuse_ttl AS bigint), CAST(:go_on AS smallint),
                          CAST(:reuse_errors AS smallint), CAST(:tenant AS text), i.input,
                          decode(nullif(i.hash, ''), 'hex'), nullif(i.key_parts, ''),
                          nullif(i.correlation_id, ''), nullif(i.causation, ''),
                          nullif(i.traceparent, ''), nullif(i.owner, ''),
                          CAST(:limit_value AS text)
                     FROM t CROSS JOIN %s
                    WHERE NOT EXISTS (SELECT FROM pawl.queue
                                       WHERE name = :queue AND depth_max < 2147483647)
                   RETURNING id, lane, priority, submitted_at),
                 r AS (INSERT INTO pawl.ready (id, lane, priority, run_at, attempt, failures,
                                               limit_key)
                       SELECT id, lane, priority, submitted_at, 0, 0, CAST(:limit_key AS bigint)
                         FROM j),
                 e AS (INSERT INTO pawl.event (at, moves, counts)
                       SELECT submitted_at, :moves, :counts FROM j LIMIT 1)
            SELECT submitted_at FROM j LIMIT 1
            """;

    static final String ARRIVE_ALIKE =
            ALIKE.formatted(
                    """
                    unnest(CAST(:ids AS uuid[]), CAST(:inputs AS text[]), CAST(:hashes AS text[]),
                           CAST(:key_parts AS text[]), CAST(:correlation_ids AS text[]),
                           CAST(:causations AS text[]), CAST(:traceparents AS text[]),
                           CAST(:owners AS text[]))
                      i(id, input, hash, key_parts, correlation_id, causation, traceparent, owner)\
                    """);

    /** A single one, without arrays. */
    static final String ARRIVE_ONE =
            ALIKE.formatted(
                    """
                    (SELECT CAST(:id AS uuid), CAST(:input AS text), CAST(:hash AS text),
                            CAST(:key_parts AS text), CAST(:correlation_id AS text),
                            CAST(:causation AS text), CAST(:traceparent AS text),
                            CAST(:owner AS text))
                      i(id, input, hash, key_parts, correlation_id, causation, traceparent, owner)\
                    """);

    static final String TAGS_ADD =
            """
            INSERT INTO pawl.tag (tag, id)
            SELECT * FROM unnest(CAST(:each_tag AS text[]), CAST(:tagged AS uuid[])) i
            """;
    static final String EXPIRIES_ADD =
            """
            INSERT INTO pawl.expiry (id, at)
            SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:ats AS bigint[])) i
            """;
    static final String READY_ADD =
            """
            INSERT INTO pawl.ready (id, lane, priority, run_at, attempt, failures, limit_key)
            SELECT i.id, i.lane, i.priority, i.run_at, 0, 0, nullif(i.limit_key, 0)
              FROM unnest(CAST(:ids AS uuid[]), CAST(:lanes AS integer[]),
                          CAST(:priorities AS integer[]), CAST(:run_ats AS bigint[]),
                          CAST(:limit_keys AS bigint[]))
                   i(id, lane, priority, run_at, limit_key)
            """;
    static final String LATER_ADD =
            """
            INSERT INTO pawl.later (id, lane, priority, due, attempt, failures)
            SELECT i.id, i.lane, i.priority, i.run_at, 0, 0
              FROM unnest(CAST(:ids AS uuid[]), CAST(:lanes AS integer[]),
                          CAST(:priorities AS integer[]), CAST(:run_ats AS bigint[]))
                   i(id, lane, priority, run_at)
            """;

    private SubmitSql() {}
}
