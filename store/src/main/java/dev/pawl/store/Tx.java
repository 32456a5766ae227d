package dev.pawl.store;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Ran;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One open write transaction: its moment, and what is written once at its end. Whoever holds it
 * uses it alone.
 */
public final class Tx {
    /** What one caller wants done inside a transaction. May be done more than once. */
    public interface Work<T> {
        T in(Tx tx) throws SQLException;
    }

    public final Instant now;
    final Names names;
    final Names.Fresh fresh = new Names.Fresh();

    /** Queues' caps as this transaction has read them. */
    final Map<String, Integer> depths = new HashMap<>();

    private final Db db;
    private final Map<Integer, Map<JobState.Name, Delta>> counts = new HashMap<>();
    private final EventLog.Written events = new EventLog.Written();

    /**
     * @param now the store's clock
     */
    public Tx(Db db, Names names, Instant now) {
        this.db = db;
        this.names = names;
        this.now = now;
    }

    public Db db() {
        return db;
    }

    public Stmt stmt(String sql) throws SQLException {
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

    /** Notes that a job has come that ended elsewhere, for the counters alone. */
    void adopted(int lane, JobState.Name state, Ran ran) {
        count(lane, state, 1, ran);
    }

    /** Notes what many jobs at once change in a counter, which makes no event. */
    public void counted(Delta delta) {
        counts.computeIfAbsent(delta.lane(), _ -> new EnumMap<>(JobState.Name.class))
                .merge(delta.state(), delta, Delta::plus);
    }

    /** Notes that a running attempt's log or progress has grown. */
    void said(JobId id, int lane, int attempt) {
        events.said(id, lane, attempt);
    }

    private void count(int lane, JobState.Name state, int sign, Ran ran) {
        counts.computeIfAbsent(lane, _ -> new EnumMap<>(JobState.Name.class))
                .compute(
                        state,
                        (_, before) ->
                                (before == null ? Delta.none(lane, state) : before).and(sign, ran));
    }

    /** How many jobs this transaction has added to a lane's unfinished ones so far. */
    int unfinishedDelta(int lane) {
        return Delta.unfinished(counts.getOrDefault(lane, Map.of()).values(), lane);
    }

    /** Writes the events and the counters; the last thing before somebody else's commit. */
    void flush() throws SQLException {
        db.dialect().tell(this, events.rows(), deltas());
    }

    /** The same, and commits: what the transaction added to the names is known from now on. */
    public void commit() throws SQLException {
        db.dialect().commit(this, events.rows(), deltas());
        names.adopt(fresh);
    }

    private List<Delta> deltas() {
        return counts.values().stream()
                .flatMap(states -> states.values().stream())
                .filter(delta -> !delta.nothing())
                .toList();
    }

    /** Keeps other writers out of a table until the end, where they could come between. */
    void alone(String table) throws SQLException {
        if (!db.dialect().alone())
            db.execute("LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE");
    }

    /** Keeps a job where it is until the end. */
    void hold(JobId id) throws SQLException {
        if (db.dialect().alone()) return;
        try (Rows rows = stmt(StoreSql.JOB_HOLD).set("id", id.value()).query()) {
            if (!rows.next()) throw new Moved("job " + id + " moves");
        }
    }
}
