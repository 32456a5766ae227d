package dev.pawl.app.cli;

import dev.pawl.api.JobView;
import dev.pawl.app.config.Durations;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Shows how a job on a server is doing, and sees it to its end. */
final class FollowServer {
    private final Call call;
    private final Target target;
    private final JobId id;
    private final Duration timeout;
    private final Screen screen;
    private int told;

    /**
     * @param timeout zero for ever
     */
    FollowServer(Call call, Target target, JobId id, Duration timeout) {
        this.call = call;
        this.target = target;
        this.id = id;
        this.timeout = timeout;
        this.screen = call.screen();
    }

    /** Answers {@link ExitCode#SUCCEEDED} when the job has ended, however. */
    ExitCode toItsEnd(CtrlC ctrlC) throws InterruptedException {
        if (!screen.terminal().err() && !screen.json()) screen.note("job " + id);
        ctrlC.cancelsBy(this::cancel);
        var line = new ProgressLine(screen);
        Time time = call.outside().time();
        long begun = time.nanos();
        try {
            while (true) {
                JobView job = target.awhile(id);
                if (job.ended() && !job.stopping()) return ExitCode.SUCCEEDED;
                Duration passed = Duration.ofNanos(time.nanos() - begun);
                tellFailures(job, line);
                line.draw(job, passed);
                if (!timeout.isZero() && passed.compareTo(timeout) > 0 && !ctrlC.pressed()) {
                    line.clear();
                    return timedOut(job);
                }
            }
        } finally {
            line.clear();
            ctrlC.cancelsBy(() -> {});
        }
    }

    /** What went wrong on the way: somebody may have to install something over there. */
    private void tellFailures(JobView job, ProgressLine line) {
        for (JsonNode attempt : job.attempts()) {
            int number = attempt.path("attempt").intValue(0);
            String kind = attempt.path("error_class").stringValue("");
            if (number <= told || kind.isEmpty()) continue;
            told = number;
            line.clear();
            screen.note(
                    "attempt %d: %s: %s"
                            .formatted(
                                    number,
                                    kind,
                                    Screen.clean(attempt.path("message").stringValue(""))));
        }
    }

    /** On the thread of the signal, where nobody else would tell what goes wrong. */
    private void cancel() {
        try {
            JobState.Name _ = target.cancel(id);
        } catch (PawlException e) {
            screen.note("pawl: job %s is not cancelled: %s".formatted(id, e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ExitCode timedOut(JobView job) {
        screen.note(
                "pawl: job %s is still %s after %s; it goes on, `pawl jobs cancel` ends it"
                        .formatted(id, job.state().wire(), Durations.shown(timeout)));
        return ExitCode.TIMED_OUT;
    }
}
