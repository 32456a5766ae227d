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
    private final Loops loops;
    private final Held held;

    private volatile boolean wanted;
    private volatile Runnable then = () -> {};
    private boolean over;

    Drain(Leases leases, String worker, Loops loops, Held held) {
        this.leases = leases;
        this.worker = worker;
        this.loops = loops;
        this.held = held;
    }

    /** Does this, once, when the worker has left. */
    void then(Runnable what) {
        then = what;
    }

    void want() {
        if (wanted) return;
        wanted = true;
        loops.stopClaiming();
        log.info("worker {} was told to drain: it claims nothing any more", worker);
    }

    /** Whether it was told to. */
    boolean wanted() {
        return wanted;
    }

    /** Leaves when nothing runs any more. Blocks for the store. */
    void look() {
        if (!wanted || over || !held.idle()) return;
        loops.forgetSpent();
        leases.unregister(worker);
        over = true;
        log.info("worker {} is drained", worker);
        then.run();
    }
}
