package dev.pawl.store.sqlite;

import dev.pawl.store.Db;
import dev.pawl.store.Rows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * What must always hold in a file, as queries: each row that one finds is a fault, in words. They
 * read everything; tests and a person who doubts run them.
 */
public final class SqliteInvariants {
    private static final Pattern HEX_ID =
            Pattern.compile(
                    "\\b([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\\b");

    private static final String INTEGRITY = "PRAGMA quick_check(5)";

    /** An unfinished job has one place, a finished one one outcome. Reads every job. */
    private static final String NOT_IN_ONE_PLACE =
            """
            SELECT 'job ' || lower(hex(id)) || ' is in ' || places || ' places'
              FROM (SELECT j.id,
                           (SELECT count(*) FROM waiting w WHERE w.id = j.id)
                         + (SELECT count(*) FROM later l WHERE l.id = j.id)
                         + (SELECT count(*) FROM ready r WHERE r.lane = j.lane AND r.id = j.id)
                         + (SELECT count(*) FROM running u WHERE u.id = j.id)
                         + (SELECT count(*) FROM outcome o WHERE o.id = j.id) AS places
                      FROM job j)
             WHERE places <> 1 LIMIT 100
            """;

    /** A place without a job. */
    private static final String PLACE_WITHOUT_JOB =
            """
            SELECT 'a row in ' || place || ' has no job ' || lower(hex(id))
              FROM (SELECT 'waiting' AS place, id FROM waiting
                    UNION ALL SELECT 'later', id FROM later
                    UNION ALL SELECT 'ready', id FROM ready
                    UNION ALL SELECT 'running', id FROM running
                    UNION ALL SELECT 'outcome', id FROM outcome
                    UNION ALL SELECT 'artifact', id FROM artifact
                    UNION ALL SELECT 'kept', job_id FROM kept
                    UNION ALL SELECT 'flight', job_id FROM flight) p
             WHERE NOT EXISTS (SELECT 1 FROM job j WHERE j.id = p.id) LIMIT 100
            """;

    private static final String RUNNING_WITHOUT_LEASE =
            """
            SELECT 'running job ' || lower(hex(r.id)) || ' has no lease' FROM running r
             WHERE NOT EXISTS (SELECT 1 FROM lease l WHERE l.id = r.lease) LIMIT 100
            """;

    private static final String LIMIT_EXCEEDED =
            """
            SELECT 'limit ' || m.name || ' of ' || m.max || ' is taken ' || t.taken || ' times'
              FROM (SELECT limit_id, count(*) AS taken
                      FROM (SELECT limit_id FROM running UNION ALL SELECT limit_id FROM stopping)
                     WHERE limit_id IS NOT NULL GROUP BY limit_id) t
              JOIN slot_limit m ON m.id = t.limit_id
             WHERE t.taken > m.max
            """;

    private static final String FLIGHT_OF_FINISHED =
            """
            SELECT 'flight is led by finished job ' || lower(hex(f.job_id))
              FROM flight f JOIN outcome o ON o.id = f.job_id LIMIT 100
            """;
    private static final String FOLLOWER_OF_FINISHED =
            """
            SELECT 'job ' || lower(hex(w.id)) || ' follows finished job ' || lower(hex(w.leader))
              FROM waiting w JOIN outcome o ON o.id = w.leader LIMIT 100
            """;
    private static final String WAITS_FOR_NOBODY =
            """
            SELECT 'job ' || lower(hex(w.id)) || ' waits though its parents have ended'
              FROM waiting w
             WHERE w.leader IS NULL
               AND NOT EXISTS (SELECT 1 FROM flow_edge e JOIN job j ON j.id = e.parent
                                 LEFT JOIN outcome o ON o.id = e.parent
                                WHERE e.child = w.id AND o.id IS NULL) LIMIT 100
            """;
    private static final String COUNTER_OFF =
            """
            SELECT 'counter of lane ' || lane || ' state ' || state || ' is off by ' || sum(jobs)
                   || iif(sum(runs) <> 0 OR sum(millis) <> 0,
                          ', its running time by ' || sum(millis) || ' ms of ' || sum(runs)
                          || ' attempts', '')
              FROM (SELECT lane, state, jobs, runs, millis FROM counter
                    UNION ALL SELECT j.lane, 0, -1, 0, 0
                                FROM waiting w JOIN job j ON j.id = w.id
                    UNION ALL SELECT lane, 1, -1, 0, 0 FROM ready
                    UNION ALL SELECT lane, 1, -1, 0, 0 FROM later
                    UNION ALL SELECT lane, 2, -1, 0, 0 FROM running
                    UNION ALL SELECT j.lane, o.state + 2, -1, -(o.started_at IS NOT NULL),
                                     -max(0, coalesce(o.at - o.started_at, 0))
                                FROM outcome o JOIN job j ON j.id = o.id)
             GROUP BY lane, state
            HAVING sum(jobs) <> 0 OR sum(runs) <> 0 OR sum(millis) <> 0 LIMIT 100
            """;

    private static final List<String> LASTING =
            List.of(
                    NOT_IN_ONE_PLACE,
                    PLACE_WITHOUT_JOB,
                    RUNNING_WITHOUT_LEASE,
                    FLIGHT_OF_FINISHED,
                    FOLLOWER_OF_FINISHED,
                    WAITS_FOR_NOBODY,
                    COUNTER_OFF);

    /** And these as long as no limit was lowered: its attempts of before run to their end. */
    private static final List<String> WITHOUT_CHANGES =
            Stream.concat(LASTING.stream(), Stream.of(LIMIT_EXCEEDED)).toList();

    private SqliteInvariants() {}

    /**
     * What is wrong with a database that may be in use, a sentence each; empty when all is well.
     * Changes nothing, migrates nothing.
     *
     * @throws dev.pawl.core.PawlException when the file can't be read at all
     */
    public static List<String> faults(SqliteOptions options) {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout((int) options.busy().toMillis());
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + options.file());
        try (var db = new Db(source.getConnection(), SqliteSql.DIALECT)) {
            return in(db, LASTING);
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        }
    }

    /** All of it on an open connection, in one snapshot: others may be writing. */
    static List<String> in(Db db) throws SQLException {
        return in(db, WITHOUT_CHANGES);
    }

    private static List<String> in(Db db, List<String> rules) throws SQLException {
        var faults = new ArrayList<String>();
        db.beginRead();
        try {
            try (Rows rows = db.stmt(INTEGRITY).query()) {
                while (rows.next())
                    if (!rows.text(1).equals("ok"))
                        faults.add("the file is damaged: " + rows.text(1));
            }
            for (String sql : rules)
                try (Rows rows = db.stmt(sql).query()) {
                    while (rows.next()) faults.add(withIds(rows.text(1)));
                }
        } finally {
            db.commit();
        }
        return faults;
    }

    /** Ids in a sentence, from the database's hex digits to the form that people know. */
    private static String withIds(String text) {
        return HEX_ID.matcher(text).replaceAll("$1-$2-$3-$4-$5");
    }
}
