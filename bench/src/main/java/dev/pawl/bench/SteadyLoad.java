package dev.pawl.bench;

import dev.pawl.testkit.PostgresServer;
import java.util.List;

/**
 * A process that submits at a steady rate, and one that works: whether the second keeps up with the
 * first, and how long its claims take.
 */
enum SteadyLoad implements PawlScenario {
    PLAIN(10_000, 60) {
        @Override
        public String measure(PostgresServer server, Setting setting) throws Exception {
            return load(server, seconds(setting), false);
        }
    },
    /** While another connection holds a snapshot, and without, on a database each. */
    HELD(5_000, 180) {
        @Override
        public String measure(PostgresServer server, Setting setting) throws Exception {
            String clean = load(server, seconds(setting), false);
            return load(server, seconds(setting), true) + "; clean: " + clean;
        }
    };

    private final int perSecond;
    private final int seconds;

    SteadyLoad(int perSecond, int seconds) {
        this.perSecond = perSecond;
        this.seconds = seconds;
    }

    /** As many as the jobs that the command says need, an even number. */
    int seconds(Setting setting) {
        return 2 * Math.max(1, setting.jobsOr(perSecond * seconds) / perSecond / 2);
    }

    String load(PostgresServer server, int seconds, boolean held) throws Exception {
        String url = server.freshDatabase();
        try (var producer = PostgresPeers.loader(PeerKind.pawl(), url, 2);
                var worker = PeerProcess.start(PeerKind.timed(), url)) {
            worker.tell("work");
            // Both get warm before it counts.
            producer.ask(
                    "steadily %d %d".formatted(perSecond, Math.max(1, Math.min(seconds, 60) / 6)));
            PostgresPeers.awaitEnds(url);
            try (AutoCloseable _ = held ? DrainBeside.HELD.hold(url) : () -> {}) {
                return load(server, url, producer, worker, seconds);
            }
        } finally {
            server.drop(url);
        }
    }

    private String load(
            PostgresServer server,
            String url,
            PeerProcess producer,
            PeerProcess worker,
            int seconds)
            throws Exception {
        int before = worker.count();
        Cost begun = Cost.now(server, List.of(producer, worker));
        String half = "steadily %d %d".formatted(perSecond, seconds / 2);
        long nanos = producer.ask(half);
        long halfway = PostgresPeers.unfinished(url);
        nanos += producer.ask(half);
        int started = worker.count() - before;
        long left = PostgresPeers.unfinished(url);
        Cost ended = Cost.now(server, List.of(producer, worker));
        return ("%,d jobs/s wanted: %,.0f/s submitted and %,.0f/s started in %.1f s; unfinished %,d"
                    + " halfway and %,d at the end; %s; claims of the first third %s, of the last"
                    + " %s")
                .formatted(
                        perSecond,
                        perSecond * seconds * 1e9 / nanos,
                        started * 1e9 / nanos,
                        nanos / 1e9,
                        halfway,
                        left,
                        ended.since(begun, perSecond * seconds),
                        claims(worker, begun.nanos(), nanos / 3),
                        claims(worker, ended.nanos() - nanos / 3, nanos / 3));
    }

    private static String claims(PeerProcess worker, long from, long nanos) {
        long[] took =
                worker.claims.stream()
                        .filter(claim -> claim.at() >= from && claim.at() < from + nanos)
                        .mapToLong(PeerProcess.Claimed::took)
                        .sorted()
                        .toArray();
        if (took.length == 0) return "none";
        return "p50 %.2f ms, p99 %.2f ms (n=%,d)"
                .formatted(
                        took[took.length / 2] / 1e6,
                        took[took.length * 99 / 100] / 1e6,
                        took.length);
    }
}
