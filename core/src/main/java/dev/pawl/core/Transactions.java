package dev.pawl.core;

import java.sql.Connection;
import java.util.List;

/**
 * What a store does inside transactions of others, whose own tables are in the same database: it is
 * committed with what they write there, or rolled back with it. Thread-safe; every method blocks
 * for its I/O.
 *
 * <p>A connection given to it stays its caller's: it is neither committed nor rolled back, nor is a
 * setting of it changed. What fails undoes its own part only; the caller may go on.
 */
public interface Transactions {
    /**
     * Stores jobs, as {@link Store#submit}, in the transaction that the connection has open. Until
     * its commit nobody sees them. Whoever submits the same idempotency key meanwhile, or ends a
     * parent of these jobs, waits for that commit.
     *
     * @throws PawlException {@link ErrorCode#NOT_POSSIBLE_NOW} when the connection has no open
     *     transaction, when that has failed before, or when it met another one: roll it back and do
     *     it again
     */
    List<Submitted> submit(Connection connection, List<NewJob> jobs);

    /**
     * Begins a transaction on a connection of the store's. Waits while too many are open, or there
     * is no connection.
     */
    Begun begin() throws InterruptedException;

    /** A transaction that {@link #begin} began. One thread at a time. */
    interface Begun extends AutoCloseable {
        /** Where its caller writes; neither to be committed nor closed. */
        Connection connection();

        /** Ends an attempt, as {@link Store#end}, with what else this transaction writes. */
        Written end(End end);

        /**
         * Makes all of it durable.
         *
         * @throws PawlException when nothing of it is stored, unless the code is {@link
         *     ErrorCode#STORE_UNAVAILABLE}: then nobody knows
         */
        void commit();

        /** Rolls back what is not committed, and gives the connection back. */
        @Override
        void close();
    }
}
