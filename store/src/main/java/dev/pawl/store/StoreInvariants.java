package dev.pawl.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What must always hold in a database, as queries: each row that one finds is a fault, in words.
 * They read everything; tests and a person who doubts run them, in one snapshot when others may be
 * writing.
 */
public final class StoreInvariants {
    private static final Pattern HEX_ID =
            Pattern.compile(
                    "\\b([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\\b");

    /** An unfinished job has one place, a finished one one outcome. Reads every job. */
    private static final String NOT_IN_ONE_PLACE =
            """
            SELECT 'job ' || lower(pawl.hex(id)) || ' is in ' || places || ' places'
              FROM (SELECT j.id,
                           (SELECT count(*) FROM pawl.waiting w WHERE w.id = j.id)
                         + (SELECT count(*) FROM pawl.later l WHERE l.id = j.id)
                         + (SELECT count(*) FROM pawl.ready r WHERE r.lane = j.lane AND r.id = j.id)
                         + (SELECT count(*) FROM pawl.running u WHERE u.id = j.id)
                         + (SELECT count(*) FROM pawl.outcome o WHERE o.id = j.id) AS places
                      FROM pawl.job j) p
             WHERE places <> 1 LIMIT 100
            """;

    /** A place without a job. */
    private static final String PLACE_WITHOUT_JOB =
            """
            SELECT 'a row in ' || place || ' has no job ' || lower(pawl.hex(id))
              FROM (SELECT 'waiting' AS place, id FROM pawl.waiting
                    UNION ALL SELECT 'later', id FROM pawl.later
                    UNION ALL SELECT 'ready', id FROM pawl.ready
                    UNION ALL SELECT 'running', id FROM pawl.running
                    UNION ALL SELECT 'outcome', id FROM pawl.outcome
                    UNION ALL SELECT 'artifact', id FROM pawl.artifact
                    UNION ALL SELECT 'kept', job_id FROM pawl.kept
                    UNION ALL SELECT 'flight', job_id FROM pawl.flight) p
             WHERE NOT EXISTS (SELECT 1 FROM pawl.job j WHERE j.id = p.id) LIMIT 100
            """;

    private static final String RUNNING_WITHOUT_LEASE =
            """
            SELECT 'running job ' || lower(pawl.hex(r.id)) || ' has no lease' FROM pawl.running r
             WHERE NOT EXISTS (SELECT 1 FROM pawl.lease l WHERE l.id = r.lease) LIMIT 100
            """;

    private static final String LIMIT_EXCEEDED =
            """
            SELECT 'limit ' || m.name || ' of ' || m.max || ' is taken ' || t.taken || ' times'
              FROM (SELECT limit_id, count(*) AS taken
                      FROM (SELECT limit_id FROM pawl.running UNION ALL SELECT limit_id FROM pawl.stopping) h
                     WHERE limit_id IS NOT NULL GROUP BY limit_id) t
              JOIN pawl.slot_limit m ON m.id = t.limit_id
             WHERE t.taken > m.max
            """;

    private static final String KEY_EXCEEDED =
            """
            SELECT 'limit ' || m.name || '=' || coalesce(max(t.value), '') || ' of ' || m.key_max
                   || ' is taken ' || count(*) || ' times'
              FROM (SELECT r.limit_id, r.limit_key, j.limit_value AS value
                      FROM pawl.running r JOIN pawl.job j ON j.id = r.id
                     UNION ALL
                    SELECT s.limit_id, s.limit_key, j.limit_value
                      FROM pawl.stopping s JOIN pawl.job j ON j.id = s.id) t
              JOIN pawl.slot_limit m ON m.id = t.limit_id
             WHERE t.limit_key IS NOT NULL
             GROUP BY m.name, m.key_max, t.limit_key HAVING count(*) > m.key_max
            """;

    /** Claims look for a lane's jobs by their keys, or for those without. */
    private static final String KEY_OF_ANOTHER_LINE =
            """
            SELECT 'job ' || lower(pawl.hex(y.id)) || ' stands in no line of its lane'
              FROM pawl.ready y JOIN pawl.lane l ON l.id = y.lane
              JOIN pawl.slot_limit m ON m.id = l.limit_id
             WHERE (y.limit_key IS NULL) = (pawl.instr(m.name, ' per ') > 0) LIMIT 100
            """;

