package dev.pawl.testkit.sim;

/** What becomes of a call. */
enum Fate {
    APPLIED,
    /** Refused before anything was done. */
    NOT_APPLIED,
    /** Done, but the caller is told that nobody knows. */
    ANSWER_LOST,
    /** A statement of its transaction fails; the process goes on. */
    FAILS_INSIDE,
    CRASH_BEFORE,
    /** The process ends between two statements of the transaction. */
    CRASH_INSIDE,
    CRASH_AFTER
}
