package dev.pawl.worker;

import dev.pawl.core.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops attempts whose time is over: their tool's timeout, or what is safe of their lease. Does no
 * I/O, so that no store can hold it up.
 *
 * <p>A handler that doesn't heed an interrupt is complained about, and where its time was over or
 * the worker drains, its attempt is reported without it; its slot stays taken until it comes back.
 * A cancelled or lost one is not reported: its job is in nobody's way, and to say that the handler
 * is gone would let the next attempt run beside it.
 */
final class Watch implements Loop {
    private static final Logger log = LoggerFactory.getLogger(Watch.class);

    private final WorkerOptions options;
    private final Held held;
    private final Time time;

    Watch(WorkerOptions options, Held held, Time time) {
        this.options = options;
        this.held = held;
        this.time = time;
    }

    @Override
    public String name() {
        return "watch";
    }

    @Override
    public Duration step() {
        long now = time.nanos();
        held.watching();
        long rest = FOREVER.toNanos();
        for (Run run : held.running()) if (!run.stuck) rest = Math.min(rest, look(run, now));
        rest = Math.clamp(rest, 0, held.giveBackWaiting(now));
        held.watchedUntil(now + rest);
        return Duration.ofNanos(rest);
    }

    /** Stops it if need be, and answers how long to leave it alone. */
    private long look(Run run, long now) {
        if (run.stop() != null) {
            long rest = run.stopAt + options.stopGrace().toNanos() - now;
            if (rest > 0) return rest;
            complain(run);
            return FOREVER.toNanos();
        }
        long timeout = run.timeoutAt(now) - now;
        long lease = held.safeUntil(run) - now;
        if (timeout <= 0) held.stop(Stop.TIMEOUT, one -> one == run);
        else if (lease <= 0) stopUnsafe(run);
        else return Math.min(timeout, lease);
        return options.stopGrace().toNanos();
    }

    private void stopUnsafe(Run run) {
        if (held.stop(Stop.LOST, one -> one == run) == 0) return;
        try (var _ = JobLog.of(run)) {
            log.warn("no renewal got through in time: attempt stopped");
        }
    }

    private void complain(Run run) {
        Stop why = run.stop();
        boolean reported =
                (why == Stop.TIMEOUT || why == Stop.DRAIN)
                        && held.report(run, Ended.after(why, null, run.served().timeout()));
        run.stuck = true;
        try (var _ = JobLog.of(run)) {
            log.error(
                    "handler goes on {} after it was interrupted ({}); its slot stays taken{}",
                    options.stopGrace(),
                    why,
                    reported ? ", its attempt is reported without it" : "");
        }
    }
}
