package dev.pawl.bench;

import dev.pawl.testkit.PostgresOptions;
import dev.pawl.testkit.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Job systems on one PostgreSQL, side by side in the same run: each in processes of its own, on a
 * fresh database, with durable commits. Beside each rate the CPU of its processes and of the
 * server, and the log that the server wrote.
 */
final class PostgresPeers implements Main.Benchmark {
    /** What a run without a word about it measures. */
    private static final List<String> SCENARIOS =
            List.of("drain", "four", "submit", "bulk", "pickup", "limits");

    /** What Pawl alone is measured at in several settings. */
    private static final Map<String, List<PeerKind>> SETTINGS =
            Map.of(
                    "limits", Arrays.stream(PawlLimits.values()).map(PeerKind::limited).toList(),
                    "tools", Stream.of(1, 2, 8, 40).map(PeerKind::spread).toList());

    /** What Pawl alone is measured at, when it is asked for. */
    private static final Map<String, PawlScenario> ALONE =
            Map.of(
                    "idle", new IdleStatements(),
                    "beside-future", DrainBeside.FUTURE,
                    "beside-unserved", DrainBeside.UNSERVED,
                    "after-finished", DrainBeside.FINISHED,
                    "held", DrainBeside.HELD,
                    "steady", SteadyLoad.PLAIN,
                    "steady-held", SteadyLoad.HELD,
                    "pages", new PostgresPages());

    private static final int JOBS = 200_000;
    private static final Duration DRAIN_MAX = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final String SIZE = "SELECT pg_database_size(current_database())";
    private static final Duration LOOK = Duration.ofMillis(200);
    static final PostgresOptions SERVER =
            PostgresOptions.defaults()
                    .withDurable()
                    .withSetting("shared_buffers", "1GB")
                    .withSetting("max_wal_size", "4GB");

    static boolean knows(String scenario) {
        return SCENARIOS.contains(scenario)
                || SETTINGS.containsKey(scenario)
                || ALONE.containsKey(scenario);
    }

    @Override
    public void run(Setting setting) throws Exception {
        List<String> scenarios = setting.scenarios().isEmpty() ? SCENARIOS : setting.scenarios();
        try (var server = PostgresServer.start(SERVER)) {
            System.out.println("server:  PostgreSQL " + SERVER.version().number() + " " + SERVER);
            var kinds = new ArrayList<>(List.of(PeerKind.pawl()));
            if (!ALONE.keySet().containsAll(scenarios)) kinds.addAll(kinds(setting));
            train(server, kinds);
            for (String scenario : scenarios)
                for (int run = 1; run <= setting.runs(); run++) run(server, scenario, run, setting);
        }
    }

    private static void run(PostgresServer server, String scenario, int run, Setting setting)
            throws Exception {
        PawlScenario alone = ALONE.get(scenario);
        if (alone != null) {
            String said = alone.measure(server, setting);
            System.out.printf("%s pawl, run %d: %s%n", scenario, run, said);
            return;
        }
        List<PeerKind> settings = SETTINGS.get(scenario);
        for (PeerKind kind : settings == null ? kinds(setting) : settings) {
            int jobs = setting.jobsOr(JOBS) / kind.fewer();
            String said = measure(server, scenario, kind, jobs);
            System.out.printf("%s %s, run %d: %s%n", scenario, kind.name(), run, said);
        }
    }

    /** Makes the AOT cache of each program. */
    private static void train(PostgresServer server, List<PeerKind> kinds) throws Exception {
        var trained = new HashSet<String>();
        for (PeerKind kind : kinds)
            if (trained.add(kind.program().orElse(""))) {
                String url = server.freshDatabase();
                try {
                    PeerProcess.train(kind, url);
                } catch (IOException e) {
                    System.out.println(
                            kind.name() + " starts without an AOT cache: " + e.getMessage());
                } finally {
                    server.drop(url);
                }
            }
    }

