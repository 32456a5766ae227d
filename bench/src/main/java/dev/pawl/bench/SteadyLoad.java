package dev.pawl.bench;

import dev.pawl.testkit.PostgresServer;
import java.util.List;

/**
 * A process that submits at a steady rate, and one that works: whether the second keeps up with the
 * first.
 */
final class SteadyLoad implements PawlScenario {
    private static final int PER_SECOND = 10_000;
    private static final int JOBS = 60 * PER_SECOND;

    @Override
    public String measure(PostgresServer server, Setting setting) throws Exception {
        int half = Math.max(1, setting.jobsOr(JOBS) / PER_SECOND / 2);
        int jobs = 2 * half * PER_SECOND;
        String url = server.freshDatabase();
        try (var producer = PostgresPeers.loader(PeerKind.pawl(), url, 2);
                var worker = PeerProcess.start(PeerKind.pawl(), url)) {
            worker.tell("work");
            // Both get warm before it counts.
            producer.ask("steadily %d %d".formatted(PER_SECOND, Math.max(1, half / 3)));
            PostgresPeers.awaitEnds(url);
            int before = worker.count();
            Cost begun = Cost.now(server, List.of(producer, worker));
            long nanos = producer.ask("steadily %d %d".formatted(PER_SECOND, half));
            long halfway = PostgresPeers.unfinished(url);
            nanos += producer.ask("steadily %d %d".formatted(PER_SECOND, half));
            int started = worker.count() - before;
            long left = PostgresPeers.unfinished(url);
            Cost ended = Cost.now(server, List.of(producer, worker));
            return ("%,d jobs/s wanted: %,.0f/s submitted and %,.0f/s started in %.1f s; unfinished"
                            + " %,d halfway and %,d at the end; %s")
                    .formatted(
                            PER_SECOND,
                            jobs * 1e9 / nanos,
                            started * 1e9 / nanos,
                            nanos / 1e9,
                            halfway,
                            left,
                            ended.since(begun, jobs));
        } finally {
            server.drop(url);
        }
    }
}
