package dev.pawl.store.sqlite;

import dev.pawl.store.Db;
import dev.pawl.store.Rows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Reads a database that may be in use and says what is wrong with it; changes nothing. */
public final class SqliteInvariants {
    private static final int FOUND_MAX = 20;

    /** Jobs that are in no place or in several. Reads all of it; locks nothing. */
    private static final String PLACES =
            """
            SELECT lower(hex(j.id)), count(p.id) FROM job j
              LEFT JOIN (SELECT id FROM waiting
                         UNION ALL SELECT id FROM later
                         UNION ALL SELECT id FROM ready
                         UNION ALL SELECT id FROM running
                         UNION ALL SELECT id FROM outcome) p ON p.id = j.id
             GROUP BY j.id HAVING count(p.id) <> 1 LIMIT :limit
            """;

    /** Rows that say where a job is which isn't there. */
    private static final String STRAYS =
            """
            SELECT p.place, lower(hex(p.id))
              FROM (SELECT 'waiting' AS place, id FROM waiting
                    UNION ALL SELECT 'later', id FROM later
                    UNION ALL SELECT 'ready', id FROM ready
                    UNION ALL SELECT 'running', id FROM running
                    UNION ALL SELECT 'outcome', id FROM outcome) p
             WHERE NOT EXISTS (SELECT 1 FROM job j WHERE j.id = p.id) LIMIT :limit
            """;

    /** Running jobs whose lease isn't there: nobody would take them back. */
    private static final String NO_LEASE =
            """
            SELECT lower(hex(r.id)) FROM running r
             WHERE NOT EXISTS (SELECT 1 FROM lease l WHERE l.id = r.lease) LIMIT :limit
            """;

    /** Counters that are not what they count. */
    private static final String COUNTERS =
            """
            SELECT c.state, sum(c.jobs), (SELECT count(*) FROM waiting) FROM counter c
             WHERE c.state = 0 GROUP BY c.state HAVING sum(c.jobs) <> (SELECT count(*) FROM waiting)
            UNION ALL
            SELECT c.state, sum(c.jobs), (SELECT count(*) FROM running) FROM counter c
             WHERE c.state = 2 GROUP BY c.state HAVING sum(c.jobs) <> (SELECT count(*) FROM running)
            """;

    private SqliteInvariants() {}

    /**
     * What is wrong, one sentence each; empty when all is well.
     *
     * @throws dev.pawl.core.PawlException when the file can't be read at all
     */
    public static List<String> faults(SqliteOptions options) {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout((int) options.busy().toMillis());
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + options.file());
        try (var db = new Db(source.getConnection())) {
            // One snapshot for all of it: others may be writing.
            db.execute("BEGIN");
            var faults = new ArrayList<String>();
            integrity(db, faults);
            places(db, faults);
            strays(db, faults);
            leases(db, faults);
            counters(db, faults);
            db.execute("COMMIT");
            return List.copyOf(faults);
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        }
    }

    private static void integrity(Db db, List<String> faults) throws SQLException {
        try (Rows rows = db.stmt("PRAGMA quick_check(5)").query()) {
            while (rows.next())
                if (!rows.text(1).equals("ok")) faults.add("the file is damaged: " + rows.text(1));
        }
    }

    private static void places(Db db, List<String> faults) throws SQLException {
        try (Rows rows = db.stmt(PLACES).set("limit", FOUND_MAX).query()) {
            while (rows.next())
                faults.add(
                        "job %s is in %d places; want 1"
                                .formatted(dashed(rows.text(1)), rows.integer(2)));
        }
    }

    private static void strays(Db db, List<String> faults) throws SQLException {
        try (Rows rows = db.stmt(STRAYS).set("limit", FOUND_MAX).query()) {
            while (rows.next())
                faults.add(
                        "%s names job %s, which isn't there"
                                .formatted(rows.text(1), dashed(rows.text(2))));
        }
    }

    private static void leases(Db db, List<String> faults) throws SQLException {
        try (Rows rows = db.stmt(NO_LEASE).set("limit", FOUND_MAX).query()) {
            while (rows.next())
                faults.add("job %s runs without a lease".formatted(dashed(rows.text(1))));
        }
    }

    private static void counters(Db db, List<String> faults) throws SQLException {
        try (Rows rows = db.stmt(COUNTERS).query()) {
            while (rows.next())
                faults.add(
                        "the counter of %s jobs is %d; there are %d"
                                .formatted(
                                        Codes.state(rows.integer(1)).wire(),
                                        rows.number(2),
                                        rows.number(3)));
        }
    }

    private static String dashed(String hex) {
        return hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    }
}
