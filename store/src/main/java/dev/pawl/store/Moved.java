package dev.pawl.store;

/**
 * A job is no longer where this transaction saw it: another one moved it between two statements.
 * The transaction is rolled back and its work done again, which sees where the job is now. Where a
 * transaction that writes is alone, this is a bug.
 */
public final class Moved extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Moved(String what) {
        super(what);
    }
}
