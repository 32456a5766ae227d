package dev.pawl.store;

import dev.pawl.core.JobId;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitEntry;
import dev.pawl.core.LimitEntry.Holder;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What limits there are, who holds places under them, and how many wait. */
final class LimitReading {
    private static final String KEYS = LimitSql.keys(LimitSql.NEXT_KEY, "true");

    private final Db db;
    private final Instant now;
    private final Map<String, Found> found = new TreeMap<>();
    private final Map<String, QueueEntry> queues = new HashMap<>();
    private final Map<Integer, Lane> lanes = new HashMap<>();

    private record Lane(int id, String queue, Limit limit) {}

    private static final class Found {
        private final int max;
        private final Rate rate;
        private final List<Holder> holders = new ArrayList<>();
        private int waiting;

        Found(int max, Rate rate) {
            this.max = max;
            this.rate = rate;
        }
    }

    private LimitReading(Db db, Instant now) {
        this.db = db;
        this.now = now;
    }

    /**
     * By their names. All of running is read: it holds no more rows than all workers have slots.
     */
    static List<LimitEntry> limits(Db db, Instant now) throws SQLException {
        db.beginRead();
        try {
            return new LimitReading(db, now).limits();
        } finally {
            db.commit();
        }
    }

    private List<LimitEntry> limits() throws SQLException {
        for (QueueEntry queue : Reading.queues(db)) {
            queues.put(queue.name(), queue);
            boolean limits = queue.runningMax() < Integer.MAX_VALUE || !queue.rate().none();
            if (limits) found(queue.limitName(), queue.runningMax(), queue.rate());
        }
        try (Rows rows = db.stmt(StoreSql.LANES).set("after", 0).query()) {
            while (rows.next()) {
                var lane = new Lane(rows.integer(1), rows.text(2), Names.limit(rows, 6));
                lanes.put(lane.id, lane);
            }
        }
        for (Lane lane : lanes.values()) {
            if (lane.limit.shared()) found(lane.limit.name(), lane.limit.max(), lane.limit.rate());
        }
        holders();
        for (Lane lane : lanes.values()) waiting(lane);
        var entries = new ArrayList<LimitEntry>();
        for (var each : found.entrySet()) {
            Found f = each.getValue();
            int started = f.rate.none() ? 0 : started(each.getKey());
            entries.add(
                    new LimitEntry(each.getKey(), f.max, f.rate, started, f.waiting, f.holders));
        }
        return entries;
    }

    private Found found(String name, int max, Rate rate) {
        return found.computeIfAbsent(name, _ -> new Found(max, rate));
    }

    private Found key(Limit limit, String value) {
        Limit of = limit.of(value);
        return found(of.keyName(), of.key().max(), of.key().rate());
    }

    private void holders() throws SQLException {
        try (Rows rows = db.stmt(LimitSql.HOLDERS).query()) {
            while (rows.next()) {
                Lane lane = lanes.get(rows.integer(6));
                if (lane == null) continue;
                var holder =
                        new Holder(
                                new JobId(rows.uuid(1)),
                                rows.integer(2),
                                rows.text(3),
                                rows.instant(4),
                                rows.flag(5));
                for (Found each : shared(lane)) each.holders.add(holder);
                if (lane.limit.keyed()) key(lane.limit, rows.text(7)).holders.add(holder);
            }
        }
    }

    /** What all jobs of the lane fall under. */
    private List<Found> shared(Lane lane) {
        var shared = new ArrayList<Found>();
        Found ofQueue = found.get(QueueEntry.of(lane.queue).limitName());
        if (ofQueue != null) shared.add(ofQueue);
        if (lane.limit.shared()) shared.add(found(lane.limit.name(), 0, Rate.NONE));
        return shared;
    }

    private void waiting(Lane lane) throws SQLException {
        List<Found> shared = shared(lane);
        if (shared.isEmpty() && !lane.limit.keyed()) return;
        int waiting = count(db.stmt(LimitSql.LANE_WAITING).set("lane", lane.id));
        for (Found each : shared) each.waiting += waiting;
        if (!lane.limit.keyed() || waiting == 0) return;
        for (long key : keys(lane)) {
            Stmt of = db.stmt(LimitSql.KEY_WAITING).set("lane", lane.id).set("limit_key", key);
            key(lane.limit, value(lane, key)).waiting += count(of);
        }
    }

    private static int count(Stmt stmt) throws SQLException {
        try (Rows rows = stmt.set("max", LimitEntry.WAITING_MAX).query()) {
            rows.next();
            return rows.integer(1);
        }
    }

    private List<Long> keys(Lane lane) throws SQLException {
        var keys = new ArrayList<Long>();
        try (Rows rows =
                db.stmt(KEYS)
                        .set("lane", lane.id)
                        .set("after", Long.MIN_VALUE)
                        .set("up_to", Long.MAX_VALUE)
                        .set("looks", LimitEntry.KEYS_MAX)
                        .set("key_max", Integer.MAX_VALUE)
                        .set("rate_max", Integer.MAX_VALUE)
                        .set("now", now)
                        .set("max", LimitEntry.KEYS_MAX)
                        .query()) {
            while (rows.next()) keys.add(rows.number(1));
        }
        return keys;
    }

    private String value(Lane lane, long key) throws SQLException {
        try (Rows rows =
                db.stmt(LimitSql.KEY_VALUE).set("lane", lane.id).set("limit_key", key).query()) {
            return rows.next() ? rows.text(1) : "";
        }
    }

    private int started(String name) throws SQLException {
        try (Rows rows =
                db.stmt(LimitSql.STARTS).set("id", Limit.number(name)).set("now", now).query()) {
            return rows.next() ? rows.integer(2) : 0;
        }
    }
}
