package dev.pawl.store.postgres;

import dev.pawl.core.End;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.NewJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submitted;
import dev.pawl.core.Transactions;
import dev.pawl.core.Written;
import dev.pawl.store.Joined;
import dev.pawl.store.Moved;
import dev.pawl.store.Names;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What the store does in transactions that others have open on the same database. Thread-safe. */
final class PostgresTransactions implements Transactions {
    private final PostgresStore store;
    private final PostgresOptions options;
    private final PostgresSql dialect;
    private final Names names;

    /** Handlers must not take the connections that their leases are renewed on. */
    private final Semaphore begun;

    PostgresTransactions(
            PostgresStore store, PostgresOptions options, PostgresSql dialect, Names names) {
        this.dialect = dialect;
        this.store = store;
        this.options = options;
        this.names = names;
        this.begun = new Semaphore(Math.max(1, options.connections() / 2), true);
    }

    @Override
    public List<Submitted> submit(Connection connection, List<NewJob> jobs) {
        try {
            requireOpen(connection);
            store.know(jobs);
            try (var part = join(connection)) {
                return part.submit(jobs);
            }
        } catch (Moved e) {
            throw again(e);
        } catch (SQLException e) {
            throw PostgresErrors.inTransaction(e, options);
        }
    }

    private static void requireOpen(Connection connection) throws SQLException {
        if (connection.getAutoCommit())
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "the connection commits each statement by itself;"
                            + " begin a transaction with setAutoCommit(false)");
    }

    private Joined join(Connection connection) {
        return new Joined(connection, dialect, names, PostgresStore::now);
    }

    private static PawlException again(Moved e) {
        return new PawlException(
                ErrorCode.NOT_POSSIBLE_NOW,
                "the transaction met another one that it can't see (%s); roll it back and do it again"
                        .formatted(e.getMessage()),
                e);
    }

    @Override
    public Begun begin() throws InterruptedException {
        if (!begun.tryAcquire(options.connectWait().toMillis(), TimeUnit.MILLISECONDS))
            throw new PawlException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "%d handlers have transactions open, and no more may; raise store.connections"
                            .formatted(Math.max(1, options.connections() / 2)));
        boolean done = false;
        try {
            var own = new Own(store.connect());
            done = true;
            return own;
        } catch (SQLException e) {
            throw PostgresErrors.of(e, options);
        } finally {
            if (!done) begun.release();
        }
    }

    private final class Own implements Begun {
        private final Connection connection;
        private boolean closed;

        Own(Connection connection) throws SQLException {
            this.connection = connection;
            connection.setAutoCommit(false);
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public Written end(End end) {
            try {
                requireOpen(connection);
                try (var part = join(connection)) {
                    return part.end(end);
                }
            } catch (Moved e) {
                throw again(e);
            } catch (SQLException e) {
                throw PostgresErrors.inTransaction(e, options);
            }
        }

        @Override
        public void commit() {
            try {
                connection.commit();
            } catch (SQLException e) {
                throw PostgresErrors.inTransaction(e, options);
            }
        }

        @Override
        public void close() {
            if (closed) return;
            closed = true;
            try (connection) {
                if (!connection.isClosed() && !connection.getAutoCommit()) {
                    connection.rollback();
                    connection.setAutoCommit(true);
                }
            } catch (SQLException e) {
                // The connection is gone, and what was not committed with it.
            } finally {
                begun.release();
            }
        }
    }
}
