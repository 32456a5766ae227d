package dev.pawl.app.cli;

/** {@code pawl jobs cancel}. */
public final class JobsCancel implements Command {
    @Override
    public String name() {
        return "jobs cancel";
    }

    @Override
    public String summary() {
        return "Cancels unfinished jobs; a running one is stopped.";
    }

    @Override
    public String operands() {
        return "JOB...";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        return new JobsAct("cancelled", Target::cancel).run(call);
    }
}
