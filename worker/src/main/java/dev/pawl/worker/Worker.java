package dev.pawl.worker;

import dev.pawl.core.Engine;
import dev.pawl.core.EngineListener;
import dev.pawl.core.Leases;
import dev.pawl.core.PawlException;
import dev.pawl.core.ToolId;
import dev.pawl.core.WorkerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims jobs of the tools it serves and runs them, until it is closed.
 *
 * <p>Closing stops claiming, lets running attempts end for the grace period, interrupts those that
 * are left, gives their jobs back without a failure, and ends the loops. Thread-safe; closing twice
 * or before start is fine.
 */
public final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    // How long the last ends of a drain may take to be written.
    private static final Duration LAST_WRITE = Duration.ofSeconds(5);

    private enum Phase {
        FRESH,
        RUNNING,
        CLOSED
    }

    private final Leases leases;
    private final WorkerOptions options;
    private final Surroundings around;
    private final String id;
    private final Set<String> can;
    private final Loops loops;
    private final EngineListener listener;

    // Held for the whole of start and close: whoever closes second waits until it is closed.
    private final ReentrantLock phases = new ReentrantLock();
    private Phase phase = Phase.FRESH;
    private Map<ToolId, Served> served;
    private List<LoopThread> threads = List.of();
    private volatile boolean hurry;

    /** A worker that has the store. */
    public Worker(Engine engine, Serving serving, WorkerOptions options, Surroundings around) {
        this(
                engine,
                serving,
                options,
                around,
                named(around),
                id -> new Loops(engine, id, serving, options, around, Launcher.threads()));
    }

    /** A worker on the other side of a network. */
    public static Worker remote(
            Leases leases, Serving serving, WorkerOptions options, Surroundings around) {
        return new Worker(
                leases,
                serving,
                options,
                around,
                named(around),
                id -> Loops.remote(leases, id, serving, options, around, Launcher.threads()));
    }

    private Worker(
            Leases leases,
            Serving serving,
            WorkerOptions options,
            Surroundings around,
            String id,
            Function<String, Loops> loops) {
        this.leases = leases;
        this.served = serving.tools();
        this.can = serving.can();
        this.options = options;
        this.around = around;
        this.id = id;
        this.loops = loops.apply(id);
        this.listener = this.loops.listener();
    }

    private static String named(Surroundings around) {
        Processes here = around.processes();
        String host = here.host();
        int end = host.indexOf('/');
        return "%s-%d-%08x"
                .formatted(
                        end < 0 ? host : host.substring(0, end),
                        here.pid(),
                        around.random().nextInt());
    }

    /**
     * Does this, once, when the worker was told to drain by way of the store ({@link
     * dev.pawl.core.Store#drain}) and nothing runs on it any more. It has left the store by then,
     * and claims nothing until it is started anew, as another worker. On a thread of the worker's,
     * which it must not keep; to be said before {@link #start}.
     */
    public void onDrained(Runnable what) {
        loops.drain().then(what);
    }

    /** Its random name. */
    public String id() {
        return id;
    }

    /**
     * Registers and begins to claim.
     *
     * @throws PawlException when the store can't be reached; then nothing was started
     */
    public void start() {
        phases.lock();
        try {
            if (phase != Phase.FRESH)
                throw new IllegalStateException("worker %s is %s".formatted(id, phase));
            leases.register(entry());
            leases.listen(listener);
            threads = launch();
            phase = Phase.RUNNING;
        } finally {
            phases.unlock();
        }
        log.info(
                "worker {} started; tools: {}, slots: {} for handlers, {} for commands",
                id,
                served.size(),
                options.handlerSlots(),
                options.commandSlots());
    }

    /**
     * Claims jobs of these tools from now on; what runs goes on as it began. Blocks for the store.
     *
     * @throws PawlException when the store can't be told; it serves them all the same
     */
    public void serve(Map<ToolId, Served> tools) {
        phases.lock();
        try {
            served = Map.copyOf(tools);
            loops.serve(served);
            if (phase == Phase.RUNNING && !loops.drain().wanted()) leases.register(entry());
        } finally {
            phases.unlock();
        }
    }

    /** Drains for the grace period and stops. */
    @Override
    public void close() {
        phases.lock();
        try {
            if (phase == Phase.RUNNING) stop();
            phase = Phase.CLOSED;
        } finally {
            phases.unlock();
        }
    }

    /** As {@link #close}, but without the grace period, also when a drain is under way. */
    public void closeNow() {
        hurry = true;
        loops.held().wake();
        close();
    }

    private void stop() {
        boolean interrupted = Thread.interrupted();
        loops.stopClaiming();
        threads.subList(0, Loops.CLAIMING).forEach(LoopThread::close);
        try {
            interrupted |= drained();
        } finally {
            threads.subList(Loops.CLAIMING, threads.size()).forEach(LoopThread::close);
            leases.unlisten(listener);
            unregister();
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /** Answers whether it was interrupted, which ends the grace period. */
    private boolean drained() {
        boolean interrupted = false;
        Held held = loops.held();
        try {
            held.awaitReturned(() -> hurry, options.grace());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        int stopped = loops.stopRunning();
        if (stopped > 0) log.info("{} attempts are stopped, their jobs go back", stopped);
        try {
            Duration last = options.stopGrace().plus(LAST_WRITE);
            if (!held.awaitSettled(last))
                log.warn("not all attempts could be ended in {}: left to their leases", last);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        return interrupted;
    }

    private List<LoopThread> launch() {
        return loops.all().stream()
                .map(loop -> new LoopThread(id, loop, loops.signal(loop), around.random()))
                .toList();
    }

    private void unregister() {
        try {
            loops.forgetSpent();
            loops.resign();
            leases.unregister(id);
        } catch (PawlException e) {
            log.warn("worker {} stays registered until others miss it: {}", id, e.getMessage());
        }
    }

    private WorkerEntry entry() {
        Processes here = around.processes();
        Instant now = leases.now();
        return new WorkerEntry(
                id,
                here.host(),
                here.pid(),
                here.startedAt(),
                served.keySet(),
                options.handlerSlots() + options.commandSlots(),
                now,
                now,
                can,
                false);
    }
}
