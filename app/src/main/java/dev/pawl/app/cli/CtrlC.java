package dev.pawl.app.cli;

/**
 * Ctrl-C and SIGTERM of one {@code pawl run}, from its start. The first cancels the job, or keeps
 * it from being submitted; the second ends the program. Thread-safe.
 */
final class CtrlC implements AutoCloseable {
    private final Outside.StopSignals signals;
    private final Outside.StopSignals.Watch watch;
    private volatile Runnable cancel = () -> {};
    private volatile boolean pressed;

    CtrlC(Outside.StopSignals signals) {
        this.signals = signals;
        this.watch = signals.watch(this::signal);
    }

    /** Whether it was pressed. */
    boolean pressed() {
        return pressed;
    }

    /** Refuses to go on when it was pressed: there is no job yet to cancel. */
    void beforeSubmit() throws InterruptedException {
        if (pressed) throw new InterruptedException("Ctrl-C");
    }

    /** What the first one does from now on; done at once when it was pressed before. */
    void cancelsBy(Runnable action) {
        cancel = action;
        if (pressed) action.run();
    }

    private void signal(int count) {
        if (count > 1) signals.exitNow(ExitCode.CANCELLED);
        // The action is read after the mark is set, and set before it is read: one of both runs it.
        pressed = true;
        cancel.run();
    }

    @Override
    public void close() {
        watch.close();
    }
}
