package dev.pawl.e2e;

import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Limit;
import dev.pawl.core.Outcome;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import dev.pawl.core.Written;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One of two processes that work on one SQLite file: eight threads submit, claim, end and cancel at
 * random. It prints what the store answered, a line each, for {@link TwoProcessesTest} to judge.
 */
final class StoreCrowd {
    static final int THREADS = 8;
    static final ToolId TOOL = new ToolId("crowd", "1");
    private static final Duration GO_POLL = Duration.ofMillis(5);

    private final Engine engine;
    private final String name;
    private final int rounds;
    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final Queue<JobId> mine = new ConcurrentLinkedQueue<>();

    private StoreCrowd(Engine engine, String name, int rounds) {
        this.engine = engine;
        this.name = name;
        this.rounds = rounds;
    }

    /**
     * Begins when the file {@code go} is there, so that both begin together.
     *
     * @param args folder of the data, name of this process, seed, rounds of each thread
     */
    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[0]);
        long seed = Long.parseLong(args[2]);
        var time = new SystemTime();
        try (var store = SqliteStore.open(SqliteOptions.of(data.resolve("pawl.db")), time);
                var artifacts = new FileArtifacts(data.resolve("artifacts"), time)) {
            var engine = new Engine(store, artifacts, time, new SplittableRandom(seed));
            var crowd = new StoreCrowd(engine, args[1], Integer.parseInt(args[3]));
            System.out.println("ready");
            while (!Files.exists(data.resolve("go"))) Thread.sleep(GO_POLL);
            crowd.mingle(seed);
            crowd.said.forEach(System.out::println);
        }
    }

    private void mingle(long seed) throws Exception {
        try (var pool = Executors.newFixedThreadPool(THREADS)) {
            var ends = new ArrayList<Future<?>>();
            for (int thread = 0; thread < THREADS; thread++) {
                var random = new SplittableRandom(seed * THREADS + thread);
                String worker = name + "-" + thread;
                ends.add(pool.submit(() -> mingle(worker, random)));
            }
            for (Future<?> end : ends) end.get();
        }
    }

    private void mingle(String worker, SplittableRandom random) {
        for (int i = 0; i < rounds; i++) {
            switch (random.nextInt(4)) {
                case 0 -> submit(random);
                case 1 -> cancel(random);
                default -> work(worker, random);
            }
        }
    }

    private void submit(SplittableRandom random) {
        var job = Submission.of(TOOL, "{}").retry(RetryPolicy.defaults().withAttempts(1_000));
        if (random.nextBoolean()) job.limit(new Limit("shared", 3));
        for (Submitted answer : engine.submit(List.of(job.build(), job.build(), job.build()))) {
            if (!(answer instanceof Submitted.Accepted(var id, var _)))
                throw new IllegalStateException("refused: " + answer);
            mine.add(id);
            said.add("submitted " + id);
        }
    }

    private void cancel(SplittableRandom random) {
        List<JobId> known = List.copyOf(mine);
        if (known.isEmpty()) return;
        JobId id = known.get(random.nextInt(known.size()));
        if (!engine.cancel(id).orElseThrow().ended()) said.add("ended " + id);
    }

    private void work(String worker, SplittableRandom random) {
        var want = Claim.Want.of(Set.of(TOOL), random.nextInt(1, 5));
        var lease = new LeaseId(UUID.randomUUID());
        var claim = new Claim(lease, worker, Duration.ofMinutes(5), List.of(want), Set.of());
        for (ClaimedJob job : engine.claim(claim).jobs()) {
            said.add("claimed %s %d".formatted(job.id(), job.token().attempt()));
            int what = random.nextInt(5);
            var end =
                    switch (what) {
                        case 0 -> engine.release(job, worker);
                        case 1 ->
                                engine.ending(
                                        job, worker, Outcome.failed(ErrorClass.TRANSIENT, "again"));
                        default ->
                                engine.ending(job, worker, new Outcome.Succeeded("1", List.of()));
                    };
            Written written = engine.end(List.of(end)).getFirst();
            if (written instanceof Written.LeaseLost) engine.store().stopped(job.token());
            else if (what > 1) said.add("ended " + job.id());
        }
    }
}
