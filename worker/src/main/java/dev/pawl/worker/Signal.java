package dev.pawl.worker;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes one loop. What is raised while nobody waits wakes the next wait. Thread-safe. */
final class Signal {
    private final Semaphore raised = new Semaphore(0);

    /** Costs one read where it is raised already. */
    void raise() {
        if (raised.availablePermits() == 0) raised.release();
    }

    /** Whether it was raised since somebody waited or asked last. */
    boolean taken() {
        return raised.drainPermits() > 0;
    }

    /** Waits until raised, at most that long. */
    void await(Duration atMost) throws InterruptedException {
        boolean _ = raised.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
        raised.drainPermits();
    }
}
