package dev.pawl.app.cli;

import dev.pawl.api.JobView;
import dev.pawl.core.JobId;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code pawl dead show}. */
public final class DeadShow implements Command {
    @Override
    public String name() {
        return "dead show";
    }

    @Override
    public String summary() {
        return "Shows dead jobs: each attempt's error and the end of the log. Changes nothing.";
    }

    @Override
    public String operands() {
        return "JOB...";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        List<JobId> jobs = call.jobs();
        Screen screen = call.screen();
        try (Target target = call.target()) {
            for (JobId id : jobs) {
                JsonNode letter = target.deadLetter(id);
                if (screen.json()) {
                    screen.json(letter);
                    continue;
                }
                JobsShow.print(screen, new JobView(letter.path("job")), target.now());
                for (JsonNode line : letter.path("log").values())
                    JobsShow.line(screen, "log", line.path("text").stringValue(""));
            }
        }
        return ExitCode.SUCCEEDED;
    }
}
