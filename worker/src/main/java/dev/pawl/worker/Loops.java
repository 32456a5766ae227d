package dev.pawl.worker;

import dev.pawl.core.Engine;
import dev.pawl.core.EngineListener;
import dev.pawl.core.JobId;
import dev.pawl.core.Leases;
import dev.pawl.core.Time;
import dev.pawl.core.Token;
import dev.pawl.core.ToolId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The loops of one worker and what they share, without a thread. {@link Worker} drives each with a
 * thread of its own; a simulator steps them in any order.
 */
public final class Loops {
    /** The first loops of {@link #all} claim, so many. */
    static final int CLAIMING = 2;

    private final Signals signals = new Signals();
    private final Held held;
    private final ClaimLoop claim;
    private final SecondClaim second;
    private final Completer complete;
    private final Drain drain;
    private final Heartbeat heartbeat;
    private final Watch watch;
    private final Journal journal;
    private final Optional<Chores> chores;

    /**
     * The loops of a worker that has the store, and so does its chores too.
     *
     * @param worker the worker's random name
     */
    public Loops(
            Engine engine,
            String worker,
            Serving serving,
            WorkerOptions options,
            Surroundings around,
            Launcher launcher) {
        this(
                engine,
                worker,
                serving,
                options,
                around,
                launcher,
                Optional.of(new Chores(engine, worker, options, around.processes(), around.time())),
                Optional.of(new OpenTransaction.Source(engine, worker)));
    }

    /** The loops of a worker on the other side of a network: what time brings is others' to do. */
    static Loops remote(
            Leases leases,
            String worker,
            Serving serving,
            WorkerOptions options,
            Surroundings around,
            Launcher launcher) {
        return new Loops(
                leases,
                worker,
                serving,
                options,
                around,
                launcher,
                Optional.empty(),
                Optional.empty());
    }

    private Loops(
            Leases leases,
            String worker,
            Serving serving,
            WorkerOptions options,
            Surroundings around,
            Launcher launcher,
            Optional<Chores> chores,
            Optional<OpenTransaction.Source> transactions) {
        Time time = around.time();
        RandomGenerator random = around.random();
        this.held = new Held(options, time, signals, transactions);
        Supplier<Claims> claims =
                () -> new Claims(leases, worker, serving, options, held, launcher, time, random);
        this.claim = new ClaimLoop(leases, claims.get(), options, held, signals, time, random);
        this.second = new SecondClaim(leases, claim, claims.get(), options, held);
        this.complete = new Completer(leases, worker, options, held);
        this.drain = new Drain(leases, worker, this, held);
        this.heartbeat = new Heartbeat(leases, worker, options, held, drain, time);
        this.watch = new Watch(options, held, time);
        this.journal = new Journal(leases, held, time);
        this.chores = chores;
    }

    /** Every loop, each with steps of its own; those that claim come first. */
    public List<Loop> all() {
        var all = new ArrayList<Loop>(List.of(claim, second, complete, heartbeat, watch, journal));
        chores.ifPresent(all::add);
        return all;
    }

    /**
     * Whether this loop was woken since it was last asked, or waited for. For who steps the loops
     * without threads: such a loop may step before its rest is over.
     */
    public boolean woken(Loop loop) {
        return signal(loop).taken();
    }

    /** What wakes this loop. */
    Signal signal(Loop loop) {
        List<Signal> inOrder =
                List.of(
                        signals.claim(),
                        signals.second(),
                        signals.complete(),
                        signals.heartbeat(),
                        signals.watch(),
                        signals.journal(),
                        signals.chores());
        return inOrder.get(all().indexOf(loop));
    }

    /** Hears the engine of the same process, so that nobody waits for a poll. */
    public EngineListener listener() {
        return new EngineListener() {
            @Override
            public void jobsReady() {
                signals.claim().raise();
            }

            @Override
            public void stopWanted(JobId id) {
                held.stop(Stop.CANCELLED, id);
            }
        };
    }

    /** Claims jobs of these tools from now on; what was claimed runs on as it began. */
    public void serve(Map<ToolId, Served> tools) {
        claim.serve(tools);
        second.serve(tools);
        signals.claim().raise();
    }

    /** Claims nothing any more; what was claimed runs on. */
    public void stopClaiming() {
        claim.stop();
        second.stop();
        signals.claim().raise();
        signals.second().raise();
    }

    /** Tells the store of the last spent leases; after the last claim. */
    void forgetSpent() {
        second.giveBack();
        claim.forgetSpent();
    }

    /** Asks every handler to stop, so that its job goes back; answers how many were asked. */
    public int stopRunning() {
        return held.stop(Stop.DRAIN, _ -> true);
    }

    /** What becomes of it when somebody tells it to drain. */
    Drain drain() {
        return drain;
    }

    /** Leaves what it does for others to them; after the last step of its loops. */
    void resign() {
        chores.ifPresent(Chores::resign);
    }

    /** The attempts whose handlers have been started and have not come back. */
    public Set<Token> running() {
        return held.running().stream()
                .filter(run -> !run.inLine)
                .map(run -> run.job().token())
                .collect(Collectors.toSet());
    }

    ClaimLoop claim() {
        return claim;
    }

    SecondClaim second() {
        return second;
    }

    Completer complete() {
        return complete;
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    Watch watch() {
        return watch;
    }

    Journal journal() {
        return journal;
    }

    Chores chores() {
        return chores.orElseThrow();
    }

    Held held() {
        return held;
    }

    Signals signals() {
        return signals;
    }
}
