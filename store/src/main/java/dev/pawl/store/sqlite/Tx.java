package dev.pawl.store.sqlite;

import dev.pawl.core.JobState;
import dev.pawl.store.Db;
import dev.pawl.store.Stmt;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

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

    /** Counts a job of this lane in or out of a state. */
    void count(int lane, JobState.Name state, int delta) {
        counts.computeIfAbsent(lane, _ -> new EnumMap<>(JobState.Name.class))
                .merge(state, delta, Integer::sum);
    }

    void countMove(int lane, JobState.Name from, JobState.Name to) {
        count(lane, from, -1);
        count(lane, to, 1);
    }

    /** How many jobs this transaction has added to a lane's unfinished ones so far. */
    int unfinishedDelta(int lane) {
        Map<JobState.Name, Integer> deltas = counts.getOrDefault(lane, Map.of());
        return deltas.getOrDefault(JobState.Name.WAITING, 0)
                + deltas.getOrDefault(JobState.Name.QUEUED, 0)
                + deltas.getOrDefault(JobState.Name.RUNNING, 0);
    }

    /** Writes the counters; the last thing before the commit. */
    void flush() throws SQLException {
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
