package dev.pawl.testkit.sim;

/** What must hold, whatever happens: looked at after every call of the store. */
enum Invariant {
    /** A job that was stored is found until somebody discards it. */
    NO_JOB_LOST,
    /** A job is in exactly one place. */
    ONE_PLACE,
    /** A call that failed, or whose process crashed inside it, has changed nothing. */
    ALL_OR_NOTHING,
    /** A write of an attempt counts if and only if its token holds the job at that moment. */
    FENCED,
    /** Only a claim makes a job run, and only a job that runs can end by its handler. */
    NO_FINISH_WITHOUT_CLAIM,
    /**
     * Handlers of one job run side by side only where the lease of one was taken back, or where it
     * went on long after it was asked to stop.
     */
    HANDLERS_APART,
    /** Each claim raises the attempt's number by one, and nothing lowers it. */
    ATTEMPTS_GROW,
    /** Failures are counted, and lead to the next try or to the end, exactly as the policy says. */
    FAILURES_COUNTED,
    /** An end stays, but for a redrive or a discard of what has not succeeded. */
    ENDS_ONCE,
    /** Attempts that run or are stopping under a limit are never more than it allows. */
    LIMITS_HELD,
    /** Followers wait for a leader that is unfinished, and are answered by its answer alone. */
    SINGLE_FLIGHT,
    /** What is kept points at a job that ended so that it answers, with all that it left. */
    KEPT_WHOLE,
    /** The same key is the same job. */
    IDEMPOTENT,
    /** The kept counters equal a recount. */
    COUNTERS_EXACT,
    /** The events, without a hole, lead to where every job is. */
    EVENTS_TELL,
    /** No job starts before its parents have ended as it wants. */
    PARENTS_FIRST,
    /** No job becomes claimable before its time, and none of a paused queue is claimed. */
    NOT_BEFORE_ITS_TIME,
    /** Only a renewal that names a lease, by the worker that holds it, prolongs it. */
    LEASES_BY_NAME,
    /** Only a lease that is over, and as it was seen, is taken back. */
    ONLY_LOST_LEASES,
    /** A lease that is being renewed, or could be, is left alone: two clocks must agree. */
    TWO_CLOCKS,
    /** The store's own queries for faults find none. */
    STORE_WHOLE,
    /** Nothing throws what nobody threw at it. */
    NO_BUG,
    /**
     * Once nothing fails any more, everything that can end ends, handlers that must stop too,
     * though hints are lost: no loop steps then before its rest is over or its own process wakes
     * it.
     */
    ENDS_AT_LAST
}
