package dev.pawl.store;

/**
 * The statements that all databases share, but those of {@link ListSql}, one constant each, in
 * life-cycle order. They are written as PostgreSQL reads them; {@link Dialect#text} makes others of
 * them. A write is one transaction; a read is one statement, and so one snapshot.
 *
 * <p>Where a transaction that writes isn't alone, whoever deletes a row owns the move, and these
 * rows are locked so that nothing comes between two statements: a flight by who follows its leader,
 * a parent's place by who submits its child, a waiting child by each parent that ends, a lease by
 * who takes it back or stops an attempt under it, an attempt by what it writes.
 */
final class StoreSql {
    // ---- Names: tools, queues, limits, lanes, policies. Unique indexes.

    static final String TOOL_ADD =
            "INSERT INTO pawl.tool (name, version) VALUES (:name, :version) ON CONFLICT DO NOTHING";
    static final String TOOL_ID =
            "SELECT id FROM pawl.tool WHERE name = :name AND version = :version";
    static final String QUEUE_ADD =
            "INSERT INTO pawl.queue (name) VALUES (:queue) ON CONFLICT DO NOTHING";
    static final String LIMIT_ID = "SELECT id FROM pawl.slot_limit WHERE name = :name";
    static final String LANE_ADD =
            """
            INSERT INTO pawl.lane (queue, tool_id, limit_id) VALUES (:queue, :tool_id, :limit_id)
                ON CONFLICT DO NOTHING
            """;
    static final String LANE_ID =
            """
            SELECT id FROM pawl.lane
             WHERE queue = :queue AND tool_id = :tool_id AND limit_id = :limit_id
            """;

    /** All lanes, with what a claim must know of each. A few hundred rows at most. */
    static final String LANES =
            """
            SELECT l.id, l.queue, t.name, t.version, l.limit_id, m.name, m.max, m.rate_max,
                   m.rate_ms, m.key_max, m.key_rate_max, m.key_rate_ms
              FROM pawl.lane l
              JOIN pawl.tool t ON t.id = l.tool_id
              JOIN pawl.slot_limit m ON m.id = l.limit_id
             WHERE l.id > :after
             ORDER BY l.id
            """;

    /** Changes of queues' switches and of limits are read at each claim: both tables are small. */
    static final String LANES_OF =
            """
            SELECT l.id FROM pawl.lane l JOIN pawl.tool t ON t.id = l.tool_id
             WHERE :tool IN ('', t.name) AND :version IN ('', t.version) AND :queue IN ('', l.queue)
             ORDER BY l.id
            """;

    /**
     * What a claim looks at first: since when a job is due, or over its time to live, the newest
     * lane, the paused queues, and those that limit their jobs.
     */
    static final String OUTLOOK =
            """
            SELECT (SELECT min(due) FROM pawl.later), (SELECT min(at) FROM pawl.expiry),
                   (SELECT max(id) FROM pawl.lane),
                   (SELECT string_agg(name, ' ') FROM pawl.queue WHERE paused = 1),
                   (SELECT string_agg(name || ' ' || running_max || ' ' || rate_max || ' '
                                      || rate_ms, ' ')
                      FROM pawl.queue WHERE running_max < 2147483647 OR rate_max < 2147483647)
            """;

    static final String POLICY_ADD =
            "INSERT INTO pawl.policy (line) VALUES (:line) ON CONFLICT DO NOTHING";
    static final String POLICY_ID = "SELECT id FROM pawl.policy WHERE line = :line";
    static final String POLICY_LINE = "SELECT line FROM pawl.policy WHERE id = :id";

    // ---- Submit

    static final String IDEMPOTENCY_ADD =
            """
            INSERT INTO pawl.idempotency (tenant, key, job_id, body_hash)
            VALUES (:tenant, :key, :id, :body_hash) ON CONFLICT DO NOTHING
            """;
    static final String IDEMPOTENCY_FIND =
            "SELECT job_id, body_hash FROM pawl.idempotency WHERE tenant = :tenant AND key = :key";
    static final String DEPTH_MAX = "SELECT depth_max FROM pawl.queue WHERE name = :queue";

