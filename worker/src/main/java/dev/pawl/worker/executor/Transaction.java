package dev.pawl.worker.executor;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.sql.Connection;

/**
 * The transaction in which what a handler writes and the success of its attempt are stored
 * together. Where the attempt doesn't succeed, its handler's writes are rolled back; where it has
 * lost its lease, both are. For the handler's own thread.
 */
public interface Transaction {
    /**
     * Where the handler writes. The transaction begins with the first call, so slow work comes
     * before it; waits for a connection then. It is committed after the handler has returned: the
     * handler neither commits, rolls back nor closes it.
     *
     * @throws PawlException {@link ErrorCode#STORE_UNAVAILABLE}
     */
    Connection connection() throws InterruptedException;
}
