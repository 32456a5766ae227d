package dev.pawl.app.cli;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import java.util.LinkedHashMap;

/**
 * Does one thing to each of several jobs, and says what became of each.
 *
 * @param done the word for it
 */
record JobsAct(String done, Act act) {
    /** Answers the state before. */
    interface Act {
        JobState.Name on(Target target, JobId id) throws InterruptedException;
    }

    /** Goes on after a refusal; ends as the first refusal says. */
    ExitCode run(Call call) throws InterruptedException {
        var jobs = call.jobs();
        ExitCode end = ExitCode.SUCCEEDED;
        try (Target target = call.target()) {
            for (JobId id : jobs) {
                ExitCode one = one(call.screen(), target, id);
                if (end == ExitCode.SUCCEEDED) end = one;
            }
        }
        return end;
    }

    private ExitCode one(Screen screen, Target target, JobId id) throws InterruptedException {
        JobState.Name before;
        try {
            before = act.on(target, id);
        } catch (PawlException e) {
            return refused(screen, id, e);
        }
        if (screen.json()) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("id", id);
            fields.put("done", done);
            fields.put("was", before.wire());
            screen.json(fields);
        } else {
            screen.line("%s %s (was %s)".formatted(id, done, before.wire()));
        }
        return ExitCode.SUCCEEDED;
    }

    private static ExitCode refused(Screen screen, JobId id, PawlException why) {
        ExitCode end = ExitCode.of(why.code());
        // Nothing is to be had from the rest of the jobs either.
        if (end == ExitCode.UNREACHABLE) throw why;
        if (screen.json()) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("id", id);
            fields.put("error", why.code().wire());
            fields.put("message", why.getMessage());
            screen.json(fields);
        } else {
            screen.note("pawl: " + why.getMessage());
        }
        return end;
    }
}
