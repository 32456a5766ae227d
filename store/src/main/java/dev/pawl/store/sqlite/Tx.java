package dev.pawl.store.sqlite;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Ran;
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
    private final Map<Integer, Map<JobState.Name, Delta>> counts = new HashMap<>();
    private final SqliteEvents.Written events = new SqliteEvents.Written();

    /** What a transaction adds to one counter. */
    private record Delta(int jobs, long runs, long millis) {
        static final Delta NONE = new Delta(0, 0, 0);

        Delta and(int sign, Ran ran) {
            return new Delta(
                    jobs + sign,
                    runs + sign * ran.attempts(),
                    millis + sign * ran.total().toMillis());
        }
    }

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
     * events. No attempt ended it, nor had one.
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
        moved(id, lane, from, to, attempt, Ran.NONE);
    }

    /**
     * The same of a job that an attempt ends, or that an attempt had ended.
     *
     * @param ran that attempt, which the counter of the ended state has
     */
    void moved(
            JobId id,
            int lane,
            JobState.@Nullable Name from,
            JobState.@Nullable Name to,
            int attempt,
            Ran ran) {
        if (from != null) count(lane, from, -1, from.ended() ? ran : Ran.NONE);
        if (to != null) count(lane, to, 1, to.ended() ? ran : Ran.NONE);
        events.moved(id, lane, from, to, attempt);
    }

    /** Notes that a running attempt's log or progress has grown. */
    void said(JobId id, int lane, int attempt) {
        events.said(id, lane, attempt);
    }

    private void count(int lane, JobState.Name state, int sign, Ran ran) {
        counts.computeIfAbsent(lane, _ -> new EnumMap<>(JobState.Name.class))
                .compute(
                        state,
                        (_, before) -> (before == null ? Delta.NONE : before).and(sign, ran));
    }

    /** How many jobs this transaction has added to a lane's unfinished ones so far. */
    int unfinishedDelta(int lane) {
        Map<JobState.Name, Delta> deltas = counts.getOrDefault(lane, Map.of());
        return deltas.getOrDefault(JobState.Name.WAITING, Delta.NONE).jobs
                + deltas.getOrDefault(JobState.Name.QUEUED, Delta.NONE).jobs
                + deltas.getOrDefault(JobState.Name.RUNNING, Delta.NONE).jobs;
    }

    /** Writes the events and the counters; the last thing before the commit. */
    void flush() throws SQLException {
        events.flush(this);
        for (var lane : counts.entrySet())
            for (var state : lane.getValue().entrySet())
                if (!state.getValue().equals(Delta.NONE))
                    stmt(SqliteSql.COUNT)
                            .set("lane", lane.getKey())
                            .set("state", Codes.of(state.getKey()))
                            .set("jobs", state.getValue().jobs)
                            .set("runs", state.getValue().runs)
                            .set("millis", state.getValue().millis)
                            .update();
    }
}