    /**
     * Keeps a job where it is: an unfinished one in its place, a finished one in outcome. No row
     * when it is on its way from one to another.
     */
    static final String JOB_HOLD =
            """
            WITH w AS (SELECT id FROM pawl.waiting WHERE id = :id FOR KEY SHARE),
                 y AS (SELECT id FROM pawl.ready WHERE id = :id FOR KEY SHARE),
                 l AS (SELECT id FROM pawl.later WHERE id = :id FOR KEY SHARE),
                 r AS (SELECT id FROM pawl.running WHERE id = :id FOR KEY SHARE),
                 o AS (SELECT id FROM pawl.outcome WHERE id = :id FOR KEY SHARE)
            SELECT id FROM w UNION ALL SELECT id FROM y UNION ALL SELECT id FROM l
             UNION ALL SELECT id FROM r UNION ALL SELECT id FROM o
            """;

    static final String JOB_EXISTS = "SELECT 1 FROM pawl.job WHERE id = :id";
    static final String JOB_ADD =
            """
            INSERT INTO pawl.job (id, lane, policy, priority, run_at, submitted_at, tenant, ttl, go_on,
                             parents, reuse_ttl, reuse_errors, hash, key_parts, tags,
                             correlation_id, causation, idempotency_key, input,
                             traceparent, owner, limit_value)
            VALUES (:id, :lane, :policy, :priority, :run_at, :submitted_at, :tenant, :ttl, :go_on,
                    :parents, :reuse_ttl, :reuse_errors, :hash, :key_parts, :tags,
                    :correlation_id, :causation, :idempotency_key, :input,
                    :traceparent, :owner, :limit_value)
                ON CONFLICT DO NOTHING
            """;
    static final String TAG_ADD = "INSERT INTO pawl.tag (tag, id) VALUES (:tag, :id)";
    static final String EDGE_ADD =
            "INSERT INTO pawl.flow_edge (parent, child) VALUES (:parent, :id)";
    static final String EXPIRY_SET =
            """
            INSERT INTO pawl.expiry (id, at) VALUES (:id, :at)
                ON CONFLICT (id) DO UPDATE SET at = excluded.at
            """;
    static final String READY_ADD =
            """
            INSERT INTO pawl.ready (lane, priority, run_at, id, attempt, failures, limit_key)
            VALUES (:lane, :priority, :run_at, :id, :attempt, :failures, nullif(:limit_key, 0))
            """;
    static final String LATER_ADD =
            """
            INSERT INTO pawl.later (id, due, lane, priority, attempt, failures)
            VALUES (:id, :run_at, :lane, :priority, :attempt, :failures)
            """;
    static final String WAITING_ADD = "INSERT INTO pawl.waiting (id, leader) VALUES (:id, :leader)";
    static final String FLIGHT_FIND =
            "SELECT job_id FROM pawl.flight WHERE tenant = :tenant AND hash = :hash FOR SHARE";
    static final String FLIGHT_ADD =
            "INSERT INTO pawl.flight (tenant, hash, job_id) VALUES (:tenant, :hash, :id) ON"
                    + " CONFLICT DO NOTHING";

    // ---- The cache

    static final String KEPT_FIND =
            """
            SELECT k.job_id, k.valid_until, o.state, o.at, o.attempt, o.class, o.output
              FROM pawl.kept k JOIN pawl.outcome o ON o.id = k.job_id
             WHERE k.tenant = :tenant AND k.hash = :hash AND k.valid_until > :now
            """;
    static final String KEPT_BY =
            """
            SELECT job_id FROM pawl.kept
             WHERE tenant = :tenant AND hash = :hash AND valid_until > :now
            """;
    static final String KEPT_ADD =
            """
            INSERT INTO pawl.kept (tenant, hash, job_id, lane, valid_until)
            VALUES (:tenant, :hash, :id, :lane, :until)
                ON CONFLICT (tenant, hash) DO UPDATE SET job_id = excluded.job_id, lane = excluded.lane,
                                          valid_until = excluded.valid_until
            """;
    static final String KEPT_DROP =
            "DELETE FROM pawl.kept WHERE tenant = :tenant AND hash = :hash AND job_id = :id";