    private static final String FLIGHT_OF_FINISHED =
            """
            SELECT 'flight is led by finished job ' || lower(pawl.hex(f.job_id))
              FROM pawl.flight f JOIN pawl.outcome o ON o.id = f.job_id LIMIT 100
            """;
    private static final String FOLLOWER_OF_FINISHED =
            """
            SELECT 'job ' || lower(pawl.hex(w.id)) || ' follows finished job ' || lower(pawl.hex(w.leader))
              FROM pawl.waiting w JOIN pawl.outcome o ON o.id = w.leader LIMIT 100
            """;
    private static final String WAITS_FOR_NOBODY =
            """
            SELECT 'job ' || lower(pawl.hex(w.id)) || ' waits though its parents have ended'
              FROM pawl.waiting w
             WHERE w.leader IS NULL
               AND NOT EXISTS (SELECT 1 FROM pawl.flow_edge e JOIN pawl.job j ON j.id = e.parent
                                 LEFT JOIN pawl.outcome o ON o.id = e.parent
                                WHERE e.child = w.id AND o.id IS NULL) LIMIT 100
            """;
    private static final String COUNTER_OFF =
            """
            SELECT 'counter of lane ' || lane || ' state ' || state || ' is off by ' || sum(jobs)
                   || CASE WHEN sum(runs) <> 0 OR sum(millis) <> 0
                           THEN ', its running time by ' || sum(millis) || ' ms of ' || sum(runs)
                                || ' attempts' ELSE '' END
              FROM (SELECT lane, state, jobs, runs, millis FROM pawl.counter
                    UNION ALL SELECT j.lane, 0, -1, 0, 0
                                FROM pawl.waiting w JOIN pawl.job j ON j.id = w.id
                    UNION ALL SELECT lane, 1, -1, 0, 0 FROM pawl.ready
                    UNION ALL SELECT lane, 1, -1, 0, 0 FROM pawl.later
                    UNION ALL SELECT lane, 2, -1, 0, 0 FROM pawl.running
                    UNION ALL SELECT j.lane, o.state + 2, -1,
                                     CASE WHEN o.started_at IS NULL THEN 0 ELSE -1 END,
                                     CASE WHEN o.at > o.started_at
                                          THEN o.started_at - o.at ELSE 0 END
                                FROM pawl.outcome o JOIN pawl.job j ON j.id = o.id)
                   c
             GROUP BY lane, state
            HAVING sum(jobs) <> 0 OR sum(runs) <> 0 OR sum(millis) <> 0 LIMIT 100
            """;

    /** What holds whatever was changed. */
    private static final List<String> LASTING =
            List.of(
                    NOT_IN_ONE_PLACE,
                    PLACE_WITHOUT_JOB,
                    RUNNING_WITHOUT_LEASE,
                    KEY_OF_ANOTHER_LINE,
                    FLIGHT_OF_FINISHED,
                    FOLLOWER_OF_FINISHED,
                    WAITS_FOR_NOBODY,
                    COUNTER_OFF);

    /** And these as long as no limit was lowered: its attempts of before run to their end. */
    private static final List<String> WITHOUT_CHANGES =
            Stream.concat(LASTING.stream(), Stream.of(LIMIT_EXCEEDED, KEY_EXCEEDED)).toList();

    private StoreInvariants() {}

    /**
     * What breaks a rule; that of the limits only where {@code unchanged} since jobs began to run.
     */
    public static List<String> faults(Db db, boolean unchanged) throws SQLException {
        var faults = new ArrayList<String>();
        for (String sql : unchanged ? WITHOUT_CHANGES : LASTING)
            try (Rows rows = db.stmt(sql).query()) {
                while (rows.next()) faults.add(withIds(rows.text(1)));
            }
        return faults;
    }

    /** Ids in a sentence, from the database's hex digits to the form that people know. */
    private static String withIds(String text) {
        return HEX_ID.matcher(text).replaceAll("$1-$2-$3-$4-$5");
    }
}
