package dev.pawl.store;

import dev.pawl.core.JobState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * The newest ids of several indexed places, merged: of a tool's lanes, or of the tables in which a
 * state's jobs stand. Each place costs at most a page of its index.
 */
final class Newest {
    static final UUID LAST = new UUID(-1, -1);

    /** Ids are ordered as the database does, by their bytes; UUID's own order is a signed one. */
    static final Comparator<UUID> BY_BYTES =
            (a, b) -> {
                int high =
                        Long.compareUnsigned(
                                a.getMostSignificantBits(), b.getMostSignificantBits());
                return high != 0
                        ? high
                        : Long.compareUnsigned(
                                a.getLeastSignificantBits(), b.getLeastSignificantBits());
            };

    private final Db db;
    private final UUID after;
    private final int limit;
    private final List<UUID> ids = new ArrayList<>();

    Newest(Db db, String after, int limit) {
        this(db, after.isEmpty() ? LAST : UUID.fromString(after), limit);
    }

    Newest(Db db, UUID after, int limit) {
        this.db = db;
        this.after = after;
        this.limit = limit;
    }

    /** A statement with what bounds the page; the caller binds the rest. */
    Stmt stmt(String sql) throws SQLException {
        return db.stmt(sql).set("after", after).set("limit", limit);
    }

    void add(Stmt place) throws SQLException {
        try (Rows rows = place.query()) {
            while (rows.next()) ids.add(rows.uuid(1));
        }
    }

    /** Adds a state's newest among all jobs: at once where an index has them, else by lane. */
    void addAll(JobState.Name state, List<Integer> lanes) throws SQLException {
        switch (state) {
            case WAITING -> add(stmt(ListSql.NEWEST_WAITING));
            case QUEUED -> {
                add(stmt(ListSql.NEWEST_LATER));
                add(state, lanes, ListSql.NEWEST_READY_OF_LANE);
            }
            case RUNNING -> add(stmt(ListSql.NEWEST_RUNNING));
            case SUCCEEDED -> add(stmt(ListSql.NEWEST_SUCCEEDED));
            case DEAD -> add(stmt(ListSql.NEWEST_DEAD));
            case CANCELLED -> add(stmt(ListSql.NEWEST_CANCELLED));
        }
    }

    /** Adds a state's newest of these lanes. */
    void add(JobState.Name state, List<Integer> lanes) throws SQLException {
        switch (state) {
            case WAITING -> add(state, lanes, ListSql.NEWEST_WAITING_OF_LANE);
            case QUEUED -> {
                add(state, lanes, ListSql.NEWEST_READY_OF_LANE);
                add(state, lanes, ListSql.NEWEST_LATER_OF_LANE);
            }
            case RUNNING -> add(state, lanes, ListSql.NEWEST_RUNNING_OF_LANE);
            case SUCCEEDED -> {
                for (int lane : lanes) addSucceeded(lane);
            }
            case DEAD -> add(state, lanes, ListSql.NEWEST_DEAD_OF_LANE);
            case CANCELLED -> add(state, lanes, ListSql.NEWEST_CANCELLED_OF_LANE);
        }
    }

    private void add(JobState.Name state, List<Integer> lanes, String sql) throws SQLException {
        for (int lane : lanes) if (counted(state, lane)) add(stmt(sql).set("lane", lane));
    }

    /** Walks the lane's jobs or all outcomes, whichever is likely to fill the page sooner. */
    private void addSucceeded(int lane) throws SQLException {
        long inLane;
        long succeeded;
        long ended;
        try (Rows rows = db.stmt(ListSql.COUNTED_ENDS).set("lane", lane).query()) {
            rows.next();
            inLane = rows.number(1);
            succeeded = rows.number(2);
            ended = rows.number(3);
        }
        if (succeeded == 0) return;
        // The lane's newest jobs have not run while it has a backlog; what has ended has.
        long walked = Math.min(ended, limit * ended / succeeded);
        String sql =
                walked < inLane
                        ? ListSql.NEWEST_SUCCEEDED_BY_OUTCOME
                        : ListSql.NEWEST_SUCCEEDED_BY_JOB;
        add(stmt(sql).set("lane", lane));
    }

    private boolean counted(JobState.Name state, int lane) throws SQLException {
        try (Rows rows =
                db.stmt(ListSql.COUNTED).set("lane", lane).set("state", Codes.of(state)).query()) {
            return rows.next();
        }
    }

    /** The page. */
    List<UUID> ids() {
        return ids.stream().sorted(BY_BYTES.reversed()).limit(limit).toList();
    }

    /** The lanes of a tool, as name or name@version, and of a queue; empty text for all. */
    static List<Integer> lanes(Db db, String tool, String queue) throws SQLException {
        int at = tool.indexOf('@');
        var lanes = new ArrayList<Integer>();
        try (Rows rows =
                db.stmt(StoreSql.LANES_OF)
                        .text("tool", at < 0 ? tool : tool.substring(0, at))
                        .text("version", at < 0 ? "" : tool.substring(at + 1))
                        .text("queue", queue)
                        .query()) {
            while (rows.next()) lanes.add(rows.integer(1));
        }
        return lanes;
    }
}