    /** Index kept_job. */
    static final String KEPT_NEWEST =
            """
            SELECT job_id FROM pawl.kept WHERE job_id < :after AND valid_until > :now
             ORDER BY job_id DESC LIMIT :limit
            """;

    /** Index kept_lane. */
    static final String KEPT_NEWEST_OF_LANE =
            """
            SELECT job_id FROM pawl.kept
             WHERE lane = :lane AND job_id < :after AND valid_until > :now
             ORDER BY job_id DESC LIMIT :limit
            """;

    static final String KEPT_ENTRY =
            """
            SELECT t.name, t.version, k.tenant, k.hash, k.valid_until
              FROM pawl.kept k JOIN pawl.lane n ON n.id = k.lane JOIN pawl.tool t ON t.id = n.tool_id
             WHERE k.job_id = :id
            """;
    static final String KEPT_PRUNE = "DELETE FROM pawl.kept WHERE valid_until < :until";

    // ---- Claim

    static final String READY_FIND =
            """
            SELECT y.lane, y.priority, y.run_at, y.id, y.attempt, y.failures, y.limit_key
              FROM pawl.job j JOIN pawl.ready y ON y.lane = j.lane AND y.id = j.id WHERE j.id = :id
               FOR UPDATE OF y SKIP LOCKED
            """;

    static final String READY_TAKE =
            """
            DELETE FROM pawl.ready
             WHERE lane = :lane AND priority = :priority AND run_at = :run_at AND id = :id
            """;
    static final String LEASE_ADD =
            "INSERT INTO pawl.lease (id, worker, valid_until) VALUES (:lease, :worker, :until)";
    static final String RUNNING_ADD =
            """
            INSERT INTO pawl.running (id, lease, attempt, failures, lane, limit_id, limit_key,
                                      reuse, started_at)
            VALUES (:id, :lease, :attempt, :failures, :lane, nullif(:limit_id, 0),
                    nullif(:limit_key, 0), :reuse, :now)
            """;

    private static final String CLAIMED = "SELECT " + Submissions.COLUMNS + "FROM pawl.job j";

    static final String JOB_CLAIMED = CLAIMED + " WHERE j.id = :id";
    static final String JOBS_CLAIMED = CLAIMED + ListSql.SOME;

    /** All of running is read: it holds no more rows than all workers have slots. */
    static final String CLAIMED_UNDER =
            """
            SELECT r.id, r.lane, r.attempt, r.failures, r.started_at, l.valid_until
              FROM pawl.lease l JOIN pawl.running r ON r.lease = l.id
             WHERE l.id = :lease AND l.worker = :worker ORDER BY r.id
            """;

    static final String PARENTS_OF = "SELECT parent FROM pawl.flow_edge WHERE child = :id";

    /** A spent lease, unless something still runs or stops under it. */
    static final String LEASE_DROP =
            """
            DELETE FROM pawl.lease
             WHERE id = :lease AND worker = :worker
               AND NOT EXISTS (SELECT 1 FROM pawl.running WHERE lease = :lease)
               AND NOT EXISTS (SELECT 1 FROM pawl.stopping WHERE lease = :lease)
            """;

    // ---- Run

    static final String LEASE_RENEW =
            """
            UPDATE pawl.lease SET valid_until = :until WHERE id = :lease AND worker = :worker
            """;
    static final String WORKER_SEEN =
            """
            UPDATE pawl.worker SET seen_at = :now WHERE id = :worker RETURNING drain_at IS NOT NULL
            """;
    static final String STOPPING_OF_WORKER =
            """
            SELECT s.id, s.attempt, s.lease
              FROM pawl.stopping s JOIN pawl.lease l ON l.id = s.lease WHERE l.worker = :worker
            """;
    static final String HELD =
            """
            SELECT lane FROM pawl.running
             WHERE id = :id AND (attempt = :attempt AND lease = :lease) IS TRUE
               FOR KEY SHARE
            """;
    static final String PROGRESS_SET =
            """
            INSERT INTO pawl.progress (id, attempt, fraction, text, at)
            VALUES (:id, :attempt, :fraction, :text, :at)
                ON CONFLICT (id) DO UPDATE SET attempt = excluded.attempt, fraction = excluded.fraction,
                                          text = excluded.text, at = excluded.at
            """;
    static final String LOG_ADD =
            """
            INSERT INTO pawl.log (id, attempt, seq, at, stream, text)
            VALUES (:id, :attempt, :seq, :at, :stream, :text) ON CONFLICT DO NOTHING
            """;

