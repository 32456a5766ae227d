package dev.pawl.testkit.sim;

import dev.pawl.core.Lease;
import dev.pawl.core.PawlException;
import dev.pawl.core.ToolId;
import dev.pawl.worker.Loop;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Everything there is in one run, on one thread: processes, their clocks, the file, chance. */
final class World implements AutoCloseable {
    static final Duration LEASE = Duration.ofSeconds(10);
    static final Duration HEARTBEAT = Duration.ofSeconds(3);
    private static final int REMEMBERED = 40;
    private static final int DEPTH_MAX = 2;
    private static final Set<String> LOOKS_AFTER = Set.of("heartbeat", "chores", "complete");

    final RandomGenerator random;
    final Ground ground;
    final Trace trace;
    final Weather weather;
    final Judge judge;
    final Callers callers;
    final List<Seat> seats = new ArrayList<>();
    private final List<Op<?>> recent = new ArrayList<>();
    private final List<Lease> seen = new ArrayList<>();
    private final List<SimProcess> acting = new ArrayList<>();
    private final Set<Loop> stepping = Collections.newSetFromMap(new IdentityHashMap<>());
    private long nanos;
    private long pids;
    private int steps;
    int rounds;

    World(long seed, Ground ground, Trace trace) throws SQLException {
        this.random = new SplittableRandom(seed);
        this.ground = ground;
        this.trace = trace;
        this.weather = new Weather(random);
        this.judge = new Judge(ground, this);
        this.callers = new Callers(this);
        boolean oneMachine = random.nextBoolean();
        int workers = random.nextInt(3) == 0 ? 3 : 2;
        for (int i = 0; i < workers; i++)
            seats.add(seat("w" + i, oneMachine ? "m" : "m" + i, serves(i)));
        if (random.nextBoolean()) seats.add(seat("c", "m", Set.of()));
    }

    private Seat seat(String name, String host, Set<ToolId> serves) {
        double rate = random.nextInt(3) == 0 ? 0.98 + random.nextDouble(0.04) : 1;
        return new Seat(name, host, new SimTime(this, rate, random.nextLong(1L << 40)), serves);
    }

    /** The first serves everything, others a part. */
    private Set<ToolId> serves(int index) {
        var serves = new HashSet<>(Callers.SERVED);
        if (index > 0 && random.nextBoolean())
            serves.remove(Callers.SERVED.get(random.nextInt(Callers.SERVED.size())));
        return serves;
    }

    // ---- Time

    long nanos() {
        return nanos;
    }

    void advance(Duration by) {
        nanos += by.toNanos();
    }

    // ---- Processes

    long nextPid() {
        return ++pids;
    }

    boolean alive(long pid) {
        return seats.stream().anyMatch(s -> s.process != null && s.process.pid() == pid);
    }

    boolean alive(String worker) {
        return seats.stream().anyMatch(s -> s.process != null && s.process.id.equals(worker));
    }

    List<SimProcess> living() {
        var living = new ArrayList<SimProcess>();
        for (Seat seat : seats) if (seat.process != null && !seat.paused) living.add(seat.process);
        return living;
    }

    void startAt(Seat seat) {
        var process = new SimProcess(this, seat);
        say(process, () -> "starts");
        seat.process = process;
        try {
            acting(process, process::start);
        } catch (PawlException e) {
            kill(process);
        }
    }

    void kill(SimProcess process) {
        if (process.seat.process != process) return;
        say(process, () -> "is dead");
        process.die();
        process.seat.process = null;
        process.seat.paused = false;
        judge.failed("a crash of " + process);
    }

    // ---- Steps

    void step() {
        steps++;
        int dice = random.nextInt(100);
        if (dice < 12) passTime();
        else if (dice < 92) turn();
        else upheaval();
    }

    /** Other processes, and other loops of the same one, may get their turn here. */
    void interleave() {
        if (acting.size() > DEPTH_MAX || random.nextDouble() >= weather.interleavings) return;
        trace.indent(1);
        try {
            turn();
        } finally {
            trace.indent(-1);
        }
    }

    private void turn() {
        List<SimProcess> living = living();
        if (living.isEmpty()) return;
        SimProcess process = living.get(random.nextInt(living.size()));
        if (process.loops.isEmpty() || random.nextInt(6) == 0) {
            acting(process, () -> callers.act(process));
        } else if (!process.handlers.idle() && random.nextInt(3) == 0) {
            process.handlers.step();
        } else {
            stepLoop(process, process.loops.get(random.nextInt(process.loops.size())));
        }
    }

