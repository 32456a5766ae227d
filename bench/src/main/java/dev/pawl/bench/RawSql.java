package dev.pawl.bench;

/** The statements of {@link RawPeer}. */
final class RawSql {
    static final String TABLES =
            """
            CREATE TABLE job (
              id uuid PRIMARY KEY, lane int NOT NULL, policy int NOT NULL, priority smallint NOT NULL,
              run_at bigint NOT NULL, submitted_at bigint NOT NULL, input text NOT NULL);
            CREATE TABLE ready (
              id uuid PRIMARY KEY, lane int NOT NULL, priority smallint NOT NULL, run_at bigint NOT NULL,
              attempt int NOT NULL, failures smallint NOT NULL);
            CREATE UNIQUE INDEX ready_next ON ready (lane, priority DESC, run_at, id);
            CREATE TABLE lease (
              id uuid PRIMARY KEY, worker text NOT NULL, valid_until timestamptz NOT NULL);
            CREATE TABLE running (
              id uuid PRIMARY KEY, lease uuid NOT NULL, attempt int NOT NULL, failures smallint NOT NULL,
              limit_id int, started_at timestamptz NOT NULL);
            CREATE INDEX running_limit ON running (limit_id) WHERE limit_id IS NOT NULL;
            CREATE TABLE outcome (
              id uuid PRIMARY KEY, attempt int NOT NULL, state smallint NOT NULL, at timestamptz NOT NULL,
              output text, class text);
            CREATE INDEX outcome_unsuccessful ON outcome (state, id) WHERE state <> 1;
            """;

    static final String SUBMIT =
            """
            WITH j AS (INSERT INTO job VALUES (?, 1, 1, 0, 1790000000000, 1790000000000, ?)
                       RETURNING id, lane, priority, run_at)
            INSERT INTO ready SELECT id, lane, priority, run_at, 0, 0 FROM j
            """;

    static final String LOAD =
            """
            WITH j AS (INSERT INTO job
                       SELECT id, 1, 1, 0, 1790000000000, 1790000000000, input
                         FROM unnest(?::uuid[], ?::text[]) t(id, input)
                       RETURNING id, lane, priority, run_at)
            INSERT INTO ready SELECT id, lane, priority, run_at, 0, 0 FROM j
            """;

    /** The oldest due jobs of a lane that nobody else is about to take. Index ready_next. */
    static final String CLAIM =
            """
            WITH d AS (DELETE FROM ready WHERE ctid = ANY (ARRAY(
                         SELECT ctid FROM ready
                          WHERE lane = 1 AND priority = 0
                            AND (run_at, id) >= (?, ?)
                          ORDER BY run_at, id LIMIT ? FOR UPDATE SKIP LOCKED))
                       RETURNING id, run_at, attempt, failures),
                 l AS (INSERT INTO lease
                       SELECT ?::uuid, 'raw', clock_timestamp() + interval '1 minute'
                        WHERE EXISTS (SELECT FROM d)),
                 r AS (INSERT INTO running
                       SELECT id, ?::uuid, attempt + 1, failures, NULL, clock_timestamp() FROM d)
            SELECT d.id, d.run_at, j.input FROM d JOIN job j ON j.id = d.id
            """;

    static final String FINISH =
            """
            WITH d AS (DELETE FROM running r USING unnest(?::uuid[], ?::uuid[]) t(id, lease)
                        WHERE r.id = t.id AND r.attempt = 1 AND r.lease = t.lease
                       RETURNING r.id, r.attempt)
            INSERT INTO outcome SELECT id, attempt, 1, clock_timestamp(), '{}', NULL FROM d
            """;

    private RawSql() {}
}
