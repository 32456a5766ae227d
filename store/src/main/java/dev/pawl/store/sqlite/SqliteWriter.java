package dev.pawl.store.sqlite;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.store.Db;
import dev.pawl.store.Names;
import dev.pawl.store.Tx;
import dev.pawl.store.sqlite.SqliteOptions.Synchronous;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a SQLite file in this process. What many callers want written at the same time
 * shares a transaction, and so one sync of the disk:
 *
 * <ul>
 *   <li>A caller is answered only after the commit that holds its work.
 *   <li>When nobody else writes, a platform thread writes on its own: a hand-over would cost as
 *       much as the write. A virtual thread always hands over, because the native call would pin
 *       its carrier; the writer is a platform thread.
 *   <li>A commit is synced when one of its works asks for it. The others may be lost with the
 *       machine, but not with the process, and never out of order: the next sync holds them too.
 *   <li>Work that fails takes nobody along: the transaction is rolled back and each work of the
 *       batch is done again in one of its own. So work may run twice, and must not change anything
 *       but the database.
 * </ul>
 */
final class SqliteWriter implements AutoCloseable {
    /** Work in one commit; more waits for the next. */
    static final int BATCH_MAX = 256;

    private static final int WAITING_MAX = 4_096;

    private final Db db;
    private final Names names;
    private final Time time;
    private final SqliteOptions options;
    private final SqliteCheckpoints checkpoints;
    private final ArrayBlockingQueue<Pending<?>> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final ReentrantLock turn = new ReentrantLock();
    private final Thread thread;
    private boolean syncing;
    private volatile boolean closed;

    /**
     * @param db a connection with the options' own setting of {@code synchronous}
     */
    SqliteWriter(Db db, Time time, SqliteOptions options, SqliteCheckpoints checkpoints) {
        this.db = db;
        this.names = new Names();
        this.time = time;
        this.options = options;
        this.checkpoints = checkpoints;
        this.syncing = options.synchronous() == Synchronous.FULL;
        this.thread = Thread.ofPlatform().name("sqlite-writer").daemon().unstarted(this::serve);
        thread.start();
    }

    /**
     * Does the work in a transaction and blocks until it is committed.
     *
     * @throws PawlException as {@link SqliteErrors} says; the work is not stored then, unless the
     *     code is {@link ErrorCode#STORE_UNAVAILABLE}
     */
    <T> T write(Tx.Work<T> work) {
        return write(new Pending<>(work, options.synchronous() == Synchronous.FULL));
    }

    /**
     * As {@link #write}, without a sync of its own: for what is harmless when the machine loses it
     * together with everything after it.
     */
    <T> T writeUnsynced(Tx.Work<T> work) {
        return write(new Pending<>(work, false));
    }

    private <T> T write(Pending<T> pending) {
        if (!Thread.currentThread().isVirtual() && waiting.isEmpty() && turn.tryLock()) {
            try {
                requireOpen();
                commit(List.of(pending));
            } finally {
                turn.unlock();
            }
        } else {
            handOver(pending);
        }
        return pending.answer();
    }

    /** How many writes wait for their commit. */
    int waiting() {
        return waiting.size();
    }

    private void handOver(Pending<?> pending) {
        requireOpen();
        try {
            waiting.put(pending);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW, "interrupted before the write began", e);
        }
        // Whoever comes after the last look of a closing writer answers itself.
        if (closed) refuseWaiting();
    }

    private void serve() {
        var batch = new ArrayList<Pending<?>>(BATCH_MAX);
        while (!closed) {
            try {
                batch.add(waiting.take());
            } catch (InterruptedException e) {
                break;
            }
            turn.lock();
            try {
                waiting.drainTo(batch, BATCH_MAX - 1);
                commit(batch);
            } finally {
                turn.unlock();
                batch.clear();
            }
        }
        refuseWaiting();
    }

    private void commit(List<Pending<?>> batch) {
        Throwable failure = attempt(batch);
        if (failure == null) {
            batch.forEach(Pending::committed);
        } else if (batch.size() == 1) {
            batch.getFirst().failed(failure);
        } else {
            for (Pending<?> one : batch) commit(List.of(one));
        }
    }

    /** One transaction; answers why it was not committed, or null. */
    private @Nullable Throwable attempt(List<Pending<?>> batch) {
        boolean begun = false;
        try {
            sync(batch.stream().anyMatch(pending -> pending.sync));
            db.begin();
            begun = true;
            var tx = new Tx(db, names, time.instant().truncatedTo(ChronoUnit.MILLIS));
            for (Pending<?> pending : batch) pending.run(tx);
            tx.commit();
            checkpoints.committed();
            return null;
        } catch (SQLException e) {
            if (begun) rollBack(e);
            return SqliteErrors.of(e, options.file());
        } catch (RuntimeException | Error e) {
            if (begun) rollBack(e);
            return e;
        }
    }

    private void sync(boolean wanted) throws SQLException {
        if (wanted == syncing) return;
        db.execute(wanted ? SqliteSql.SYNC_FULL : SqliteSql.SYNC_NORMAL);
        syncing = wanted;
    }

    private void rollBack(Throwable cause) {
        try {
            db.rollback();
        } catch (SQLException e) {
            // SQLite rolls back by itself on a full disk and the like.
            cause.addSuppressed(e);
        }
    }

    private void requireOpen() {
        if (closed) throw new PawlException(ErrorCode.STORE_UNAVAILABLE, "the store is closed");
    }

    private void refuseWaiting() {
        var left = new ArrayList<Pending<?>>();
        waiting.drainTo(left);
        for (Pending<?> pending : left)
            pending.failed(new PawlException(ErrorCode.STORE_UNAVAILABLE, "the store is closed"));
    }

    /** Lets the running commit end, and refuses what has not begun. */
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            thread.interrupt();
        } finally {
            turn.unlock();
        }
        refuseWaiting();
    }

    private static final class Pending<T> {
        private final Tx.Work<T> work;
        private final boolean sync;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private @Nullable T result;

        Pending(Tx.Work<T> work, boolean sync) {
            this.work = work;
            this.sync = sync;
        }

        void run(Tx tx) throws SQLException {
            result = work.in(tx);
        }

        void committed() {
            answer.complete(result);
        }

        void failed(Throwable failure) {
            answer.completeExceptionally(failure);
        }

        T answer() {
            try {
                return answer.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof PawlException known)
                    throw new PawlException(known.code(), String.valueOf(known.getMessage()), e);
                if (e.getCause() instanceof RuntimeException bug) throw bug;
                if (e.getCause() instanceof Error error) throw error;
                throw e;
            }
        }
    }
}
