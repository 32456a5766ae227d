package dev.pawl.store;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Ran;
import dev.pawl.core.Token;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** What people do to a job: cancel, redrive, discard. */
final class OutsideWrites {
    private OutsideWrites() {}

    static Optional<JobState> cancel(Tx tx, JobId id) throws SQLException {
        Optional<JobState> before = Reading.state(tx.db(), id);
        if (before.isEmpty() || before.get().ended()) return before;
        var cancelled = new JobState.Cancelled(tx.now, before.get().attempt());
        if (before.get() instanceof JobState.Running running) stop(tx, id, running);
        else remove(tx, id, before.get());
        endFromOutside(tx, id, before.get(), cancelled, "");
        return before;
    }

    static Optional<JobState> redrive(Tx tx, JobId id, Instant notBefore) throws SQLException {
        Optional<JobState> before = Reading.state(tx.db(), id);
        if (before.isEmpty() || !redrivable(before.get()) || stopping(tx, id)) return before;
        Ran ran = takeOutcome(tx, id);
        Place place = place(tx, id);
        Instant runAt = notBefore.isAfter(tx.now) ? notBefore : tx.now;
        var queued = new JobState.Queued(runAt, before.get().attempt(), 0);
        tx.moved(id, place.lane, before.get().name(), queued.name(), queued.attempt(), ran);
        Settling.enqueue(tx, id, place.lane, place.priority, queued);
        Settling.leadAgain(tx, id);
        if (place.ttlMillis > 0)
            tx.stmt(StoreSql.EXPIRY_SET)
                    .set("at", runAt.plusMillis(place.ttlMillis))
                    .set("id", id.value())
                    .update();
        return before;
    }

    static Optional<JobState> discard(Tx tx, JobId id) throws SQLException {
        Optional<JobState> before = Reading.state(tx.db(), id);
        if (before.isEmpty() || !redrivable(before.get()) || stopping(tx, id)) return before;
        Ran ran = takeOutcome(tx, id);
        int lane = place(tx, id).lane;
        tx.moved(id, lane, before.get().name(), null, before.get().attempt(), ran);
        for (String sql : StoreSql.DISCARD) tx.stmt(sql).set("id", id.value()).update();
        return before;
    }

    /** Takes an unfinished job that doesn't run out of where it is. */
    static void remove(Tx tx, JobId id, JobState state) throws SQLException {
        String sql = state instanceof JobState.Waiting ? StoreSql.WAITING_TAKE : "";
        if (state instanceof JobState.Queued && !taken(tx.stmt(StoreSql.READY_REMOVE), id))
            sql = StoreSql.LATER_TAKE;
        if (!sql.isEmpty() && !taken(tx.stmt(sql), id))
            throw new Moved("job " + id + " is not where it was");
    }

    /** Ends a job that has been taken out of where it was, and settles what hangs on it. */
    static void endFromOutside(Tx tx, JobId id, JobState before, JobState to, String message)
            throws SQLException {
        int lane = place(tx, id).lane;
        tx.moved(id, lane, before.name(), to.name(), to.attempt());
        Settling.addOutcome(tx, id, lane, to, null, message, null);
        boolean follower = before instanceof JobState.Waiting waiting && waiting.follower();
        Settling.settle(tx, id, to, message, !follower);
    }

    private static void stop(Tx tx, JobId id, JobState.Running running) throws SQLException {
        LeaseId lease = running.lease().id();
        var token = new Token(id, running.attempt(), lease);
        Stmt add = tx.stmt(StoreSql.STOPPING_ADD);
        Instant startedAt;
        try (Rows rows = tx.stmt(StoreSql.RUNNING_FIND).set("id", id.value()).query()) {
            if (!rows.next()) throw new Moved("job " + id + " runs no more");
            add.set("limit_id", rows.integer(3));
            startedAt = rows.instant(4);
            add.set("limit_key", rows.number(5));
        }
        Stmt take =
                tx.stmt(StoreSql.RUNNING_TAKE)
                        .set("attempt", running.attempt())
                        .set("lease", lease.value());
        if (!holds(tx, lease) || !taken(take, id)) throw new Moved("job " + id + " runs no more");
        add.set("id", id.value())
                .set("lease", lease.value())
                .set("attempt", running.attempt())
                .update();
        EndWrites.addHistory(
                tx, token, AttemptEnd.How.CANCELLED, running.lease().worker(), startedAt, "");
    }

    /** Keeps a lease that stands from being taken back until the end. */
    private static boolean holds(Tx tx, LeaseId lease) throws SQLException {
        try (Rows rows = tx.stmt(StoreSql.LEASE_HOLD).set("lease", lease.value()).query()) {
            return rows.next();
        }
    }

    private static boolean redrivable(JobState state) {
        return switch (state) {
            case JobState.Dead _, JobState.Cancelled _ -> true;
            case JobState.Waiting _, JobState.Queued _, JobState.Running _, JobState.Succeeded _ ->
                    false;
        };
    }

    private static boolean stopping(Tx tx, JobId id) throws SQLException {
        try (Rows rows = tx.stmt(StoreSql.STOPPING_FIND).set("id", id.value()).query()) {
            return rows.next();
        }
    }

    private record Place(int lane, int priority, long ttlMillis) {}

    private static Place place(Tx tx, JobId id) throws SQLException {
        try (Rows rows = tx.stmt(StoreSql.JOB_PLACE).set("id", id.value()).query()) {
            rows.next();
            return new Place(rows.integer(1), rows.integer(2), rows.number(9));
        }
    }

    /** Answers the attempt that had ended the job. */
    private static Ran takeOutcome(Tx tx, JobId id) throws SQLException {
        try (Rows rows = tx.stmt(StoreSql.OUTCOME_TAKE).set("id", id.value()).query()) {
            if (!rows.next()) throw new Moved("job " + id + " has no outcome");
            return rows.isNull(1) ? Ran.NONE : Ran.once(rows.instant(1), rows.instant(2));
        }
    }

    /** Runs a DELETE … RETURNING to its end; says whether there was a row. */
    private static boolean taken(Stmt stmt, JobId id) throws SQLException {
        try (Rows rows = stmt.set("id", id.value()).query()) {
            return rows.next();
        }
    }
}
