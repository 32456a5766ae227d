package dev.pawl.store;

import dev.pawl.core.Limit;
import dev.pawl.core.LimitKey;
import dev.pawl.core.Rate;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The short numbers that stand for lanes and policies in rows. Rows of these tables are never
 * deleted and a number never changes its meaning, so what was once committed is cached for good;
 * what an open transaction made is adopted after its commit. Thread-safe.
 */
public final class Names {
    /**
     * A lane and what claims must know of it; what the limit allows is read at each claim.
     *
     * @param limit without the value of a key
     */
    record Lane(int id, String queue, ToolId tool, int limitId, Limit limit) {
        Lane {
            limit = limit.of("");
        }

        /** Whether nothing has changed of what holds the jobs of this lane. */
        boolean has(Limit other) {
            return limit.equals(other.of(""));
        }
    }

    private record LaneKey(String queue, ToolId tool, String limit) {}

    /** What one transaction has added. */
    static final class Fresh {
        private final Map<LaneKey, Lane> lanes = new ConcurrentHashMap<>();
        private final Map<RetryPolicy, Integer> policies = new ConcurrentHashMap<>();

        boolean none() {
            return lanes.isEmpty() && policies.isEmpty();
        }
    }

    private final Map<LaneKey, Lane> lanes = new ConcurrentHashMap<>();
    private final Map<Integer, Lane> lanesById = new ConcurrentHashMap<>();
    private final Map<RetryPolicy, Integer> policies = new ConcurrentHashMap<>();
    private final Map<Integer, RetryPolicy> policiesById = new ConcurrentHashMap<>();
    private volatile int lastLane;

    /**
     * The key of each lane that was served last by this process: the next turn is of those after.
     */
    final Map<Integer, Long> turns = new ConcurrentHashMap<>();

    /** Limited lanes that had due jobs when this process last looked at them. */
    final Set<Integer> busy = ConcurrentHashMap.newKeySet();

    /** Whether a submit of this job needs nothing that isn't here already. */
    boolean know(Submission s) {
        Lane lane = lanes.get(new LaneKey(s.queue(), s.tool(), s.limit().name()));
        return lane != null && lane.has(s.limit()) && policies.containsKey(s.retry());
    }

    Lane lane(Db db, Fresh fresh, String queue, ToolId tool, Limit limit) throws SQLException {
        var key = new LaneKey(queue, tool, limit.name());
        Lane lane = lanes.get(key);
        if (lane == null) lane = fresh.lanes.get(key);
        if (lane != null && lane.has(limit)) return lane;
        lane = stored(db, queue, tool, limit);
        fresh.lanes.put(key, lane);
        return lane;
    }

    /** What is known of the lane without asking; empty when it may be new. */
    Optional<Lane> known(String queue, ToolId tool, Limit limit) {
        return Optional.ofNullable(lanes.get(new LaneKey(queue, tool, limit.name())))
                .filter(lane -> lane.has(limit));
    }