    // ---- End

    /** Fenced: no row when the token doesn't hold the job any more. IS TRUE: by the id alone. */
    static final String RUNNING_TAKE =
            """
            DELETE FROM pawl.running
             WHERE id = :id AND (attempt = :attempt AND lease = :lease) IS TRUE
            RETURNING lane, failures, reuse, started_at
            """;

    static final String OUTCOME_ADD =
            """
            INSERT INTO pawl.outcome (id, lane, attempt, state, at, started_at, output, class,
                                 cached_from)
            VALUES (:id, :lane, :attempt, :state, :at, :started_at, :output, :class, :cached_from)
            """;
    static final String ATTEMPT_END_ADD =
            """
            INSERT INTO pawl.attempt_end (id, attempt, how, worker, started_at, at, class, message)
            VALUES (:id, :attempt, :how, :worker, :started_at, :at, :class, :message)
                ON CONFLICT (id, attempt) DO UPDATE SET how = excluded.how, worker = excluded.worker,
                       started_at = excluded.started_at, at = excluded.at,
                       class = excluded.class, message = excluded.message
            """;
    static final String ARTIFACT_ADD =
            """
            INSERT INTO pawl.artifact (id, name, size, sha256, media_type)
            VALUES (:id, :name, :size, :sha256, :media_type)
                ON CONFLICT (id, name) DO UPDATE SET size = excluded.size, sha256 = excluded.sha256,
                                          media_type = excluded.media_type
            """;
    static final String STOPPED =
            "DELETE FROM pawl.stopping WHERE id = :id AND attempt = :attempt AND lease = :lease";

    // ---- What hangs on an end: followers and children

    static final String JOB_PLACE =
            """
            SELECT lane, priority, run_at, tenant, reuse_ttl, reuse_errors, hash, go_on, ttl,
                   limit_value
              FROM pawl.job WHERE id = :id
            """;
    static final String FLIGHT_DROP =
            "DELETE FROM pawl.flight WHERE tenant = :tenant AND hash = :hash AND job_id = :id";

    /** Index waiting_leader; the oldest follower first. */
    static final String FOLLOWERS = "SELECT id FROM pawl.waiting WHERE leader = :id ORDER BY id";

    static final String WAITING_TAKE =
            "DELETE FROM pawl.waiting WHERE id = :id RETURNING leader IS NOT NULL";
    static final String FOLLOW =
            "UPDATE pawl.waiting SET leader = :leader WHERE leader = :before AND id <> :leader";
    static final String ARTIFACTS_COPY =
            """
            INSERT INTO pawl.artifact (id, name, size, sha256, media_type)
            SELECT :id, name, size, sha256, media_type FROM pawl.artifact WHERE id = :from
            """;

    /** Those of many jobs that have children. */
    static final String PARENTS_AMONG =
            "SELECT DISTINCT parent FROM pawl.flow_edge WHERE parent = ANY(CAST(:ids AS uuid[]))";

    /** Children that wait; a follower doesn't wait for parents any more. */
    static final String CHILDREN_WAITING =
            """
            SELECT e.child FROM pawl.flow_edge e JOIN pawl.waiting w ON w.id = e.child
             WHERE e.parent = :id AND w.leader IS NULL ORDER BY e.child FOR UPDATE OF w
            """;

    /**
     * Parents that hold the job back: unfinished ones, and unless it goes on, unsuccessful ones.
     */
    static final String PARENTS_UNFINISHED =
            """
            SELECT count(*) FROM pawl.flow_edge e JOIN pawl.job j ON j.id = e.parent
              LEFT JOIN pawl.outcome o ON o.id = e.parent
             WHERE e.child = :id AND o.id IS NULL
            """;

    static final String PARENTS_UNSUCCESSFUL =
            """
            SELECT count(*) FROM pawl.flow_edge e JOIN pawl.outcome o ON o.id = e.parent
             WHERE e.child = :id AND o.state <> 1
            """;

