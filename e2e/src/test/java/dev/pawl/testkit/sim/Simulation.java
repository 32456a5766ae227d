package dev.pawl.testkit.sim;

import dev.pawl.core.JobId;
import dev.pawl.core.SystemTime;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import dev.pawl.worker.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the engine, the worker's loops and a real store, SQLite or PostgreSQL, on one thread, with
 * everything that can happen drawn from one seed: the same seed is the same run.
 *
 * <p>A run is a number of steps of one process each, in which calls are lost, processes crash and
 * clocks jump. Then nothing goes wrong any more, and everything that can end has to.
 */
final class Simulation {
    /** Enough for every planted bug, and few enough for a thousand seeds in each check. */
    static final int STEPS = 120;

    private static final int ROUNDS_MAX = 100;
    private static final int TURNS_MAX = 1_000;

    /**
     * How a run ended.
     *
     * @param violation null when all invariants held
     */
    record Result(
            long seed,
            int calls,
            int rounds,
            @org.jspecify.annotations.Nullable Violation violation) {}

    private final Path folder;
    private final Path template;

    /** Runs in this folder, which has to exist. */
    Simulation(Path folder) {
        this.folder = folder;
        this.template = folder.resolve("template.db");
        // Migrating takes longer than a run.
        if (!Files.exists(template))
            SqliteStore.open(SqliteOptions.of(template), new SystemTime()).close();
    }

    /** For a class loader of its own: the name of the invariant that broke, or empty text. */
    static String broken(long seed, String folder) {
        var simulation = new Simulation(Path.of(folder));
        Violation violation = simulation.run(seed, STEPS, new Trace(false)).violation();
        return violation == null ? "" : violation.invariant().name();
    }

    Result run(long seed, int steps, Trace trace) {
        Path file =
                folder.resolve("run-%d-%d.db".formatted(seed, Thread.currentThread().threadId()));
        try {
            Files.copy(template, file);
            try {
                return run(seed, steps, trace, new SqliteGround(file));
            } finally {
                delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same on that database, which has to be empty. */
    static Result run(long seed, int steps, Trace trace, Ground ground) {
        try (var world = new World(seed, ground, trace)) {
            return run(world, seed, steps);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Result run(World world, long seed, int steps) {
        Violation found = null;
        try {
            for (Seat seat : world.seats) world.startAt(seat);
            for (int i = 0; i < steps; i++) world.step();
            settle(world);
        } catch (Violation e) {
            found = e;
        } catch (RuntimeException | AssertionError e) {
            found = new Violation(Invariant.NO_BUG, e.toString());
            found.initCause(e);
        }
        return new Result(seed, world.judge.calls, world.rounds, found);
    }

    // ---- The end of a run

    private static void settle(World world) {
        world.trace.line(() -> "---- nothing goes wrong any more");
        world.weather.clear();
        Instant latest = Instant.MIN;
        for (Seat seat : world.seats)
            if (seat.time.instant().isAfter(latest)) latest = seat.time.instant();
        for (Seat seat : world.seats) {
            seat.time.set(latest.plusSeconds(1));
            seat.paused = false;
            if (seat.process != null && seat.process.draining()) world.kill(seat.process);
            if (seat.process == null) world.startAt(seat);
        }
        world.callers.resumeAll(world.living().getFirst());
        int round = 0;
        for (Set<JobId> left = unfinished(world);
                !left.isEmpty() || handlersRun(world);
                left = unfinished(world)) {
            if (round++ == ROUNDS_MAX)
                throw new Violation(Invariant.ENDS_AT_LAST, told(world, left));
            round(world);
        }
        world.rounds = round;
        whole(world);
    }

    /** Each loop steps as its thread would let it, and handlers end, until all rest. */
    private static void round(World world) {
        for (SimProcess process : world.living()) {
            int turns = 0;
            while (turn(world, process))
                if (turns++ == TURNS_MAX)
                    throw new Violation(Invariant.ENDS_AT_LAST, process + " never rests");
        }
        boolean busy =
                world.judge.picture().places.values().stream()
                        .anyMatch(p -> p.running() || p.where() == Place.Kind.READY);
        // Chores count time only between looks that follow each other closely.
        world.advance(Duration.ofMillis(busy ? 3_100 : 20_000));
    }

    private static boolean turn(World world, SimProcess process) {
        boolean busy = false;
        for (Loop loop : process.loops) {
            if (!process.wakes(loop)) continue;
            world.stepLoop(process, loop);
            busy = true;
        }
        return process.handlers.finishAll() || busy;
    }

    private static boolean handlersRun(World world) {
        return world.living().stream().anyMatch(process -> !process.handlers.idle());
    }

    /** What has to end: all but what nobody serves, and what waits for that. */
    private static Set<JobId> unfinished(World world) {
        Map<JobId, Place> places = world.judge.picture().places;
        var stuck = new HashSet<JobId>();
        int before;
        do {
            before = stuck.size();
            places.forEach((id, place) -> {
                if (!place.ended() && !stuck.contains(id) && isStuck(world, id, place, stuck))
                    stuck.add(id);
            });
        } while (stuck.size() > before);
        var left = new HashSet<JobId>();
        places.forEach((id, place) -> {
            if (!place.ended() && !stuck.contains(id)) left.add(id);
        });
        return left;
    }

    private static boolean isStuck(World world, JobId id, Place place, Set<JobId> stuck) {
        var submission = world.judge.ledger.submission(id);
        if (place.waiting())
            return place.other() != null
                    ? stuck.contains(place.other())
                    : submission.parents().stream().anyMatch(stuck::contains);
        return submission.tool().equals(Callers.UNSERVED);
    }

    private static String told(World world, Set<JobId> left) {
        var lines = new ArrayList<String>();
        for (JobId id : left)
            lines.add(
                    "%s %s %s"
                            .formatted(
                                    id,
                                    world.judge.picture().places.get(id),
                                    world.judge.ledger.submission(id)));
        for (SimProcess process : world.living())
            if (!process.handlers.idle()) lines.add("handlers of " + process);
        return "never end: " + lines;
    }

    private static void whole(World world) {
        List<String> faults = world.living().getFirst().violations();
        if (!faults.isEmpty()) throw new Violation(Invariant.STORE_WHOLE, faults.toString());
    }

    private static void delete(Path file) throws IOException {
        for (String end : List.of("", "-wal", "-shm"))
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + end));
    }
}
