package dev.pawl.store.sqlite;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.store.Db;
import dev.pawl.store.Stmt;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One open write transaction: its moment, and what is written once at its end. */
final class Tx {
    /** What one caller wants done inside a transaction. */
    interface Work<T> {
        T in(Tx tx) throws SQLException;
    }

    final Instant now;
    final Names names;
    final Names.Fresh fresh = new Names.Fresh();
    private final Db db;
    private final Map<Integer, Map<JobState.Name, Integer>> counts = new HashMap<>();
    private final SqliteEvents.Written events = new SqliteEvents.Written();

    Tx(Db db, Names names, Instant now) {
        this.db = db;
        this.names = names;
        this.now = now;
    }

    Db db() {
        return db;
    }

    Stmt stmt(String sql) throws SQLException {
        return db.stmt(sql);
    }

    /**
     * Notes that a job of this lane went from one state to another, for the counters and the
     * events.
     *
     * @param from null of a new job
     * @param to null of one that is removed
     */
    void moved(
            JobId id,
            int lane,
            JobState.@Nullable Name from,
            JobState.@Nullable Name to,
            int attempt) {
        if (from != null) count(lane, from, -1);
        if (to != null) count(lane, to, 1);
        events.moved(id, lane, from, to, attempt);
    }

    /** Notes that a running attempt's log or progress has grown. */
    void said(JobId id, int lane, int attempt) {
        events.said(id, lane, attempt);
    }

    private void count(int lane, JobState.Name state, int delta) {
        counts.computeIfAbsent(lane, _ -> new EnumMap<>(JobState.Name.class))
                .merge(state, delta, Integer::sum);
    }

    /** How many jobs this transaction has added to a lane's unfinished ones so far. */
    int unfinishedDelta(int lane) {
        Map<JobState.Name, Integer> deltas = counts.getOrDefault(lane, Map.of());
        return deltas.getOrDefault(JobState.Name.WAITING, 0)
                + deltas.getOrDefault(JobState.Name.QUEUED, 0)
                + deltas.getOrDefault(JobState.Name.RUNNING, 0);
    }

    /** Writes the events and the counters; the last thing before the commit. */
    void flush() throws SQLException {
        events.flush(this);
        for (var lane : counts.entrySet())
            for (var state : lane.getValue().entrySet())
                if (state.getValue() != 0)
                    stmt(SqliteSql.COUNT)
                            .set("lane", lane.getKey())
                            .set("state", Codes.of(state.getKey()))
                            .set("jobs", state.getValue())
                            .update();
    }
}
