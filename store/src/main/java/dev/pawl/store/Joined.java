package dev.pawl.store;

import dev.pawl.core.End;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submitted;
import dev.pawl.core.Written;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.List;

/**
 * Pawl's part in a transaction of somebody else. Each call is done behind a savepoint, so that what
 * fails, or met another transaction, takes nothing of the caller's with it; it is never committed
 * nor rolled back as a whole here. Not thread-safe.
 */
public final class Joined implements AutoCloseable {
    /** Each time another transaction has got on. */
    private static final int TRIES_MAX = 100;

    private final Db db;
    private final Names names;
    private final SqlStore.Read<Instant> clock;

    /**
     * @param connection in an open transaction; stays open
     */
    public Joined(
            Connection connection, Dialect dialect, Names names, SqlStore.Read<Instant> clock) {
        this.db = new Db(connection, dialect);
        this.names = names;
        this.clock = clock;
    }

    /** Whether all that these jobs name is known; else {@link #name} them first. */
    public static boolean known(Names names, List<NewJob> jobs) {
        return jobs.stream().allMatch(job -> names.know(job.submission()));
    }

    /**
     * Stores the queues, tools, limits and policies that these jobs name, in a transaction of its
     * own: who adds one keeps all others from it until the commit.
     */
    public static boolean name(Tx tx, List<NewJob> jobs) throws SQLException {
        for (NewJob job : jobs) {
            Names.Lane lane = SubmitWrites.lane(tx, job.submission());
            int policy = tx.names.policy(tx.db(), tx.fresh, job.submission().retry());
            if (lane.id() < 0 || policy < 0) throw new AssertionError(job);
        }
        return true;
    }

    /**
     * As a store does by itself.
     *
     * @throws Moved when it met another transaction that this one can't see
     */
    public List<Submitted> submit(List<NewJob> jobs) throws SQLException {
        return part(tx -> SubmitWrites.submit(tx, jobs));
    }

    /**
     * Ends an attempt, which its token may refuse.
     *
     * @throws Moved as {@link #submit}
     */
    public Written end(End end) throws SQLException {
        return part(tx -> EndWrites.end(tx, end));
    }

    private <T> T part(Tx.Work<T> work) throws SQLException {
        for (int tries = 1; ; tries++)
            try {
                return attempt(work);
            } catch (Moved e) {
                // With one snapshot for all of its statements it would meet the same again.
                boolean seesMore =
                        db.connection().getTransactionIsolation()
                                <= Connection.TRANSACTION_READ_COMMITTED;
                if (!seesMore || tries == TRIES_MAX) throw e;
            }
    }

    private <T> T attempt(Tx.Work<T> work) throws SQLException {
        Savepoint before = db.connection().setSavepoint();
        boolean done = false;
        try {
            var tx = new Tx(db, names, clock.from(db));
            T answer = work.in(tx);
            tx.flush();
            db.connection().releaseSavepoint(before);
            done = true;
            return answer;
        } finally {
            if (!done) undo(before);
        }
    }

    private void undo(Savepoint before) {
        try {
            db.connection().rollback(before);
            db.connection().releaseSavepoint(before);
        } catch (SQLException e) {
            // The connection is gone, and the transaction with it: what failed says so itself.
        }
    }

    /** Leaves the connection to its owner. */
    @Override
    public void close() throws SQLException {
        db.release();
    }
}
