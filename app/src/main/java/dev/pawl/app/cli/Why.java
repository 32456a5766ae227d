package dev.pawl.app.cli;

import dev.pawl.api.WhyView;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;

/** {@code pawl why}. */
public final class Why implements Command {
    @Override
    public String name() {
        return "why";
    }

    @Override
    public String summary() {
        return "Says why a job is where it is, and what to do.";
    }

    @Override
    public String operands() {
        return "JOB";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        JobId id = call.job();
        try (Target target = call.target()) {
            WhyView why = target.why(id);
            Screen screen = call.screen();
            if (screen.json()) {
                screen.json(why.json());
                return ExitCode.SUCCEEDED;
            }
            Style style = screen.style();
            JobState.Name state = why.state();
            screen.line(style.state(state, state.wire()) + ": " + Screen.clean(why.text()));
            for (JobId job : why.jobs()) screen.line("  job " + job);
            if (!why.advice().isEmpty()) screen.line(style.strong("do: ") + why.advice());
            return ExitCode.SUCCEEDED;
        }
    }
}
