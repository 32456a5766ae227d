package dev.pawl.bench;

import dev.pawl.store.Db;
import dev.pawl.store.Rows;
import dev.pawl.store.Stmt;
import dev.pawl.store.sqlite.SqliteOptions.Synchronous;
import dev.pawl.store.sqlite.SqliteSql;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * The raw limit: one thread and one connection that write the same rows as the store does, into the
 * tables that its migration made, with nothing around them: no check, no counter of states, no
 * other loop, no answer to anybody.
 */
final class Bare implements AutoCloseable {
    private final Db db;
    private final Random random = new Random(1);
    private long made;
    private long events;

    Bare(Path file, Synchronous synchronous) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        db = new Db(connection, SqliteSql.DIALECT);
        db.execute("PRAGMA journal_mode = WAL");
        db.execute("PRAGMA synchronous = " + synchronous);
        db.execute("PRAGMA cache_size = -32000");
        db.execute("PRAGMA busy_timeout = 30000");
        db.execute("INSERT OR IGNORE INTO queue (name) VALUES ('default')");
        db.execute("INSERT OR IGNORE INTO tool (id, name, version) VALUES (1, 'noop', '1')");
        db.execute(
                "INSERT OR IGNORE INTO lane (id, queue, tool_id, limit_id)"
                        + " VALUES (1, 'default', 1, 0)");
        db.execute("INSERT OR IGNORE INTO policy (id, line) VALUES (1, 'attempts=1')");
    }

    /** Stores jobs, this many in each transaction. */
    void submit(int jobs, int batch) throws SQLException {
        Stmt job =
                db.stmt(
                        "INSERT INTO job (id, lane, policy, priority, run_at, submitted_at, tenant,"
                            + " ttl, go_on, parents, reuse_ttl, reuse_errors, input) VALUES (:id,"
                            + " 1, 1, 0, 0, :at, 'default', 0, 0, 0, 0, 0, :input)");
        Stmt ready =
                db.stmt(
                        "INSERT INTO ready (lane, priority, run_at, id, attempt, failures)"
                                + " VALUES (1, 0, :at, :id, 0, 0)");
        for (int i = 0; i < jobs; i += batch) {
            db.begin();
            for (int n = 0; n < batch; n++) {
                UUID id = nextId();
                long at = id.getMostSignificantBits() >>> 16;
                job.set("id", id).set("at", at).text("input", Jobs.INPUT).update();
                ready.set("id", id).set("at", at).update();
            }
            count(1, batch);
            event(batch);
            db.commit();
        }
    }

    /** Claims and completes all jobs, this many in each transaction. */
    void drain(int batch) throws SQLException {
        Stmt heads =
                db.stmt(
                        "SELECT r.run_at, r.id, r.attempt, j.input FROM ready r CROSS JOIN job j ON"
                            + " j.id = r.id WHERE r.lane = 1 ORDER BY r.priority DESC, r.run_at,"
                            + " r.id LIMIT :max");
        heads.set("max", batch);
        while (true) {
            byte[] lease = uuid(random.nextLong(), random.nextLong());
            db.begin();
            List<UUID> ids = claim(heads, lease);
            db.commit();
            if (ids.isEmpty()) return;
            db.begin();
            complete(ids, lease);
            db.commit();
        }
    }

    private List<UUID> claim(Stmt heads, byte[] lease) throws SQLException {
        var ids = new ArrayList<UUID>();
        var runAts = new ArrayList<Long>();
        try (Rows rows = heads.query()) {
            while (rows.next()) {
                runAts.add(rows.number(1));
                ids.add(rows.uuid(2));
                rows.text(4);
            }
        }
        Stmt take =
                db.stmt(
                        "DELETE FROM ready WHERE lane = 1 AND priority = 0 AND run_at = :at AND id"
                                + " = :id");
        Stmt running =
                db.stmt(
                        "INSERT INTO running (id, lease, attempt, failures, lane, limit_id, reuse,"
                                + " started_at) VALUES (:id, :lease, 1, 0, 1, NULL, 0, 1)");
        for (int i = 0; i < ids.size(); i++) {
            take.set("at", runAts.get(i)).set("id", ids.get(i)).update();
            running.set("id", ids.get(i)).set("lease", lease).update();
        }
        if (ids.isEmpty()) return ids;
        db.stmt("INSERT INTO lease (id, worker, valid_until) VALUES (:lease, 'w', 1)")
                .set("lease", lease)
                .update();
        count(1, -ids.size());
        count(2, ids.size());
        event(ids.size());
        return ids;
    }

    private void complete(List<UUID> ids, byte[] lease) throws SQLException {
        Stmt take =
                db.stmt("DELETE FROM running WHERE id = :id AND attempt = 1 AND lease = :lease");
        Stmt outcome =
                db.stmt(
                        "INSERT INTO outcome (id, lane, attempt, state, at, started_at, output)"
                                + " VALUES (:id, 1, 1, 1, 1, 1, '{}')");
        for (UUID id : ids) {
            if (take.set("id", id).set("lease", lease).update() != 1)
                throw new IllegalStateException("lost " + id);
            outcome.set("id", id).update();
        }
        db.stmt("DELETE FROM lease WHERE id = :lease").set("lease", lease).update();
        count(2, -ids.size());
        count(3, ids.size());
        event(ids.size());
    }

    /** A row for the commit, with 24 bytes for each job that it moves. */
    private void event(int jobs) throws SQLException {
        events += jobs;
        db.stmt("INSERT INTO event (number, at, moves) VALUES (:number, 1, zeroblob(:bytes))")
                .set("number", events)
                .set("bytes", 24L * jobs)
                .update();
    }

    private void count(int state, int jobs) throws SQLException {
        db.stmt(
                        "INSERT INTO counter (lane, state, jobs) VALUES (1, :state, :jobs)"
                                + " ON CONFLICT DO UPDATE SET jobs = jobs + excluded.jobs")
                .set("state", state)
                .set("jobs", jobs)
                .update();
    }

    private UUID nextId() {
        made++;
        long millis = 1_790_000_000_000L + made / 50;
        return new UUID(
                millis << 16 | 0x7000L | made % 50, random.nextLong() >>> 2 | Long.MIN_VALUE);
    }

    private static byte[] uuid(long high, long low) {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    @Override
    public void close() throws SQLException {
        db.close();
    }
}
