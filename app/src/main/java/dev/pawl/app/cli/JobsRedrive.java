package dev.pawl.app.cli;

import dev.pawl.core.JobState;

/** {@code pawl jobs redrive}. */
public final class JobsRedrive implements Command {
    @Override
    public String name() {
        return "jobs redrive";
    }

    @Override
    public String summary() {
        return "Sends dead or cancelled jobs back to their queue.";
    }

    @Override
    public String operands() {
        return "JOB...";
    }

    @Override
    public ExitCode run(Call call) {
        return new JobsAct(
                        "redriven",
                        "dead or cancelled",
                        state ->
                                state instanceof JobState.Dead
                                        || state instanceof JobState.Cancelled,
                        (opened, id) -> opened.engine().redrive(id))
                .run(call);
    }
}