    // ---- Time passes

    /** Index later_due. */
    static final String DUE =
            """
            SELECT id, due, lane, priority, attempt, failures FROM pawl.later
             WHERE due <= :now ORDER BY due, id LIMIT :max FOR UPDATE SKIP LOCKED
            """;

    static final String LATER_TAKE =
            "DELETE FROM pawl.later WHERE id = :id RETURNING lane, attempt, failures";

    /**
     * Index expiry_at. A running job is passed over, not forgotten: it may come back unstarted, by
     * a snooze or an error that isn't counted.
     */
    static final String EXPIRED =
            """
            SELECT e.id FROM pawl.expiry e
             WHERE e.at <= :now AND NOT EXISTS (SELECT 1 FROM pawl.running r WHERE r.id = e.id)
             ORDER BY e.at, e.id LIMIT :max
            """;

    static final String EXPIRY_DROP = "DELETE FROM pawl.expiry WHERE id = :id";
    static final String LEASES =
            "SELECT id, worker, valid_until FROM pawl.lease ORDER BY valid_until, id";
    static final String LEASE_FIND =
            "SELECT worker, valid_until FROM pawl.lease WHERE id = :lease FOR UPDATE";
    static final String FORFEIT =
            "UPDATE pawl.lease SET valid_until = :now WHERE worker = :worker AND valid_until >"
                    + " :now";

    /** All of running is read: it holds no more rows than all workers have slots. */
    static final String RUNNING_OF_LEASE =
            """
            SELECT r.id, r.attempt, r.failures, p.line
              FROM pawl.running r JOIN pawl.job j ON j.id = r.id JOIN pawl.policy p ON p.id = j.policy
             WHERE r.lease = :lease ORDER BY r.id
            """;

    static final String STOPPING_DROP = "DELETE FROM pawl.stopping WHERE lease = :lease";
    static final String LEASE_END = "DELETE FROM pawl.lease WHERE id = :lease";

    // ---- From outside

    static final String RUNNING_FIND =
            "SELECT attempt, lease, limit_id, started_at, limit_key FROM pawl.running WHERE id ="
                    + " :id FOR UPDATE";

    /** Keeps a lease from being taken back while an attempt under it is stopped. */
    static final String LEASE_HOLD =
            "SELECT worker FROM pawl.lease WHERE id = :lease FOR KEY SHARE";

    static final String READY_REMOVE =
            """
            DELETE FROM pawl.ready WHERE lane = (SELECT lane FROM pawl.job WHERE id = :id) AND id = :id
            RETURNING lane, attempt, failures
            """;
    static final String STOPPING_ADD =
            """
            INSERT INTO pawl.stopping (id, lease, attempt, limit_id, limit_key)
            VALUES (:id, :lease, :attempt, nullif(:limit_id, 0), nullif(:limit_key, 0))
            """;
    static final String STOPPING_FIND = "SELECT 1 FROM pawl.stopping WHERE id = :id";
    static final String OUTCOME_TAKE =
            "DELETE FROM pawl.outcome WHERE id = :id AND state <> 1 RETURNING started_at, at";

    /** Everything that hangs on a job but its row in outcome. An idempotency key is for ever. */
    static final String[] DISCARD = {
        "DELETE FROM pawl.job WHERE id = :id",
        "DELETE FROM pawl.tag WHERE id = :id",
        "DELETE FROM pawl.attempt_end WHERE id = :id",
        "DELETE FROM pawl.artifact WHERE id = :id",
        "DELETE FROM pawl.progress WHERE id = :id",
        "DELETE FROM pawl.log WHERE id = :id",
        "DELETE FROM pawl.expiry WHERE id = :id",
        "DELETE FROM pawl.kept WHERE job_id = :id",
        "DELETE FROM pawl.flow_edge WHERE child = :id"
    };

    // ---- Look

