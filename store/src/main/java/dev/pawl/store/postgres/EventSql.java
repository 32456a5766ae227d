package dev.pawl.store.postgres;

/** PostgreSQL's own statements that number events and count what they tell of. */
final class EventSql {
    static final String EVENT_UNNUMBERED =
            "SELECT EXISTS (SELECT FROM pawl.event WHERE number IS NULL)";

    /** Indexes event_unnumbered and event_number. */
    static final String EVENTS_GLANCE =
            """
            SELECT EXISTS (SELECT FROM pawl.event WHERE number IS NULL),
                   coalesce((SELECT min(number) FROM pawl.event), 0),
                   coalesce((SELECT at FROM pawl.event WHERE number IS NOT NULL
                              ORDER BY number LIMIT 1), 0),
                   coalesce((SELECT max(number) FROM pawl.event), 0)
            """;

    static final String EVENT_HEAD = "SELECT last FROM pawl.event_head FOR UPDATE";
    static final String EVENT_HEAD_SET = "UPDATE pawl.event_head SET last = :last";

    /** Index event_unnumbered. */
    static final String EVENTS_UNNUMBERED =
            """
            SELECT seq, length(moves), counts FROM pawl.event
             WHERE number IS NULL ORDER BY seq LIMIT :limit
            """;

    static final String EVENTS_NUMBER =
            """
            UPDATE pawl.event e SET number = v.number, counts = NULL
              FROM unnest(CAST(:seqs AS bigint[]), CAST(:numbers AS bigint[])) v(seq, number)
             WHERE e.seq = v.seq
            """;

    /** Rows without events, when the counters have theirs. */
    static final String EVENTS_FORGET =
            "DELETE FROM pawl.event WHERE seq = ANY(CAST(:seqs AS bigint[]))";

    static final String COUNTS_ADD =
            """
            INSERT INTO pawl.counter (lane, state, jobs, runs, millis)
            SELECT * FROM unnest(CAST(:lanes AS integer[]), CAST(:states AS integer[]),
                                 CAST(:jobs AS bigint[]), CAST(:runs AS bigint[]),
                                 CAST(:millis AS bigint[])) v ORDER BY 1, 2
                ON CONFLICT (lane, state)
                DO UPDATE SET jobs = counter.jobs + excluded.jobs,
                              runs = counter.runs + excluded.runs,
                              millis = counter.millis + excluded.millis
            """;

    private EventSql() {}
}
