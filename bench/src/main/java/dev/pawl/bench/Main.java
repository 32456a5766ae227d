package dev.pawl.bench;

import java.util.Map;
import java.util.TreeMap;

/** Runs one benchmark by its name; {@code bench/run} starts it. */
public final class Main {
    /** A benchmark prints its figures, each beside the raw limit of the same run. */
    interface Benchmark {
        void run(Setting setting) throws Exception;
    }

    private static final Map<String, Benchmark> ALL =
            new TreeMap<>(
                    Map.of(
                            "drain", new Drain(),
                            "submit", new Submits(),
                            "pickup", new Pickup(),
                            "beside", new Beside(),
                            "http", new HttpSubmits(),
                            "pages", new HttpPages(),
                            "listeners", new HttpListeners(),
                            "fronts", new HttpFronts(),
                            "postgres", new PostgresPeers()));

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Benchmark benchmark = arguments.length == 0 ? null : ALL.get(arguments[0]);
        if (benchmark == null) {
            System.err.println("want a benchmark: " + String.join(", ", ALL.keySet()));
            System.exit(2);
            return;
        }
        benchmark.run(Setting.of(arguments));
    }
}
