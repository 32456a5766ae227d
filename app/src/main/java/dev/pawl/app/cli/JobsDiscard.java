package dev.pawl.app.cli;

import dev.pawl.core.JobState;

/** {@code pawl jobs discard}. */
public final class JobsDiscard implements Command {
    @Override
    public String name() {
        return "jobs discard";
    }

    @Override
    public String summary() {
        return "Removes dead or cancelled jobs for good.";
    }

    @Override
    public String operands() {
        return "JOB...";
    }

    @Override
    public ExitCode run(Call call) {
        return new JobsAct(
                        "discarded",
                        "dead or cancelled",
                        state ->
                                state instanceof JobState.Dead
                                        || state instanceof JobState.Cancelled,
                        (opened, id) -> opened.store().discard(id))
                .run(call);
    }
}