    private static List<PeerKind> kinds(Setting setting) {
        List<PeerKind> wanted = new ArrayList<>();
        for (PeerKind kind : PeerKind.all())
            if (setting.peers().isEmpty()
                    || setting.peers().stream().anyMatch(kind.name()::startsWith)) {
                if (kind.there()) wanted.add(kind);
                else System.out.println(kind.name() + " is left out: it is not installed");
            }
        return wanted;
    }

    private static String measure(PostgresServer server, String scenario, PeerKind kind, int jobs)
            throws Exception {
        String url = server.freshDatabase();
        try {
            return switch (scenario) {
                case "drain", "limits", "tools" -> drain(server, url, kind, jobs, 1);
                case "four" -> drain(server, url, kind, jobs, 4);
                case "submit" -> submits(server, url, kind, Math.max(64, jobs / 20));
                case "bulk" -> bulk(server, url, kind, jobs / 2);
                case "pickup" -> pickup(url, kind, Math.max(20, jobs / 200));
                default -> throw new IllegalArgumentException(scenario);
            };
        } finally {
            server.drop(url);
        }
    }

    /**
     * What came of a drain.
     *
     * @param said in words
     */
    record Drained(double perSecond, String said) {}

    private static String drain(
            PostgresServer server, String url, PeerKind kind, int jobs, int processes)
            throws Exception {
        load(kind, url, jobs);
        return drained(server, url, kind, jobs, processes).said();
    }

    /** Stores jobs, and leaves the database as after a while. */
    static void load(PeerKind kind, String url, int jobs) throws Exception {
        try (var loader = loader(kind, url, 2)) {
            loader.ask("bulk " + jobs);
        }
        settle(url);
    }

    /** From the command to work until the last handler has started. */
    static Drained drained(
            PostgresServer server, String url, PeerKind kind, int jobs, int processes)
            throws Exception {
        List<PeerProcess> workers = new ArrayList<>();
        long size = ask(url, SIZE);
        try {
            for (int i = 0; i < processes; i++) workers.add(PeerProcess.start(kind, url));
            Cost begun = Cost.now(server, workers);
            for (PeerProcess worker : workers) worker.tell("work");
            int fifth = await(workers, jobs / 5, begun.nanos());
            Cost after = Cost.now(server, workers);
            int wanted = PawlLimits.of(kind.name()).counted(jobs);
            int all = await(workers, wanted, begun.nanos());
            Cost ended = Cost.now(server, workers);
            long last = workers.stream().mapToLong(PeerProcess::last).max().orElseThrow();
            if (all <= fifth)
                return new Drained(0, "%,d of %,d jobs in %s".formatted(all, jobs, DRAIN_MAX));
            double rate = rate(all, last - begun.nanos());
            return new Drained(
                    rate,
                    "%,.0f jobs/s (n=%,d%s), %s; after the first fifth %,.0f jobs/s, %s; database %,d MiB before, %,d after"
                            .formatted(
                                    rate,
                                    all,
                                    all < wanted ? ", then out of time" : "",
                                    ended.since(begun, all),
                                    rate(all - fifth, last - after.nanos()),
                                    ended.since(after, all - fifth),
                                    size >> 20,
                                    ask(url, SIZE) >> 20));
        } finally {
            workers.forEach(PeerProcess::close);
        }
    }

    /** Jobs of Pawl's that could run now, or do. */
    static long unfinished(String url) throws SQLException {
        return ask(
                url,
                "SELECT (SELECT count(*) FROM pawl.ready) + (SELECT count(*) FROM pawl.running)");
    }

    /** Waits until there is none. */
    static void awaitEnds(String url) throws Exception {
        while (unfinished(url) > 0) Jobs.TIME.sleep(LOOK);
    }

