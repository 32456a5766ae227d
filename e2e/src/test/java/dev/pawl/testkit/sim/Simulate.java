package dev.pawl.testkit.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** {@code ./sim}: replays one seed with a trace, or tries many. */
final class Simulate {
    private static final String USAGE =
            """
            ./sim SEED [STEPS]            runs that seed again and prints what happened
            ./sim --seeds FROM-TO [STEPS] runs these seeds and prints those that break an invariant
            ./sim --new COUNT [STEPS]     runs that many seeds nobody has run before
            ./sim --postgres FROM-TO [STEPS] the same on a PostgreSQL of its own
            ./sim --planted               finds the first seed that shows each planted bug, and notes it
            """;

    /** Where the runs of seeds take place. */
    private interface Runs {
        Simulation.Result run(long seed, int steps, Trace trace);
    }

    private Simulate() {}

    public static void main(String[] arguments) throws IOException {
        var words = new ArrayList<>(List.of(arguments));
        if (words.isEmpty() || words.size() > 3) {
            System.err.print(USAGE);
            System.exit(64);
        }
        Path folder = folder();
        int broken;
        try {
            var simulation = new Simulation(folder);
            broken =
                    switch (words.getFirst()) {
                        case "--seeds" -> range(simulation::run, words);
                        case "--postgres" -> {
                            try (var ground = PostgresGround.make()) {
                                yield range(ground::run, words);
                            }
                        }
                        case "--new" -> {
                            long count = Long.parseLong(words.get(1));
                            long from = new SplittableRandom().nextLong(1L << 40);
                            yield many(simulation::run, from, from + count - 1, 1, steps(words, 2));
                        }
                        case "--planted" -> planted(folder);
                        default ->
                                replay(simulation, Long.parseLong(words.get(0)), steps(words, 1));
                    };
        } finally {
            delete(folder);
        }
        System.exit(broken == 0 ? 0 : 1);
    }

    private static int steps(List<String> words, int index) {
        return words.size() > index ? Integer.parseInt(words.get(index)) : Simulation.STEPS;
    }

    private static int replay(Simulation simulation, long seed, int steps) {
        var trace = new Trace(true);
        Simulation.Result result = simulation.run(seed, steps, trace);
        trace.lines().forEach(System.out::println);
        Violation violation = result.violation();
        if (violation == null) {
            System.out.printf("seed %d: all invariants held in %d calls%n", seed, result.calls());
            return 0;
        }
        System.out.println(trace.readable(String.valueOf(violation.getMessage())));
        if (violation.getCause() != null) violation.getCause().printStackTrace(System.out);
        return 1;
    }

    private static int range(Runs runs, List<String> words) {
        String[] range = words.get(1).split("-", 2);
        long from = Long.parseLong(range[0]);
        long to = Long.parseLong(range[range.length - 1]);
        return many(runs, from, to, 1, steps(words, 2));
    }

    private static int many(Runs runs, long from, long to, long by, int steps) {
        long begun = System.nanoTime();
        long calls = 0;
        long rounds = 0;
        int broken = 0;
        for (long seed = from; seed <= to; seed += by) {
            Simulation.Result result = runs.run(seed, steps, new Trace(false));
            calls += result.calls();
            rounds += result.rounds();
            if (result.violation() == null) continue;
            broken++;
            System.out.printf(
                    "%s%n    @Test void seed%d() { run(%dL, %d); }%n",
                    result.violation().getMessage(), seed, seed, steps);
        }
        System.out.printf(
                "seeds %d-%d, %d steps, %d rounds and %d calls: %d broken, %.1f s%n",
                from,
                to,
                steps * (to - from + 1),
                rounds,
                calls,
                broken,
                (System.nanoTime() - begun) / 1e9);
        return broken;
    }

    private static int planted(Path folder) throws IOException {
        int missed = 0;
        Path root = Path.of("").toAbsolutePath();
        try (var stages = new Stages(folder)) {
            for (PlantedBug bug : PlantedBug.all(root)) {
                Path classes = Files.createTempDirectory(folder, bug.name());
                long found = bug.find(root, classes, stages);
                if (found < 0) missed++;
                else bug.remember(found);
                System.out.printf("%s: %s by seed %d%n", bug.name(), bug.invariant(), found);
            }
        }
        return missed;
    }

    /** In memory where there is such a folder: what a power failure takes is not simulated. */
    static Path folder() throws IOException {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "pawl-sim")
                : Files.createTempDirectory("pawl-sim");
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
