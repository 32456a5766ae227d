package dev.pawl.worker;

import dev.pawl.core.LeaseId;

/** One claim's lease, as the worker that holds it sees it. Guarded by {@link Held}'s lock. */
final class HeldLease {
    final LeaseId id;

    /** Until when its handlers may run, on this process's monotonic clock. */
    long safeUntil;

    /** Attempts under it that are not settled. */
    int attempts;

    /** Whether an attempt was left without a word: then the lease must run out by itself. */
    boolean abandoned;

    HeldLease(LeaseId id, long safeUntil) {
        this.id = id;
        this.safeUntil = safeUntil;
    }
}