    /** The one number that a query answers. */
    static long ask(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Waits until so many jobs have started, or time is up; answers how many have. */
    private static int await(List<PeerProcess> workers, int jobs, long begun) throws Exception {
        while (true) {
            int count = workers.stream().mapToInt(PeerProcess::count).sum();
            if (count >= jobs || Jobs.TIME.nanos() - begun > DRAIN_MAX.toNanos()) return count;
            if (!workers.stream().allMatch(PeerProcess::alive))
                throw new IllegalStateException("a worker ended; its log is in .build/peers");
            Jobs.TIME.sleep(POLL);
        }
    }

    private static String submits(PostgresServer server, String url, PeerKind kind, int jobs)
            throws Exception {
        var said = new ArrayList<String>();
        for (int clients : new int[] {1, 10, 64})
            try (var peer = clients == 1 ? loader(kind, url, 1) : connected(kind, url, clients)) {
                peer.ask("submit %d %d".formatted(clients, Math.max(clients, jobs / 5)));
                Cost begun = Cost.now(server, List.of(peer));
                long nanos = peer.ask("submit %d %d".formatted(clients, jobs));
                Cost ended = Cost.now(server, List.of(peer));
                said.add(
                        "%d client%s %,.0f/s, %s"
                                .formatted(
                                        clients,
                                        clients == 1 ? "" : "s",
                                        rate(jobs, nanos),
                                        ended.since(begun, jobs)));
            }
        return String.join("; ", said) + " (n=%,d)".formatted(jobs);
    }

    private static String bulk(PostgresServer server, String url, PeerKind kind, int jobs)
            throws Exception {
        try (var peer = loader(kind, url, 2)) {
            peer.ask("bulk " + Math.max(1, jobs / 10));
            Cost begun = Cost.now(server, List.of(peer));
            long nanos = peer.ask("bulk " + jobs);
            Cost ended = Cost.now(server, List.of(peer));
            return "%,.0f jobs/s (n=%,d), %s"
                    .formatted(rate(jobs, nanos), jobs, ended.since(begun, jobs));
        }
    }

    /** From a submit's answer in one process to the handler's start in another, on an idle one. */
    private static String pickup(String url, PeerKind kind, int jobs) throws Exception {
        if (!kind.woken()) return "not measured: it polls, or is no job system";
        try (var client = loader(kind, url, 1);
                var worker = PeerProcess.start(kind, url)) {
            worker.ask("each");
            client.ask("slowly " + jobs / 3);
            until(worker, client);
            client.answered.clear();
            worker.started.clear();
            client.ask("slowly " + jobs);
            until(worker, client);
            List<Long> nanos = new ArrayList<>();
            client.answered.forEach((number, answered) -> {
                Long started = worker.started.get(number);
                if (started != null) nanos.add(Math.max(0, started - answered));
            });
            Collections.sort(nanos);
            return String.format(
                    Locale.ROOT,
                    "p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, max %.2f ms (n=%d)",
                    nanos.get(nanos.size() / 2) / 1e6,
                    nanos.get(nanos.size() * 95 / 100) / 1e6,
                    nanos.get(nanos.size() * 99 / 100) / 1e6,
                    nanos.getLast() / 1e6,
                    nanos.size());
        }
    }

    private static void until(PeerProcess worker, PeerProcess client) throws Exception {
        long begun = Jobs.TIME.nanos();
        while (!worker.started.keySet().containsAll(client.answered.keySet())) {
            if (Jobs.TIME.nanos() - begun > DRAIN_MAX.toNanos())
                throw new IllegalStateException("a job was never started");
            Jobs.TIME.sleep(POLL);
        }
    }

    /** On a new database: makes the tables first. */
    static PeerProcess loader(PeerKind kind, String url, int clients) throws Exception {
        try (var first = PeerProcess.start(kind, url)) {
            first.ask("migrate");
        }
        return connected(kind, url, clients);
    }

    private static PeerProcess connected(PeerKind kind, String url, int clients) throws Exception {
        var peer = PeerProcess.start(kind, url);
        peer.ask("connect " + clients);
        return peer;
    }

    /** As after a while: statistics are there, and what the load left to write is written. */
    static void settle(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("VACUUM (ANALYZE)");
            statement.execute("CHECKPOINT");
        }
    }

    private static double rate(int jobs, long nanos) {
        return jobs * 1e9 / nanos;
    }
}
