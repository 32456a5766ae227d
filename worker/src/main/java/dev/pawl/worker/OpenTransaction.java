package dev.pawl.worker;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Outcome;
import dev.pawl.core.PawlException;
import dev.pawl.core.Transactions;
import dev.pawl.core.Written;
import dev.pawl.worker.executor.Transaction;
import java.sql.Connection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a handler writes, until it is committed with its attempt's end or rolled back. */
final class OpenTransaction implements Transaction {
    /** Begins them for the attempts of one worker. */
    record Source(Engine engine, String worker) {
        OpenTransaction of(ClaimedJob job) {
            return new OpenTransaction(this, job);
        }
    }

    private final Source source;
    private final ClaimedJob job;
    private Transactions.@Nullable Begun begun;

    private OpenTransaction(Source source, ClaimedJob job) {
        this.source = source;
        this.job = job;
    }

    @Override
    public Connection connection() throws InterruptedException {
        if (begun == null) begun = transactions().begin();
        return begun.connection();
    }

    private Transactions transactions() {
        return source.engine
                .store()
                .transactions()
                .orElseThrow(() -> new IllegalStateException("store without transactions"));
    }

    /** Whether the handler may have written something. */
    boolean isOpen() {
        return begun != null;
    }

    /**
     * Commits a success with what the handler wrote, and rolls back anything else.
     *
     * @return what the store is still to be told
     */
    Ended.What end(Ended.What what) {
        Transactions.Begun open = begun;
        if (open == null) return what;
        try (open) {
            return what instanceof Ended.What.Ends(Outcome.Succeeded success)
                    ? new Ended.What.Stored(stored(open, success))
                    : what;
        } catch (PawlException e) {
            // Where it is not known whether the commit took place, the token tells: this failure is
            // refused then.
            boolean server = e.code().blame() == ErrorCode.Blame.SERVER;
            return new Ended.What.Ends(
                    Outcome.failed(
                            server ? ErrorClass.INFRASTRUCTURE : ErrorClass.TRANSIENT,
                            "its transaction could not be committed: " + e.getMessage()));
        } finally {
            begun = null;
        }
    }

    private Written stored(Transactions.Begun open, Outcome.Succeeded success) {
        End end = source.engine.ending(job, source.worker, success);
        Written written = open.end(end);
        if (written instanceof Written.Done) open.commit();
        source.engine.ended(List.of(end), List.of(written));
        return written;
    }
}
