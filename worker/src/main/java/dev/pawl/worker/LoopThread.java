package dev.pawl.worker;

import dev.pawl.core.PawlException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one loop until it is closed.
 *
 * <p>A platform thread, not a virtual one: handlers share the few carriers of the virtual threads,
 * and a handler that computes for a minute must not keep a lease from being renewed.
 */
final class LoopThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LoopThread.class);
    private static final Duration JOIN = Duration.ofSeconds(30);

    private final Loop loop;
    private final Signal signal;
    private final Backoff backoff;
    private final Thread thread;
    private volatile boolean stopping;

    /** Starts at once. */
    LoopThread(String owner, Loop loop, Signal signal, RandomGenerator random) {
        this.loop = loop;
        this.signal = signal;
        this.backoff = new Backoff(random);
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("pawl-" + loop.name() + "-" + owner)
                        .start(this::run);
    }

    /** Ends after the step that is under way; waits for it, but not for ever. */
    @Override
    public void close() {
        stopping = true;
        signal.raise();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                if (thread.join(JOIN)) break;
                log.warn("loop {} does not end: interrupted and left", loop.name());
                thread.interrupt();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void run() {
        while (!stopping) {
            try {
                Duration rest = step();
                if (rest.isPositive()) signal.await(rest);
            } catch (InterruptedException e) {
                // Only close() interrupts, and it has said so.
                if (stopping) return;
            }
        }
    }

    private Duration step() {
        try {
            Duration rest = loop.step();
            if (backoff.failing()) log.info("loop {} goes on", loop.name());
            backoff.succeeded();
            return rest;
        } catch (PawlException e) {
            if (!backoff.failing())
                log.warn("loop {} waits: {} ({})", loop.name(), e.getMessage(), e.code().wire());
            return backoff.failed();
        } catch (RuntimeException | Error e) {
            if (!backoff.failing()) log.error("loop {} hit a bug and goes on", loop.name(), e);
            else log.debug("loop {} still hits a bug", loop.name(), e);
            return backoff.failed();
        }
    }

    /** Whether it may work later, as it is: the store is away or full, or the server is away. */
    static boolean storeAway(RuntimeException e) {
        if (!(e instanceof PawlException pawl)) return false;
        return switch (pawl.code()) {
            case STORE_UNAVAILABLE, STORE_FULL, STORE_MOVED, SERVER_UNREACHABLE -> true;
            case JOB_NOT_FOUND,
                    TOOL_NOT_FOUND,
                    WEBHOOK_NOT_FOUND,
                    WORKER_NOT_FOUND,
                    INPUT_INVALID,
                    INPUT_TOO_LARGE,
                    PARENT_NOT_FOUND,
                    IDEMPOTENCY_CONFLICT,
                    CONFIGURATION_INVALID,
                    QUEUE_FULL,
                    NOT_POSSIBLE_NOW,
                    LEASE_LOST,
                    SCHEMA_NEWER,
                    STORE_CORRUPT ->
                    false;
        };
    }
}