    /** A loop's step, as its thread would do it: what it throws is over with it. */
    void stepLoop(SimProcess process, Loop loop) {
        boolean dead = process.seat.process != process;
        if (dead || !stepping.add(loop)) return;
        try {
            acting(
                    process,
                    () -> {
                        try {
                            process.step(loop);
                        } catch (PawlException e) {
                            say(process, () -> loop.name() + " waits: " + e.getMessage());
                        }
                    });
        } finally {
            stepping.remove(loop);
        }
    }

    /** Lets the process do that; a crash ends it, and with it all that it was doing. */
    private void acting(SimProcess process, Runnable act) {
        acting.add(process);
        boolean crashed = false;
        try {
            act.run();
        } catch (Crash e) {
            crashed = true;
            kill(e.process);
            if (e.process != process) throw e;
        } finally {
            acting.removeLast();
        }
        // What called from the same process is gone as well.
        if (crashed && acting.contains(process)) throw new Crash(process);
    }

    private void passTime() {
        int dice = random.nextInt(20);
        long millis = dice < 14 ? random.nextInt(400) : random.nextInt(dice < 19 ? 4_000 : 30_000);
        advance(Duration.ofMillis(millis).plusNanos(random.nextInt(1_000_000)));
        trace.line(() -> "time: +" + millis + " ms");
    }

    private void upheaval() {
        Seat seat = seats.get(random.nextInt(seats.size()));
        SimProcess process = seat.process;
        if (process == null) {
            startAt(seat);
            return;
        }
        int dice = random.nextInt(11);
        if (dice == 10) {
            outlast(seat, process);
        } else if (dice < 2 && weather.wild()) {
            say(process, () -> "is killed");
            kill(process);
        } else if (dice == 2) {
            say(process, () -> "is told to stop");
            process.drain();
        } else if (dice < 7) {
            seat.paused = !seat.paused && random.nextInt(3) > 0;
            say(process, () -> seat.paused ? "is paused" : "goes on");
        } else if (dice == 7) {
            Duration jump = Duration.ofMillis(random.nextInt(-20_000, 20_000));
            seat.time.jump(jump);
            say(process, () -> "wall clock jumps by " + jump);
        } else if (dice == 8) {
            Duration sleep = Duration.ofMillis(random.nextInt(25_000));
            seat.time.suspended(sleep);
            say(process, () -> "its machine was suspended for " + sleep);
        } else if (process.draining() && process.handlers.idle()) {
            kill(process);
        }
    }

    /** The process stands still for longer than its leases last, and others look after them. */
    private void outlast(Seat seat, SimProcess process) {
        say(process, () -> "stands still for longer than a lease");
        seat.paused = true;
        for (int i = 0; i < 6 && seat.process == process; i++) {
            advance(Duration.ofMillis(2_500 + random.nextInt(400)));
            for (SimProcess other : living())
                for (Loop loop : other.loops)
                    if (LOOKS_AFTER.contains(loop.name())) stepLoop(other, loop);
        }
        seat.paused = random.nextBoolean();
    }

    // ---- Calls that come again

    void remember(Op<?> op) {
        if (op instanceof Op.Take || op instanceof Op.Discard) return;
        recent.add(op);
        if (recent.size() > REMEMBERED) recent.removeFirst();
    }

    /** An earlier call comes again, late. */
    void again(SimProcess process) {
        if (recent.isEmpty()) return;
        Op<?> op = recent.get(random.nextInt(recent.size()));
        if (op instanceof Op.Register || op instanceof Op.Forfeit) return;
        say(process, () -> "an earlier call again:");
        process.store.write(op);
    }

    /** A lease as somebody saw it. */
    void seen(List<Lease> leases) {
        for (Lease lease : leases) {
            seen.add(lease);
            if (seen.size() > REMEMBERED) seen.removeFirst();
        }
    }

    /** Somebody decided long ago to take this lease back; it has been renewed since. */
    void reclaimLate(SimProcess process) {
        for (Lease old : seen) {
            var row = judge.picture().leases.get(old.id().value());
            if (row == null || row.until() == old.until().toEpochMilli()) continue;
            say(process, () -> "a late reclaim:");
            process.engine.reclaim(old);
            return;
        }
    }

    void say(SimProcess process, Supplier<String> text) {
        trace.line(() -> "%4d %8.3fs %s %s".formatted(steps, nanos / 1e9, process, text.get()));
    }

    @Override
    public void close() throws SQLException {
        for (Seat seat : seats) if (seat.process != null) seat.process.close();
        judge.close();
    }
}
