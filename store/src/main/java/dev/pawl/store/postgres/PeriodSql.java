package dev.pawl.store.postgres;

import static java.util.stream.Collectors.joining;

import java.util.stream.Stream;

/** The statements that make the tables of a {@link Period} and drop them. */
final class PeriodSql {
    /** What a dropped period's tables are called until they are gone. */
    static final String GONE = "_gone";

    /** A CHECK of a table of rows without a period, while a period is made. */
    static final String EMPTY = "rest_empty";

    /** One process at a time makes and drops; who comes second has nothing to do. */
    static final String ALONE = "SELECT CASE WHEN pg_try_advisory_xact_lock(7297, 6) THEN 1 END";

    /** Nobody waits behind a wait for a lock for longer; what is read may take its time. */
    static final String PATIENCE =
            "SELECT set_config('lock_timeout', :wait, true),"
                    + " set_config('statement_timeout', '0', true)";

    /** By what the tables are now, not by plans and indexes that are good for a few rows. */
    static final String WHOLE =
            "SELECT set_config('enable_seqscan', 'on', true),"
                    + " set_config('plan_cache_mode', 'force_custom_plan', true)";

    /** Of what is done while nobody else can use the tables, or waits for them. */
    static final String HURRY = "SELECT set_config('statement_timeout', :most, true)";

    /** Whose tables they are, and whether this user may do what the owner may. */
    static final String OWNER =
            """
            SELECT pg_get_userbyid(relowner), current_user,
                   CASE WHEN pg_has_role(relowner, 'USAGE') THEN 1 ELSE 0 END
              FROM pg_class WHERE oid = CAST('pawl.job' AS regclass)
            """;

    /** The periods there are, by the table of jobs. */
    static final String PERIODS =
            """
            SELECT c.relname, pg_get_expr(c.relpartbound, c.oid)
              FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent = CAST('pawl.job' AS regclass)
            """;

    /** What a crash has left: tables that are to go. */
    static final String LEFT =
            """
            SELECT relname FROM pg_class
             WHERE relnamespace = CAST('pawl' AS regnamespace) AND relkind = 'r'
               AND relname ~ '^outcome_(past|[0-9]+)_gone$' ORDER BY relname
            """;

    /** What a crash has left: what would keep rows from a period that isn't there. */
    static final String CHECKED =
            """
            SELECT c.relname, CASE WHEN k.convalidated THEN 1 ELSE 0 END
              FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
             WHERE k.conname = 'rest_empty' AND c.relnamespace = CAST('pawl' AS regnamespace)
            """;

    static final String REST_BYTES = "SELECT pg_relation_size(CAST('pawl.%s_rest' AS regclass))";

    /** Each has an index that begins with it, or one of its own. */
    static final String REST_HAS =
            "SELECT 1 FROM pawl.%s_rest WHERE id >= :from AND id < :until LIMIT 1";

    static final String CHECK_ADD =
            "ALTER TABLE pawl.%1$s_rest ADD CONSTRAINT rest_empty"
                    + " CHECK (id < '%2$s' OR id >= '%3$s') NOT VALID";

    /** Reads the table while others use it. */
    static final String CHECK_VALIDATE = "ALTER TABLE pawl.%s_rest VALIDATE CONSTRAINT rest_empty";

    static final String CHECK_DROP = "ALTER TABLE pawl.%s DROP CONSTRAINT IF EXISTS rest_empty";

    static final String CREATE =
            "CREATE TABLE pawl.%1$s_%2$s (LIKE pawl.%1$s INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
                    + " INCLUDING STORAGE INCLUDING COMPRESSION)";

    static final String ATTACH =
            "ALTER TABLE pawl.%1$s ATTACH PARTITION pawl.%1$s_%2$s"
                    + " FOR VALUES FROM ('%3$s') TO ('%4$s')";

    /** What gives a period's table the owner and the grants of the whole. */
    static final String LIKEN =
            """
            SELECT format('ALTER TABLE pawl.%I OWNER TO %I', CAST(:name AS text),
                          pg_get_userbyid(c.relowner))
              FROM pg_class c WHERE c.oid = to_regclass('pawl.' || :table)
             UNION ALL
            SELECT format('GRANT %s ON pawl.%I TO %s%s', a.privilege_type, CAST(:name AS text),
                          CASE a.grantee WHEN 0 THEN 'PUBLIC'
                               ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                          CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
              FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = to_regclass('pawl.' || :table)
            """;

    // ---- Dropping

    /** From then on no job of it ends, and none goes back to its queue. */
    static final String HOLD = "LOCK TABLE pawl.outcome_%s IN SHARE MODE";

