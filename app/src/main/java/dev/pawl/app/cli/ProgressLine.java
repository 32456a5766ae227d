package dev.pawl.app.cli;

import dev.pawl.api.JobView;
import dev.pawl.app.config.Durations;
import java.time.Duration;

/** One line on stderr that says how a job is doing; only where stderr is a terminal. */
final class ProgressLine {
    private static final String[] TURNS = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    private static final int BAR = 20;
    private static final String CLEAR = "\r\033[K";

    private final Screen screen;
    private int turn;
    private boolean drawn;

    ProgressLine(Screen screen) {
        this.screen = screen;
    }

    void draw(JobView job, Duration passed) {
        if (!screen.terminal().err()) return;
        int columns = screen.terminal().columns() - 1;
        Style style = screen.errorStyle();
        String head = TURNS[turn++ % TURNS.length] + " ";
        String text = text(job, passed);
        String bar = job.progress().map(p -> bar(p, columns)).orElse("");
        String cut = Table.cut(text, Math.max(8, columns - 2 - bar.length()));
        screen.err().print(CLEAR + style.busy(head + bar) + cut);
        screen.err().flush();
        drawn = true;
    }

    void clear() {
        if (!drawn) return;
        screen.err().print(CLEAR);
        screen.err().flush();
        drawn = false;
    }

    private static String text(JobView job, Duration passed) {
        String what =
                switch (job.state()) {
                    case WAITING ->
                            job.follows()
                                    .map(leader -> "follows job " + leader)
                                    .orElse(
                                            "waits for %d parents"
                                                    .formatted(job.waitsFor().size()));
                    case QUEUED -> job.attempt() == 0 ? "queued" : "waits to run again";
                    case RUNNING ->
                            (job.attempt() == 1 ? "running" : "running, attempt " + job.attempt())
                                    + progressText(job);
                    case SUCCEEDED, DEAD, CANCELLED ->
                            job.stopping() ? "is stopping" : job.state().wire();
                };
        return "%s %s (%s)".formatted(job.tool(), what, Durations.shown(passed));
    }

    private static String progressText(JobView job) {
        String text = Screen.clean(job.progressText());
        return text.isEmpty() ? "" : ": " + text;
    }

    /** {@code ███████░░░░░░░ 40 % }; shorter where the terminal is narrow. */
    private static String bar(double fraction, int columns) {
        int width = Math.min(BAR, columns / 4);
        int full = (int) Math.round(fraction * width);
        return "%s%s %3.0f %% "
                .formatted("█".repeat(full), "░".repeat(width - full), fraction * 100);
    }
}