    /** Where a job is: one statement, or a job that moves would be nowhere. */
    private static final String STATES =
            """
            SELECT w.id, w.leader,
                   coalesce(y.run_at, l.due), coalesce(y.attempt, l.attempt),
                   coalesce(y.failures, l.failures),
                   r.attempt, r.failures, r.lease, r.started_at, s.worker, s.valid_until,
                   o.state, o.attempt, o.at, o.class,
                   (SELECT string_agg(pawl.hex(e.parent), ',')
                      FROM pawl.flow_edge e JOIN pawl.job k ON k.id = e.parent
                      LEFT JOIN pawl.outcome q ON q.id = e.parent
                     WHERE e.child = j.id AND q.id IS NULL),
                   j.id
              FROM pawl.job j
              LEFT JOIN pawl.waiting w ON w.id = j.id
              LEFT JOIN pawl.ready y ON y.lane = j.lane AND y.id = j.id
              LEFT JOIN pawl.later l ON l.id = j.id
              LEFT JOIN pawl.running r ON r.id = j.id
              LEFT JOIN pawl.lease s ON s.id = r.lease
              LEFT JOIN pawl.outcome o ON o.id = j.id
            """;

    static final String STATE = STATES + " WHERE j.id = :id";
    static final String STATES_OF = STATES + ListSql.SOME;

    /** A whole job; the state's columns first, as in {@link #STATE}. */
    static final String FIND_COLUMNS =
            """
            SELECT w.id, w.leader,
                   coalesce(y.run_at, l.due), coalesce(y.attempt, l.attempt),
                   coalesce(y.failures, l.failures),
                   r.attempt, r.failures, r.lease, r.started_at, s.worker, s.valid_until,
                   o.state, o.attempt, o.at, o.class,
                   (SELECT string_agg(pawl.hex(e.parent), ',') FROM pawl.flow_edge e JOIN pawl.job k ON k.id = e.parent
                      LEFT JOIN pawl.outcome q ON q.id = e.parent
                     WHERE e.child = j.id AND q.id IS NULL),
                   j.id, t.name, t.version, n.queue, m.name, m.max, p.line, j.priority, j.run_at,
                   j.submitted_at, j.tenant, j.ttl, j.go_on, j.reuse_ttl, j.reuse_errors, j.hash,
                   j.key_parts, j.tags, j.correlation_id, j.causation, j.idempotency_key,
                   coalesce(o.started_at,
                            (SELECT a.started_at FROM pawl.attempt_end a WHERE a.id = j.id
                              ORDER BY a.attempt DESC LIMIT 1)),
                   o.cached_from, g.attempt, g.fraction, g.text, g.at,
                   EXISTS (SELECT 1 FROM pawl.stopping x WHERE x.id = j.id),
                   (SELECT string_agg(pawl.hex(e.parent), ',') FROM pawl.flow_edge e WHERE e.child = j.id)
            """;

    /** The plus keeps a list from being driven by its lanes and sorted: it goes by ids. */
    static final String FIND_JOINS =
            """
              FROM pawl.job j
              JOIN pawl.lane n ON n.id = +j.lane
              JOIN pawl.tool t ON t.id = n.tool_id
              JOIN pawl.slot_limit m ON m.id = n.limit_id
              JOIN pawl.policy p ON p.id = j.policy
              LEFT JOIN pawl.waiting w ON w.id = j.id
              LEFT JOIN pawl.ready y ON y.lane = j.lane AND y.id = j.id
              LEFT JOIN pawl.later l ON l.id = j.id
              LEFT JOIN pawl.running r ON r.id = j.id
              LEFT JOIN pawl.lease s ON s.id = r.lease
              LEFT JOIN pawl.outcome o ON o.id = j.id
              LEFT JOIN pawl.progress g ON g.id = j.id
            """;

    /** Behind the input and the output. */
    private static final String FIND_MORE =
            """
            , j.traceparent, j.owner, j.limit_value, m.rate_max, m.rate_ms, m.key_max,
              m.key_rate_max, m.key_rate_ms
            """;

    static final String FIND = FIND_COLUMNS + ", j.input, o.output" + FIND_MORE + FIND_JOINS;
    static final String LIST = FIND_COLUMNS + ", '', ''" + FIND_MORE + FIND_JOINS;
    static final String ONE = " WHERE j.id = :id";
    static final String PAGE = " ORDER BY j.id DESC LIMIT :limit";