    static final String ENDS =
            """
            SELECT lane, state, count(*), count(started_at),
                   coalesce(sum(greatest(at - started_at, 0)), 0)
              FROM pawl.outcome_%s GROUP BY lane, state
            """;

    /** Those whose own state's time isn't over. */
    static final String LATE =
            """
            SELECT id FROM pawl.outcome_%s
             WHERE at >= CASE state WHEN 1 THEN :succeeded WHEN 2 THEN :dead ELSE :cancelled END
             LIMIT :max
            """;

    /**
     * Those that are unfinished, whose handler may run, whose result is kept, or that an unfinished
     * child has. Primary keys; index kept_job.
     */
    static final String NEEDED =
            """
            SELECT id FROM pawl.ready WHERE id >= :from AND id < :until
             UNION SELECT id FROM pawl.later WHERE id >= :from AND id < :until
             UNION SELECT id FROM pawl.waiting WHERE id >= :from AND id < :until
             UNION SELECT id FROM pawl.running WHERE id >= :from AND id < :until
             UNION SELECT id FROM pawl.stopping WHERE id >= :from AND id < :until
             UNION SELECT job_id FROM pawl.kept
                    WHERE job_id >= :from AND job_id < :until AND valid_until > :now
             UNION SELECT e.parent FROM pawl.flow_edge e
                    WHERE e.parent >= :from AND e.parent < :until
                      AND e.child IN (SELECT id FROM pawl.ready UNION ALL SELECT id FROM pawl.later
                                       UNION ALL SELECT id FROM pawl.waiting
                                       UNION ALL SELECT id FROM pawl.running)
             LIMIT :max
            """;

    /** Results that answer nobody any more. Index kept_job. */
    static final String KEPT_DROP =
            """
            DELETE FROM pawl.kept WHERE job_id >= :from AND job_id < :until AND valid_until <= :now
            """;

    static final String DETACH = "ALTER TABLE pawl.%1$s DETACH PARTITION pawl.%1$s_%2$s";
    static final String RENAME = "ALTER TABLE pawl.%1$s_%2$s RENAME TO %1$s_%2$s_gone";

    static final String COLUMNS =
            """
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
             WHERE attrelid = to_regclass('pawl.' || :table) AND attnum > 0 AND NOT attisdropped
            """;

    /** What stays goes where rows are that have no period. */
    static final String STAY =
            """
            WITH d AS (DELETE FROM pawl.%1$s_%2$s_gone WHERE id = ANY(CAST(:ids AS uuid[]))
                       RETURNING %3$s)
            INSERT INTO pawl.%1$s (%3$s) SELECT %3$s FROM d
            """;

    /** Rows of jobs that stay, in the tables where a job may have many. */
    static final String STAYING =
            """
            SELECT count(*) FROM (
              SELECT 1 FROM pawl.log_%1$s WHERE id = ANY(CAST(:ids AS uuid[]))
               UNION ALL SELECT 1 FROM pawl.attempt_end_%1$s WHERE id = ANY(CAST(:ids AS uuid[]))
               UNION ALL SELECT 1 FROM pawl.artifact_%1$s WHERE id = ANY(CAST(:ids AS uuid[]))
               LIMIT :max) t
            """;

    /** What they were counted as, before they go there. */
    static final String ENDS_STAYING =
            """
            SELECT lane, state, count(*), count(started_at),
                   coalesce(sum(greatest(at - started_at, 0)), 0)
              FROM pawl.outcome_%s WHERE id = ANY(CAST(:ids AS uuid[])) GROUP BY lane, state
            """;

    /** What else names the jobs that have gone. */
    static final String[] LEAVINGS = {
        "DELETE FROM pawl.progress p USING pawl.job_%s_gone j WHERE p.id = j.id",
        "DELETE FROM pawl.expiry e USING pawl.job_%s_gone j WHERE e.id = j.id",
        "DELETE FROM pawl.flow_edge e USING pawl.job_%s_gone j WHERE e.child = j.id"
    };

    static final String DROP = "DROP TABLE pawl.%1$s_%2$s_gone";

    private PeriodSql() {}

    /** What a period is taken out of: nobody uses it for a moment. */
    static String lockAll(Period period) {
        return lock(
                Stream.of("ONLY pawl.%s", "pawl.%s_" + period.name(), "pawl.%s_rest")
                        .flatMap(each -> Period.TABLES.stream().map(each::formatted)));
    }

    /** What gives way to a new period: nobody uses it for a moment. */
    static String lockRest() {
        return lock(Period.TABLES.stream().map("pawl.%s_rest"::formatted));
    }

    private static String lock(Stream<String> tables) {
        return tables.collect(joining(", ", "LOCK TABLE ", " IN ACCESS EXCLUSIVE MODE"));
    }
}
