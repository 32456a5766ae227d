package dev.pawl.app.cli;

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
    public ExitCode run(Call call) throws InterruptedException {
        return new JobsAct("redriven", Target::redrive).run(call);
    }
}
