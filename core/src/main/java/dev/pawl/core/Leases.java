package dev.pawl.core;

import java.time.Instant;
import java.util.List;

/**
 * What a worker needs to run jobs under leases, and no more: {@link Engine} where it has the store,
 * an HTTP client where it hasn't. Thread-safe; every method blocks for its I/O and does what the
 * {@link Store}'s of the same name says. Each may throw {@link PawlException}; after {@link
 * ErrorCode#STORE_UNAVAILABLE} and {@link ErrorCode#SERVER_UNREACHABLE} nobody knows whether a
 * write took place.
 */
public interface Leases {
    /** Tells this listener what concerns a worker, until {@link #unlisten}: hints, as ever. */
    void listen(EngineListener listener);

    void unlisten(EngineListener listener);

    /** The clock that {@link Claimed#nextDue} is by; where nothing is ever due, any clock. */
    Instant now();

    void register(WorkerEntry worker);

    void unregister(String worker);

    /** What a claim might find; where that takes no less than a claim, that it might find some. */
    Upcoming upcoming();

    /** Makes jobs claimable whose time has come; answers 0 where that is not the worker's to do. */
    int promote(int max);

    Claimed claim(Claim claim);

    /** Ends jobs that a claim called answerable. */
    void answer(List<Claimed.Answerable> due);

    List<ClaimedJob> claimed(LeaseId lease, String worker);

    Renewed renew(Renewal renewal);

    Written progress(Token token, Progress progress);

    Written log(Token token, List<LogLine> lines);

    /** Ends attempts that this worker ran, in order, each fenced by its token. */
    List<Written> end(String worker, List<Report> reports);

    Written stopped(Token token);
}
