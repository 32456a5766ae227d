package dev.pawl.app.cli;

import dev.pawl.api.JobView;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.EngineListener;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.tool.Tools;
import dev.pawl.worker.Worker;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs one job and its children in this process, shows how it is doing, and sees it to its end,
 * also where another worker has taken it.
 */
final class Follow {
    private static final long LOOK_MILLIS = 100;

    private final Call call;
    private final Opened opened;
    private final JobId id;
    private final Duration timeout;
    private final Screen screen;
    private final Semaphore news = new Semaphore(0);
    private volatile Set<JobId> ours;

    /**
     * @param timeout zero for ever
     */
    Follow(Call call, Opened opened, JobId id, Duration timeout) {
        this.call = call;
        this.opened = opened;
        this.id = id;
        this.timeout = timeout;
        this.screen = call.screen();
        this.ours = Set.of(id);
    }

    /** Answers {@link ExitCode#SUCCEEDED} when the job has ended, however. */
    ExitCode toItsEnd(Tools tools, CtrlC ctrlC) throws InterruptedException {
        var listener =
                new EngineListener() {
                    @Override
                    public void jobEnded(JobId ended) {
                        if (ended.equals(id)) news.release();
                    }
                };
        opened.engine().listen(listener);
        if (!screen.terminal().err() && !screen.json()) screen.note("job " + id);
        ctrlC.cancelsBy(this::cancel);
        try (Workshop workshop =
                call.wiring()
                        .workshop(
                                call.configuration(),
                                opened,
                                tools,
                                serving -> serving.withOnly(() -> ours))) {
            refreshOurs(Jobs.find(opened.store(), id));
            workshop.start();
            return look(workshop.worker(), ctrlC);
        } finally {
            ctrlC.cancelsBy(() -> {});
            opened.engine().unlisten(listener);
        }
    }

    /** On the thread of the signal, where nobody else would tell what goes wrong. */
    private void cancel() {
        try {
            var _ = opened.engine().cancel(id);
        } catch (PawlException e) {
            screen.note("pawl: job %s is not cancelled: %s".formatted(id, e.getMessage()));
        }
        news.release();
    }

    private ExitCode look(Worker worker, CtrlC ctrlC) throws InterruptedException {
        Time time = call.outside().time();
        Store store = opened.store();
        var line = new ProgressLine(screen);
        long begun = time.nanos();
        try {
            while (true) {
                Job job = Jobs.find(store, id);
                if (job.state().ended() && !job.stopping()) return ExitCode.SUCCEEDED;
                refreshOurs(job);
                Duration passed = Duration.ofNanos(time.nanos() - begun);
                line.draw(JobView.of(job), passed);
                if (missesSomething(job, worker)) {
                    line.clear();
                    return refuse();
                }
                if (!timeout.isZero() && passed.compareTo(timeout) > 0 && !ctrlC.pressed()) {
                    line.clear();
                    return timedOut(job);
                }
                boolean _ = news.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } finally {
            line.clear();
        }
    }

    /** The job, its children, and the leader it follows, whose result is its own. */
    private void refreshOurs(Job job) {
        var jobs = new HashSet<JobId>(Set.of(id));
        jobs.addAll(opened.store().children(id));
        if (job.state() instanceof JobState.Waiting(var on, var follower) && follower)
            jobs.addAll(on);
        if (jobs.equals(ours)) return;
        ours = Set.copyOf(jobs);
    }

    /** Whether this machine lacks something that the job's tool needs: it would wait for ever. */
    private boolean missesSomething(Job job, Worker worker) {
        if (!(job.state() instanceof JobState.Queued(_, var attempt, _)) || attempt == 0)
            return false;
        List<AttemptEnd> history = opened.store().history(id);
        if (history.isEmpty()) return false;
        AttemptEnd last = history.getLast();
        return last.worker().equals(worker.id())
                && last.kind().filter(kind -> kind == ErrorClass.CONFIGURATION).isPresent();
    }

    private ExitCode refuse() {
        String message = opened.store().history(id).getLast().message();
        var _ = opened.engine().cancel(id);
        screen.note("pawl: %s (job %s is cancelled)".formatted(Screen.clean(message), id));
        return ExitCode.REFUSED;
    }

    private ExitCode timedOut(Job job) {
        screen.note(
                "pawl: job %s is still %s after %s; it stays: `pawl worker` runs it, `pawl jobs cancel` ends it"
                        .formatted(
                                id,
                                job.state().name().wire(),
                                dev.pawl.app.config.Durations.shown(timeout)));
        return ExitCode.TIMED_OUT;
    }
}
