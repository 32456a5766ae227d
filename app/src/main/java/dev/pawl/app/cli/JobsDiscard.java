package dev.pawl.app.cli;

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
    public ExitCode run(Call call) throws InterruptedException {
        return new JobsAct("discarded", Target::discard).run(call);
    }
}