    /** The same of a policy. */
    OptionalInt known(RetryPolicy policy) {
        Integer id = policies.get(policy);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    int policy(Db db, Fresh fresh, RetryPolicy policy) throws SQLException {
        Integer id = policies.get(policy);
        if (id == null) id = fresh.policies.get(policy);
        if (id != null) return id;
        String line = policy.line();
        db.stmt(StoreSql.POLICY_ADD).set("line", line).update();
        try (Rows rows = db.stmt(StoreSql.POLICY_ID).set("line", line).query()) {
            rows.next();
            id = rows.integer(1);
        }
        fresh.policies.put(policy, id);
        return id;
    }

    RetryPolicy policy(Db db, Fresh fresh, int id) throws SQLException {
        RetryPolicy known = policiesById.get(id);
        if (known != null) return known;
        try (Rows rows = db.stmt(StoreSql.POLICY_LINE).set("id", id).query()) {
            rows.next();
            RetryPolicy policy = RetryPolicy.parse(rows.text(1));
            if (fresh.none()) policiesById.put(id, policy);
            return policy;
        }
    }

    /** The lane with that number, read from the store when another process made it. */
    Lane lane(Db db, Fresh fresh, int id) throws SQLException {
        Lane known = lanesById.get(id);
        if (known == null) known = lanes(db, fresh).get(id);
        if (known == null) throw new IllegalStateException("no lane " + id);
        return known;
    }

    /**
     * All lanes by their number, those of other processes too.
     *
     * @param newest the last number there is
     */
    Map<Integer, Lane> lanes(Db db, Fresh fresh, int newest) throws SQLException {
        return newest == lastLane ? lanesById : lanes(db, fresh);
    }

    /** All lanes by their number, those of other processes too. */
    Map<Integer, Lane> lanes(Db db, Fresh fresh) throws SQLException {
        List<Lane> added = read(db);
        if (added.isEmpty()) return lanesById;
        if (fresh.none()) {
            for (Lane lane : added) lanesById.put(lane.id(), lane);
            lastLane = added.getLast().id();
            return lanesById;
        }
        // Some may be this transaction's own and vanish with it.
        var all = new HashMap<>(lanesById);
        for (Lane lane : added) all.put(lane.id(), lane);
        return all;
    }

    void adopt(Fresh fresh) {
        fresh.lanes.forEach((key, lane) -> {
            lanes.put(key, lane);
            lanesById.put(lane.id(), lane);
        });
        fresh.policies.forEach((policy, id) -> {
            policies.put(policy, id);
            policiesById.put(id, policy);
        });
    }

    private List<Lane> read(Db db) throws SQLException {
        var added = new ArrayList<Lane>();
        try (Rows rows = db.stmt(StoreSql.LANES).set("after", lastLane).query()) {
            while (rows.next()) {
                var tool = new ToolId(rows.text(3), rows.text(4));
                Limit limit = limit(rows, 6);
                added.add(new Lane(rows.integer(1), rows.text(2), tool, rows.integer(5), limit));
            }
        }
        return added;
    }

    /** A limit from its columns, in the table's order from its name on. */
    static Limit limit(Rows rows, int first) throws SQLException {
        return limit(rows.text(first), rows.integer(first + 1), "", rows, first + 2);
    }

    /** One whose columns are apart; the others from its rate on. */
    static Limit limit(String name, int max, String value, Rows rows, int first)
            throws SQLException {
        Rate each = rate(rows, first + 3);
        var key = new LimitKey(value, rows.integer(first + 2), each);
        return new Limit(name, max, rate(rows, first), key);
    }

    static Rate rate(Rows rows, int first) throws SQLException {
        int max = rows.integer(first);
        return max == Integer.MAX_VALUE
                ? Rate.NONE
                : new Rate(max, Duration.ofMillis(rows.number(first + 1)));
    }

    private static Lane stored(Db db, String queue, ToolId tool, Limit limit) throws SQLException {
        if (!db.dialect().alone())
            // Numbers come in the order of the commits, so that nobody who reads on misses a lane.
            db.execute("LOCK TABLE pawl.lane IN SHARE ROW EXCLUSIVE MODE");
        db.stmt(StoreSql.QUEUE_ADD).set("queue", queue).update();
        db.stmt(StoreSql.TOOL_ADD).set("name", tool.name()).set("version", tool.version()).update();
        int toolId;
        try (Rows rows =
                db.stmt(StoreSql.TOOL_ID)
                        .set("name", tool.name())
                        .set("version", tool.version())
                        .query()) {
            rows.next();
            toolId = rows.integer(1);
        }
        db.stmt(LimitSql.LIMIT_SET)
                .text("name", limit.name())
                .set("max", limit.max())
                .set("rate_max", limit.rate().max())
                .set("rate_ms", limit.rate().period().toMillis())
                .set("key_max", limit.key().max())
                .set("key_rate_max", limit.key().rate().max())
                .set("key_rate_ms", limit.key().rate().period().toMillis())
                .update();
        int limitId;
        try (Rows rows = db.stmt(StoreSql.LIMIT_ID).text("name", limit.name()).query()) {
            rows.next();
            limitId = rows.integer(1);
        }
        db.stmt(StoreSql.LANE_ADD)
                .set("queue", queue)
                .set("tool_id", toolId)
                .set("limit_id", limitId)
                .update();
        try (Rows rows =
                db.stmt(StoreSql.LANE_ID)
                        .set("queue", queue)
                        .set("tool_id", toolId)
                        .set("limit_id", limitId)
                        .query()) {
            rows.next();
            return new Lane(rows.integer(1), queue, tool, limitId, limit);
        }
    }
}
