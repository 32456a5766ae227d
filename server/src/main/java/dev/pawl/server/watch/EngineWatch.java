package dev.pawl.server.watch;

import dev.pawl.core.Engine;
import dev.pawl.core.EngineListener;
import dev.pawl.core.JobId;
import dev.pawl.core.Time;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks on a thread of its own, again and again: what this process does wakes it, and what others
 * do where the store carries hints; else it finds that by looking now and then. A look that fails
 * is told once in the log and tried again. Thread-safe.
 */
public final class EngineWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EngineWatch.class);

    private final Engine engine;
    private final Time time;
    private final Plan plan;
    private final Look look;
    private final Semaphore hint = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    private final EngineListener listener =
            new EngineListener() {
                @Override
                public void jobsReady() {
                    hint.release();
                }

                @Override
                public void jobEnded(JobId id) {
                    hint.release();
                }

                @Override
                public void othersActed() {
                    hint.release();
                }
            };

    /** What is done at each look. */
    public interface Look {
        /** Looks; answers whether there may be more already. */
        boolean look();
    }

    /**
     * When it looks.
     *
     * @param name of the thread, and of what fails
     * @param every how long from one look to the next at most, after a hint
     * @param seldom the same when no hint has come for a while
     * @param lull how long between two at least, so that many hints at once are one
     */
    public record Plan(String name, Duration every, Duration seldom, Duration lull) {}

    public EngineWatch(Engine engine, Time time, Plan plan, Look look) {
        this.engine = engine;
        this.time = time;
        this.plan = plan;
        this.look = look;
        this.thread = Thread.ofVirtual().name(plan.name()).unstarted(this::run);
    }

    public void start() {
        engine.listen(listener);
        thread.start();
    }

    /** Whether no further look will be made. */
    public boolean closed() {
        return closed;
    }

    private void run() {
        boolean failing = false;
        Duration rest = plan.every();
        while (!closed) {
            try {
                boolean more = look.look();
                failing = false;
                if (more) continue;
                time.sleep(plan.lull());
                boolean hinted = hint.tryAcquire(rest.toNanos(), TimeUnit.NANOSECONDS);
                hint.drainPermits();
                rest = hinted ? plan.every() : longer(rest);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!failing) log.warn("{} fails, and is tried again: {}", plan.name(), e, e);
                failing = true;
                if (!rested()) return;
            }
        }
    }

    private Duration longer(Duration rest) {
        Duration twice = rest.multipliedBy(2);
        return twice.compareTo(plan.seldom()) < 0 ? twice : plan.seldom();
    }

    private boolean rested() {
        try {
            time.sleep(plan.every());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Ends the looking, after the look that is under way; waits for that. */
    @Override
    public void close() {
        closed = true;
        engine.unlisten(listener);
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
