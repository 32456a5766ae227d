package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Predicate;

/** Does one thing to each of several jobs, and says what became of each. */
record JobsAct(String done, String wanted, Predicate<JobState> possible, Act act) {
    /** Answers the state before, or empty when there is no such job. */
    interface Act {
        Optional<JobState> on(Opened opened, JobId id);
    }

    /** Goes on after a refusal; ends as the first refusal says. */
    ExitCode run(Call call) {
        var jobs = call.jobs();
        ExitCode end = ExitCode.SUCCEEDED;
        try (Opened opened = call.open()) {
            for (JobId id : jobs) {
                ExitCode one = one(call.screen(), opened, id);
                if (end == ExitCode.SUCCEEDED) end = one;
            }
        }
        return end;
    }

    private ExitCode one(Screen screen, Opened opened, JobId id) {
        boolean stopping = opened.store().find(id).map(job -> job.stopping()).orElse(false);
        Optional<JobState> before = act.on(opened, id);
        if (before.isEmpty())
            return refused(screen, id, ErrorCode.JOB_NOT_FOUND, "is not in this data folder");
        JobState state = before.get();
        if (!possible.test(state))
            return refused(
                    screen,
                    id,
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "is %s; want %s".formatted(state.name().wire(), wanted));
        if (stopping)
            return refused(
                    screen,
                    id,
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "is cancelled, but its handler has not stopped yet; try again soon");
        if (screen.json()) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("id", id);
            fields.put("done", done);
            fields.put("was", state.name().wire());
            screen.json(fields);
        } else {
            screen.line("%s %s (was %s)".formatted(id, done, state.name().wire()));
        }
        return ExitCode.SUCCEEDED;
    }

    private static ExitCode refused(Screen screen, JobId id, ErrorCode code, String why) {
        if (screen.json()) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("id", id);
            fields.put("error", code.wire());
            fields.put("message", "job " + id + " " + why);
            screen.json(fields);
        } else {
            screen.note("pawl: job " + id + " " + why);
        }
        return ExitCode.of(code);
    }
}
