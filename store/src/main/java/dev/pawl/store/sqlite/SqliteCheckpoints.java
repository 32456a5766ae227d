package dev.pawl.store.sqlite;

import dev.pawl.store.Db;
import dev.pawl.store.Rows;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves committed pages from the log into the database file, on a thread and a connection of its
 * own, so that no commit waits for the two syncs that this takes. The writer's connection still
 * does it itself when the log has grown {@link #LOG_MAX} pages long, which is also what makes the
 * log start anew under a load without a pause.
 *
 * <p>Source of the rules: https://www.sqlite.org/wal.html#checkpointing. A passive checkpoint waits
 * for nobody and nobody waits for it. Where it can't be done, as on a full disk, the log grows and
 * the commits go on.
 */
final class SqliteCheckpoints implements AutoCloseable {
    /** Pages in the log at which a committing writer moves them itself: 64 MiB. */
    static final int LOG_MAX = 16_384;

    /** Pages in the log that are worth moving. */
    private static final int PAGES_MIN = 1_000;

    /** Commits between two looks at the log. */
    private static final int COMMITS = 16;

    private static final Logger log = LoggerFactory.getLogger(SqliteCheckpoints.class);

    /** Opens the connection. */
    interface Opening {
        Db open() throws SQLException;
    }

    private final Opening opening;
    private final Semaphore looks = new Semaphore(0);
    private final Thread thread =
            Thread.ofPlatform().name("sqlite-checkpoints").daemon().unstarted(this::serve);
    private int commits;
    private volatile boolean closed;

    SqliteCheckpoints(Opening opening) {
        this.opening = opening;
    }

    /** Says that a commit was made. Only the writer calls it, one commit after another. */
    void committed() {
        if (++commits < COMMITS) return;
        commits = 0;
        if (thread.getState() == Thread.State.NEW) thread.start();
        if (looks.availablePermits() == 0) looks.release();
    }

    private void serve() {
        try (Db db = opening.open()) {
            while (true) {
                looks.acquire();
                if (closed) return;
                look(db);
            }
        } catch (SQLException e) {
            log.warn("no checkpoints beside the writer: {}", e.getMessage());
        } catch (InterruptedException e) {
            // Nobody interrupts it but to end it.
        }
    }

    private static void look(Db db) {
        try {
            if (pending(db, SqliteSql.CHECKPOINT_LOOK) >= PAGES_MIN)
                pending(db, SqliteSql.CHECKPOINT);
        } catch (SQLException e) {
            log.debug("checkpoint put off: {}", e.getMessage());
        }
    }

    /** Runs a checkpoint pragma; answers how many pages of the log are not moved. */
    private static long pending(Db db, String pragma) throws SQLException {
        try (Rows rows = db.stmt(pragma).query()) {
            // busy, pages in the log, pages of them that were moved
            return rows.next() ? rows.number(2) - rows.number(3) : 0;
        }
    }

    /** Waits for the checkpoint that is under way; the writer has been closed before. */
    @Override
    public void close() {
        closed = true;
        looks.release();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
