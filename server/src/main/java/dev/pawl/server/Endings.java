package dev.pawl.server;

import dev.pawl.core.Engine;
import dev.pawl.core.EngineListener;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.Time;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Waits for jobs to end. A worker of the same process is heard at once; for others, and for jobs
 * that end with another one, the store is asked now and then. Thread-safe.
 */
final class Endings implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Engine engine;
    private final Map<JobId, Set<Semaphore>> waiting = new ConcurrentHashMap<>();
    private final EngineListener listener =
            new EngineListener() {
                @Override
                public void jobEnded(JobId id) {
                    waiting.getOrDefault(id, Set.of()).forEach(Semaphore::release);
                }
            };

    Endings(Engine engine) {
        this.engine = engine;
        engine.listen(listener);
    }

    /** The job once it has ended, or as it is when the time is over; empty when there is none. */
    Optional<Job> await(JobId id, Duration atMost, Time time) throws InterruptedException {
        long deadline = time.nanos() + atMost.toNanos();
        var ended = new Semaphore(0);
        waiting.computeIfAbsent(id, _ -> ConcurrentHashMap.newKeySet()).add(ended);
        try {
            while (true) {
                Optional<Job> job = engine.store().find(id);
                long left = deadline - time.nanos();
                if (job.isEmpty() || job.get().state().ended() || left <= 0) return job;
                boolean _ = ended.tryAcquire(Math.min(left, LOOK.toNanos()), TimeUnit.NANOSECONDS);
            }
        } finally {
            waiting.computeIfPresent(
                    id,
                    (_, all) -> {
                        all.remove(ended);
                        return all.isEmpty() ? null : all;
                    });
        }
    }

    @Override
    public void close() {
        engine.unlisten(listener);
    }
}
