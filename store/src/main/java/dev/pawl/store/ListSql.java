package dev.pawl.store;

/** The statements of lists of jobs, and the fragments that they are put together from. */
final class ListSql {
    /** A list's conditions, one for each part of a filter. */
    static final String AFTER = " AND j.id < :after";

    static final String WITH_TOOL = " AND t.name = :tool";
    static final String WITH_VERSION = " AND t.version = :version";
    static final String WITH_QUEUE = " AND n.queue = :queue";
    static final String WITH_TAG =
            " AND j.id IN (SELECT id FROM pawl.tag WHERE tag = :tag ORDER BY id DESC)";
    static final String WITH_CORRELATION = " AND j.correlation_id = :correlation_id";
    static final String WITH_CAUSATION = " AND j.causation = :causation";
    static final String WITH_TENANT = " AND j.tenant = :tenant";

    /** By an index that holds the jobs with an owner only. */
    static final String WITH_OWNER = " AND j.owner = :owner";

    /** Primary key of idempotency. */
    static final String WITH_KEY =
            " AND j.id IN (SELECT job_id FROM pawl.idempotency WHERE tenant = :of AND key = :key)";

    static final String WITH_ERROR =
            """
             AND pawl.instr(lower(
                   CASE WHEN o.state = 2 THEN o.output
                        WHEN o.id IS NULL AND w.id IS NULL THEN
                             (SELECT a.message FROM pawl.attempt_end a
                               WHERE a.id = j.id AND a.class IS NOT NULL
                               ORDER BY a.attempt DESC LIMIT 1)
                   END), lower(:error)) > 0
            """;

    static final String SINCE = " AND j.submitted_at >= :since AND j.id >= :since_id";
    static final String BEFORE = " AND j.submitted_at < :before AND j.id < :before_id";

    /** A list's condition on the state, beside other conditions: the joined row is there. */
    static final String IS_WAITING = "w.id IS NOT NULL";

    static final String IS_QUEUED = "y.id IS NOT NULL OR l.id IS NOT NULL";
    static final String IS_RUNNING = "r.id IS NOT NULL";
    static final String IS_SUCCEEDED = "o.state = 1";
    static final String IS_DEAD = "o.state = 2";
    static final String IS_CANCELLED = "o.state = 3";

    /** The newest ids in a place, to drive a list from that has no other condition. */
    static final String NEWEST_WAITING = newest("waiting", "");

    static final String NEWEST_LATER = newest("later", "");
    static final String NEWEST_RUNNING = newest("running", "");

    /** The partial index serves only who repeats its condition. */
    static final String NEWEST_DEAD =
            newest("outcome INDEXED BY outcome_unsuccessful", "state <> 1 AND state = 2 AND ");

    static final String NEWEST_CANCELLED =
            newest("outcome INDEXED BY outcome_unsuccessful", "state <> 1 AND state = 3 AND ");

    /** The newest of one lane. Indexes job_lane, ready_lane_id. */
    static final String NEWEST_OF_LANE = newest("job", "lane = :lane AND ");

    static final String NEWEST_READY_OF_LANE = newest("ready", "lane = :lane AND ");
    static final String NEWEST_DEAD_OF_LANE =
            newest(
                    "outcome INDEXED BY outcome_lane",
                    "lane = :lane AND state <> 1 AND state = 2 AND ");
    static final String NEWEST_CANCELLED_OF_LANE =
            newest(
                    "outcome INDEXED BY outcome_lane",
                    "lane = :lane AND state <> 1 AND state = 3 AND ");

    /** Successes have no index of their own: each of these two walks past what it doesn't want. */
    static final String NEWEST_SUCCEEDED = newest("outcome", "state = 1 AND ");

    static final String NEWEST_SUCCEEDED_BY_OUTCOME =
            newest("outcome", "+lane = :lane AND state = 1 AND ");
    static final String NEWEST_SUCCEEDED_BY_JOB =
            """
            SELECT j.id FROM pawl.job j CROSS JOIN pawl.outcome o
             WHERE o.id = j.id AND j.lane = :lane AND j.id < :after AND +o.state = 1
             ORDER BY j.id DESC LIMIT :limit
            """;

    /** A lane's jobs, those of them that succeeded, and the jobs of all lanes that have ended. */
    static final String COUNTED_ENDS =
            """
            SELECT coalesce(sum(jobs) FILTER (WHERE lane = :lane), 0),
                   coalesce(sum(jobs) FILTER (WHERE lane = :lane AND state = 3), 0),
                   coalesce(sum(jobs) FILTER (WHERE state >= 3), 0)
              FROM pawl.counter
            """;

    /** Walks the place from its newest end, and looks at each row's lane. */
    static final String NEWEST_LATER_OF_LANE = newest("later", "lane = :lane AND ");

    static final String NEWEST_RUNNING_OF_LANE = newest("running", "lane = :lane AND ");
    static final String NEWEST_WAITING_OF_LANE =
            """
            SELECT w.id FROM pawl.waiting w CROSS JOIN pawl.job j
             WHERE j.id = w.id AND w.id < :after AND +j.lane = :lane ORDER BY w.id DESC LIMIT :limit
            """;

    static final String LANES = "SELECT id, queue FROM pawl.lane";

    /** The longest due of a lane's next priority. Primary key of ready. */
    static final String LONGEST_DUE =
            """
            SELECT priority, run_at FROM pawl.ready WHERE lane = :lane AND priority < :priority
             ORDER BY priority DESC, run_at, id LIMIT 1
            """;

    /** Whether the lane has a job in the state at all. */
    static final String COUNTED =
            "SELECT 1 FROM pawl.counter WHERE lane = :lane AND state = :state AND jobs > 0";

    /** Tables that have none between the least and the greatest aren't looked into. */
    static final String SOME =
            " WHERE j.id = ANY(CAST(:ids AS uuid[])) AND j.id >= :least AND j.id <= :greatest";

    // ---- Candidates of a search, which are looked at one by one

    static final String NEWEST_OF_ALL = newest("job", "");
    static final String NEWEST_WITH_TAG = newest("tag", "tag = :tag AND ");

    /** Indexes job_correlation, job_causation. */
    static final String NEWEST_OF_FLOW = newest("job", "correlation_id = :correlation_id AND ");

    static final String NEWEST_CAUSED_BY = newest("job", "causation = :causation AND ");

    /** Index job_owner. */
    static final String NEWEST_OWNED_BY = newest("job", "owner = :owner AND ");

    static final String OF_KEY =
            """
            SELECT job_id FROM pawl.idempotency
             WHERE tenant = :of AND key = :key AND job_id < :after LIMIT :limit
            """;

    /** Whether one job matches; the filter's conditions follow. */
    static final String MATCHES = "SELECT 1\n" + StoreSql.FIND_JOINS + StoreSql.ONE;

    private static String newest(String table, String condition) {
        return "SELECT id FROM pawl.%s WHERE %sid < :after ORDER BY id DESC LIMIT :limit"
                .formatted(table, condition);
    }

    private ListSql() {}
}
