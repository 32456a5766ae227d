package dev.pawl.app.cli;

import dev.pawl.app.config.Durations;
import dev.pawl.core.Job;
import dev.pawl.core.JobState;
import dev.pawl.core.Progress;
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

    void draw(Job job, Duration passed) {
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

    private static String text(Job job, Duration passed) {
        String tool = job.submission().tool().toString();
        String what =
                switch (job.state()) {
                    case JobState.Waiting(var on, var follower) ->
                            follower
                                    ? "follows job " + on.iterator().next()
                                    : "waits for %d parents".formatted(on.size());
                    case JobState.Queued(var _, var attempt, var _) ->
                            attempt == 0 ? "queued" : "waits to run again";
                    case JobState.Running(var _, var attempt, var _) ->
                            (attempt == 1 ? "running" : "running, attempt " + attempt)
                                    + job.progress().map(p -> progressText(p)).orElse("");
                    case JobState.Succeeded _, JobState.Dead _, JobState.Cancelled _ ->
                            job.stopping() ? "is stopping" : job.state().name().wire();
                };
        return "%s %s (%s)".formatted(tool, what, Durations.shown(passed));
    }

    private static String progressText(Progress progress) {
        String text = Screen.clean(progress.text());
        return text.isEmpty() ? "" : ": " + text;
    }

    /** {@code ███████░░░░░░░ 40 % }; shorter where the terminal is narrow. */
    private static String bar(Progress progress, int columns) {
        int width = Math.min(BAR, columns / 4);
        int full = (int) Math.round(progress.fraction() * width);
        return "%s%s %3.0f %% "
                .formatted("█".repeat(full), "░".repeat(width - full), progress.fraction() * 100);
    }
}
