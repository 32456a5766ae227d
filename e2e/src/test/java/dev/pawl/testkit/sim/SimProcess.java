package dev.pawl.testkit.sim;

import dev.pawl.core.Engine;
import dev.pawl.core.EngineListener;
import dev.pawl.core.JobId;
import dev.pawl.core.ToolId;
import dev.pawl.core.WorkerEntry;
import dev.pawl.testkit.NoArtifacts;
import dev.pawl.worker.Loop;
import dev.pawl.worker.Loops;
import dev.pawl.worker.Processes;
import dev.pawl.worker.Served;
import dev.pawl.worker.Serving;
import dev.pawl.worker.Slot;
import dev.pawl.worker.Surroundings;
import dev.pawl.worker.WorkerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One life of a process: its memory, its connections, its loops. A crash ends it all at once. */
final class SimProcess implements Processes {
    static final Duration STOP_GRACE = Duration.ofSeconds(4);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    final World world;
    final Seat seat;
    final String id;
    final FaultyStore store;
    final Engine engine;
    final Handlers handlers;
    final List<Loop> loops;
    private final @Nullable Loops all;
    private final Ground.Access access;
    private final Wire wire = new Wire(this);
    private final Instant startedAt;
    private final long pid;
    private final IdentityHashMap<Loop, Long> restsUntil = new IdentityHashMap<>();
    private boolean draining;

    SimProcess(World world, Seat seat) {
        this.world = world;
        this.seat = seat;
        seat.lives++;
        this.id = seat.name + "." + seat.lives;
        this.pid = world.nextPid();
        this.startedAt = seat.time.instant();
        this.access = world.ground.open(seat.time, wire);
        this.store = new FaultyStore(world, this, access.store(), wire);
        // One kept result in twenty turns out damaged.
        var artifacts = new NoArtifacts(_ -> world.random.nextInt(20) > 0);
        this.engine = new Engine(store, artifacts, seat.time, world.random);
        this.handlers = new Handlers(this);
        if (!seat.works()) {
            this.all = null;
            this.loops = List.of();
            return;
        }
        var around = new Surroundings(seat.time, world.random, this);
        this.all = new Loops(engine, id, serving(seat.serves), options(), around, handlers);
        this.loops = all.all();
        engine.listen(hints(all.listener()));
    }

    /** Some never come. */
    private EngineListener hints(EngineListener to) {
        return new EngineListener() {
            @Override
            public void jobsReady() {
                if (!world.weather.losesHint()) to.jobsReady();
            }

            @Override
            public void stopWanted(JobId id) {
                if (!world.weather.losesHint()) to.stopWanted(id);
            }
        };
    }

    /** Lets the loop take a step; its rest begins anew. */
    void step(Loop loop) {
        boolean _ = loops().woken(loop);
        Duration rest = AFTER_FAILURE;
        try {
            rest = loop.step();
        } finally {
            restsUntil.put(loop, seat.time.nanos() + rest.toNanos());
        }
    }

    /** Whether the loop's thread would let it take a step now. */
    boolean wakes(Loop loop) {
        Long until = restsUntil.get(loop);
        return loops().woken(loop) || until == null || until <= seat.time.nanos();
    }

    private Loops loops() {
        return Objects.requireNonNull(all);
    }

    /** Registers, as a worker does before its loops begin. */
    void start() {
        if (loops.isEmpty()) return;
        Instant now = store.now();
        store.register(new WorkerEntry(id, host(), pid, startedAt, seat.serves, 4, now, now));
    }

    /** Claims no more and asks every handler to stop, as on SIGTERM. */
    void drain() {
        if (all == null) return;
        draining = true;
        all.stopClaiming();
        all.stopRunning();
    }

    /** Whether it was told to stop, and may end once its handlers have come back. */
    boolean draining() {
        return draining;
    }

    /** Its memory is gone; what it had not committed, too. */
    void die() {
        wire.die();
        access.close();
    }

    /** What the store's own queries find. */
    List<String> violations() {
        return access.violations();
    }

    void close() {
        access.close();
    }

    private static Serving serving(Set<ToolId> tools) {
        var served = new HashMap<ToolId, Served>();
        for (ToolId tool : tools) {
            Slot slot = tool.equals(Callers.COMMAND) ? Slot.COMMAND : Slot.HANDLER;
            Duration timeout = Duration.ofSeconds(tool.equals(Callers.SLOW) ? 0 : 20);
            served.put(tool, new Served(_ -> noThread(), slot, timeout));
        }
        return Serving.all(served);
    }

    private static dev.pawl.core.Outcome noThread() {
        throw new AssertionError("handlers are run in steps");
    }

    private WorkerOptions options() {
        return WorkerOptions.defaults()
                .withHandlerSlots(1 + world.random.nextInt(3))
                .withCommandSlots(1 + world.random.nextInt(2))
                .withLease(World.LEASE, World.HEARTBEAT)
                .withGrace(Duration.ofSeconds(5), STOP_GRACE)
                .withClaimBatch(1 + world.random.nextInt(5));
    }

    // ---- What a worker can tell about its machine

    @Override
    public String host() {
        return seat.host;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public boolean alive(long number, Instant since) {
        return world.alive(number);
    }

    @Override
    public void endLeftovers(WorkerEntry gone) {}

    @Override
    public String toString() {
        return id;
    }
}
