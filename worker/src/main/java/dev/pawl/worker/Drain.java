package dev.pawl.worker;

import dev.pawl.core.Leases;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a worker that somebody told to drain: it claims nothing any more, what runs on it
 * goes on for as long as it takes, and then it leaves.
 */
final class Drain {
    private static final Logger log = LoggerFactory.getLogger(Drain.class);

    private final Leases leases;
    private final String worker;
    private final ClaimLoop claim;
    private final Held held;
    private final Signals signals;

    private volatile boolean wanted;
    private volatile Runnable then = () -> {};
    private boolean over;

    Drain(Leases leases, String worker, ClaimLoop claim, Held held, Signals signals) {
        this.leases = leases;
        this.worker = worker;
        this.claim = claim;
        this.held = held;
        this.signals = signals;
    }

    /** Does this, once, when the worker has left. */
    void then(Runnable what) {
        then = what;
    }

    void want() {
        if (wanted) return;
        wanted = true;
        claim.stop();
        signals.claim().raise();
        log.info("worker {} was told to drain: it claims nothing any more", worker);
    }

    /** Whether it was told to. */
    boolean wanted() {
        return wanted;
    }

    /** Leaves when nothing runs any more. Blocks for the store. */
    void look() {
        if (!wanted || over || !held.idle()) return;
        claim.forgetSpent();
        leases.unregister(worker);
        over = true;
        log.info("worker {} is drained", worker);
        then.run();
    }
}