    static final String PROGRESS_OF =
            "SELECT fraction, text, at FROM pawl.progress WHERE id = :id AND attempt = :attempt";
    static final String HISTORY =
            """
            SELECT attempt, how, worker, started_at, at, class, message
              FROM pawl.attempt_end WHERE id = :id ORDER BY attempt
            """;
    static final String LOGS =
            """
            SELECT attempt, seq, at, stream, text FROM pawl.log
             WHERE id = :id AND (attempt, seq) > (:attempt, :seq)
             ORDER BY attempt, seq LIMIT :limit
            """;
    static final String ARTIFACTS =
            "SELECT name, size, sha256, media_type FROM pawl.artifact WHERE id = :id ORDER BY name";

    /** Every text that may name a content by its hash, a page at a time. Primary keys. */
    static final String[] MENTIONS = {
        "SELECT id, input FROM pawl.job WHERE id > :after ORDER BY id LIMIT :limit",
        "SELECT id, output FROM pawl.outcome WHERE id > :after ORDER BY id LIMIT :limit",
        """
        SELECT id, string_agg(sha256, ' ') FROM pawl.artifact WHERE id > :after
         GROUP BY id ORDER BY id LIMIT :limit
        """
    };

    static final String CHILDREN =
            "SELECT child FROM pawl.flow_edge WHERE parent = :id ORDER BY child";

    // ---- Events

    static final String EVENT_LATEST = "SELECT coalesce(max(number), 0) FROM pawl.event";
    static final String EVENTS_AFTER =
            """
            SELECT number, at, moves FROM pawl.event WHERE number > :after
             ORDER BY number LIMIT :limit
            """;

    /** Reads all rows after a number. A find inside an unlucky row is sorted out by the caller. */
    static final String EVENTS_OF_JOB =
            """
            SELECT number, at, moves FROM pawl.event
             WHERE number > :after AND number <= :up_to AND pawl.instr(moves, :id) > 0
             ORDER BY number LIMIT :limit
            """;

    static final String EVENTS_OLDEST =
            "SELECT number, at, length(moves) FROM pawl.event ORDER BY number LIMIT :limit";
    static final String EVENTS_DROP = "DELETE FROM pawl.event WHERE number <= :up_to";

    // ---- Counters, queues, workers

    static final String COUNTS =
            """
            SELECT l.queue, t.name, t.version, c.state, sum(c.jobs), sum(c.runs), sum(c.millis)
              FROM pawl.counter c JOIN pawl.lane l ON l.id = c.lane JOIN pawl.tool t ON t.id = l.tool_id
             GROUP BY l.queue, t.name, t.version, c.state HAVING sum(c.jobs) > 0
             ORDER BY l.queue, t.name, t.version, c.state
            """;
    static final String QUEUES =
            """
            SELECT name, paused, depth_max, running_max, rate_max, rate_ms FROM pawl.queue
             ORDER BY name
            """;
    static final String QUEUE_SET =
            """
            INSERT INTO pawl.queue (name, paused, depth_max, running_max, rate_max, rate_ms)
            VALUES (:queue, :paused, :depth_max, :running_max, :rate_max, :rate_ms)
                ON CONFLICT (name) DO UPDATE
                    SET paused = excluded.paused, depth_max = excluded.depth_max,
                        running_max = excluded.running_max, rate_max = excluded.rate_max,
                        rate_ms = excluded.rate_ms
            """;
    static final String WORKER_SET =
            """
            INSERT INTO pawl.worker (id, host, pid, pid_started_at, tools, slots, started_at, seen_at,
                                     can)
            VALUES (:worker, :host, :pid, :pid_started_at, :tools, :slots, :started_at, :now, :can)
                ON CONFLICT (id) DO UPDATE SET tools = excluded.tools, slots = excluded.slots,
                                          seen_at = excluded.seen_at, can = excluded.can
            """;
    static final String WORKER_DROP = "DELETE FROM pawl.worker WHERE id = :worker";
    static final String WORKERS =
            """
            SELECT id, host, pid, pid_started_at, tools, slots, started_at, seen_at, can,
                   drain_at IS NOT NULL
              FROM pawl.worker ORDER BY id
            """;

    private StoreSql() {}
}
