package dev.pawl.app.cli;

import dev.pawl.core.Explanation;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import java.util.LinkedHashMap;

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
    public ExitCode run(Call call) {
        JobId id = call.job();
        try (Opened opened = call.open()) {
            JobState.Name state = Jobs.find(opened.store(), id).state().name();
            Explanation why = Explanation.of(opened.store(), id).orElseThrow(() -> Jobs.none(id));
            Screen screen = call.screen();
            if (screen.json()) {
                var fields = new LinkedHashMap<String, Object>();
                fields.put("id", id);
                fields.put("state", state.wire());
                fields.put("reason", why.reason().wire());
                fields.put("text", why.text());
                fields.put("advice", why.advice());
                fields.put("jobs", why.jobs());
                screen.json(fields);
                return ExitCode.SUCCEEDED;
            }
            Style style = screen.style();
            screen.line(style.state(state, state.wire()) + ": " + Screen.clean(why.text()));
            for (JobId job : why.jobs()) screen.line("  job " + job);
            if (!why.advice().isEmpty()) screen.line(style.strong("do: ") + why.advice());
            return ExitCode.SUCCEEDED;
        }
    }
}
