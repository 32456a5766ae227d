package dev.pawl.worker;

import dev.pawl.core.Engine;
import dev.pawl.core.EngineListener;
import dev.pawl.core.JobId;
import dev.pawl.core.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Waits for jobs to be over, wherever they run. Woken at once by what ends in this process, by
 * polling otherwise; one query looks at a thousand jobs. Thread-safe.
 */
public final class Waiting {
    private final Engine engine;
    private final Time time;

    public Waiting(Engine engine, Time time) {
        this.engine = engine;
        this.time = time;
    }

    /** Blocks until the job is over or {@code options} give up. */
    public Waited one(JobId job, WaitOptions options) throws InterruptedException {
        return all(List.of(job), options, _ -> {});
    }

    /**
     * Blocks until all of the jobs are over or {@code options} give up.
     *
     * @param progress told in this thread at the first look and whenever a job has moved
     */
    public Waited all(Collection<JobId> jobs, WaitOptions options, Consumer<Tally> progress)
            throws InterruptedException {
        var wait = new Wait(engine.store(), time, jobs, options, progress);
        var signal = new Signal();
        var wanted = Set.copyOf(jobs);
        var left = new AtomicInteger(wanted.size());
        var listener =
                new EngineListener() {
                    @Override
                    public void jobEnded(JobId id) {
                        // While many are left, a look per ended job would cost more than the jobs.
                        if (wanted.contains(id) && left.decrementAndGet() < Wait.BATCH)
                            signal.raise();
                    }
                };
        engine.listen(listener);
        try {
            while (true) {
                Optional<Waited> end = wait.look();
                if (end.isPresent()) return end.get();
                Duration rest = wait.rest();
                signal.await(rest);
            }
        } finally {
            engine.unlisten(listener);
        }
    }
}
