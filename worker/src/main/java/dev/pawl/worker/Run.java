package dev.pawl.worker;

import dev.pawl.core.Attempt;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.PawlException;
import dev.pawl.worker.executor.Transaction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One attempt, from its claim to the answer of the write that ended it.
 *
 * <p>{@link #run} is what a thread does; a simulator may call {@link #begin} and then {@link
 * #finish} or {@link #finishInterrupted} in steps of its own.
 */
public final class Run implements Attempt, Runnable {
    private static final Logger log = LoggerFactory.getLogger(Run.class);

    private final Held held;
    private final ClaimedJob job;
    private final String id;
    private final Served served;
    final HeldLease lease;

    // Written by the run's own thread, read by the watch.
    private volatile long begunAt;
    private volatile boolean begun;

    // The watch's own: it has been complained about.
    boolean stuck;

    // Changed under Held's lock only.
    private volatile @Nullable Stop stop;
    Launcher.@Nullable Launch launch;
    long stopAt;
    boolean inLine;
    boolean returned;
    boolean reported;
    boolean committing;
    boolean settled;
    private volatile @Nullable Sink sink;

    // The run's own thread's.
    private @Nullable OpenTransaction transaction;

    Run(Held held, ClaimedJob job, Served served, HeldLease lease) {
        this.held = held;
        this.job = job;
        this.id = job.id().toString();
        this.served = served;
        this.lease = lease;
    }

    @Override
    public void run() {
        try (var _ = JobLog.of(this)) {
            if (!begin()) {
                finishInterrupted();
                return;
            }
            Outcome outcome = outcome();
            if (outcome == null) finishInterrupted();
            else finish(outcome);
        }
    }

    /** Starts the clock; answers false when the handler is not to be called any more. */
    public boolean begin() {
        begunAt = held.nanos();
        begun = true;
        // Its thread may have had to wait for longer than the lease was good for.
        if (begunAt - held.safeUntil(this) >= 0) held.stop(Stop.LOST, one -> one == this);
        return stop == null;
    }

    /** The handler came back with this. */
    public void finish(Outcome outcome) {
        returned(ended(outcome));
    }

    /** The handler came back because it was interrupted, or was never called. */
    public void finishInterrupted() {
        returned(ended(null));
    }

    private Ended.What ended(@Nullable Outcome outcome) {
        if (transaction == null || !transaction.isOpen())
            return Ended.after(stop, outcome, served.timeout());
        boolean mayCommit = held.committing(this);
        // On this thread, which may have been asked to stop: that would cut the connection.
        boolean _ = Thread.interrupted();
        // No line of an attempt is written after its end.
        if (mayCommit && sink != null && !sink.emptied()) log.warn("its log is not all written");
        return transaction.end(
                mayCommit
                        ? Ended.after(stop, outcome, served.timeout())
                        : new Ended.What.GoesBack());
    }

    /** What its handler writes together with its end; the same at each call. */
    Transaction transaction() {
        if (transaction == null) transaction = held.transaction(this);
        return transaction;
    }

    @Override
    public ClaimedJob job() {
        return job;
    }

    /** The job's id as text, which its thread and each of its log lines are named by. */
    String id() {
        return id;
    }

    @Override
    public void progress(double fraction, String text) {
        sink().progress(fraction, text);
    }

    @Override
    public void log(LogLine.Stream stream, String text) {
        sink().log(stream, text);
    }

    Served served() {
        return served;
    }

    @Nullable Stop stop() {
        return stop;
    }

    /**
     * Under Held's lock; answers whether to interrupt it. That is done once: a second interrupt
     * would cut short the time that a command has to end by itself. The first reason stands, but a
     * lost job needs no other, and a cancelled one waits for the word that its handler is gone.
     */
    boolean stop(Stop why, long now) {
        if (returned || reported) return false;
        boolean first = stop == null;
        if (first) stopAt = now;
        boolean stronger = why == Stop.CANCELLED || (why == Stop.LOST && stop != Stop.CANCELLED);
        if (first || stronger) stop = why;
        return first && !committing;
    }

    /** When it has run too long; an attempt that waits for its thread has not begun to. */
    long timeoutAt(long now) {
        if (served.timeout().isZero()) return now + Loop.FOREVER.toNanos();
        return (begun ? begunAt : now) + served.timeout().toNanos();
    }

    /** How long its handler has run, in nanoseconds; negative while it has not been called. */
    long tookUntil(long now) {
        return begun ? now - begunAt : -1;
    }

    /** Where its log and progress wait to be written; null while it has said nothing. */
    @Nullable Sink sinkOrNull() {
        return sink;
    }

    void sink(Sink first) {
        sink = first;
    }

    private void returned(Ended.What what) {
        if (what instanceof Ended.What.Ends(Outcome.Failed(var error, var _))) tell(error);
        held.returned(this, what);
    }

    private void tell(JobError error) {
        Level level = error.kind() == ErrorClass.INFRASTRUCTURE ? Level.WARN : Level.INFO;
        if (!log.isEnabledForLevel(level)) return;
        // Again, and not by run() alone: a handler may have cleared what its thread was given.
        try (var _ = JobLog.of(this)) {
            log.atLevel(level).log("attempt failed ({}): {}", error.kind().wire(), error.message());
        }
    }

    private Sink sink() {
        Sink known = sink;
        return known == null ? held.sink(this) : known;
    }

    private @Nullable Outcome outcome() {
        try {
            return served.executor().run(this);
        } catch (InterruptedException e) {
            return null;
        } catch (PawlException e) {
            return Outcome.failed(
                    ErrorClass.INFRASTRUCTURE, "%s: %s".formatted(e.code().wire(), e.getMessage()));
        } catch (RuntimeException | Error e) {
            log.error("executor hit a bug", e);
            return Outcome.failed(ErrorClass.TRANSIENT, "executor: " + e);
        }
    }
}
