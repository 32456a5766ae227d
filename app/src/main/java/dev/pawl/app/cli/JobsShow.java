package dev.pawl.app.cli;

import dev.pawl.api.JobView;
import dev.pawl.core.Artifact;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code pawl jobs show}. */
public final class JobsShow implements Command {
    @Override
    public String name() {
        return "jobs show";
    }

    @Override
    public String summary() {
        return "Shows all there is to know of jobs: input, output, artifacts, attempts.";
    }

    @Override
    public String operands() {
        return "JOB...";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        List<JobId> jobs = call.jobs();
        try (Target target = call.target()) {
            for (JobId id : jobs) {
                JobView job = target.job(id);
                if (call.screen().json()) call.screen().json(job.json());
                else print(call.screen(), job, target.now());
            }
            return ExitCode.SUCCEEDED;
        }
    }

    static void print(Screen screen, JobView job, Instant now) {
        Style style = screen.style();
        JobState.Name state = job.state();
        line(screen, "job", job.id().toString());
        line(screen, "tool", job.tool());
        String detail = Screen.clean(JobText.detail(job, now));
        screen.line(
                label(style, "state")
                        + style.state(state, state.wire())
                        + "  "
                        + style.faint(detail));
        String priority = job.priority() == 0 ? "" : ", priority " + job.priority();
        line(screen, "queue", job.queue() + priority);
        line(screen, "submitted", job.submittedAt().toString());
        job.startedAt().ifPresent(at -> line(screen, "started", at.toString()));
        job.cachedFrom().ifPresent(from -> line(screen, "cached from", from.toString()));
        for (JobId parent : job.parents()) line(screen, "parent", parent.toString());
        for (JobId child : job.children()) line(screen, "child", child.toString());
        line(screen, "tags", String.join(" ", job.tags()));
        line(screen, "correlation", job.correlationId());
        line(screen, "idempotency", job.idempotencyKey());
        line(screen, "input", job.input());
        line(screen, "output", job.output());
        for (Artifact artifact : job.artifacts())
            line(
                    screen,
                    "artifact",
                    "%s  %s  sha256 %s"
                            .formatted(
                                    artifact.name(),
                                    JobText.size(artifact.sizeBytes()),
                                    artifact.sha256()));
        for (JsonNode attempt : job.attempts()) line(screen, "attempt", attempt(attempt));
    }

    private static String attempt(JsonNode end) {
        String kind = end.path("error_class").stringValue("");
        String message = end.path("message").stringValue("");
        return "%d %s on %s after %s%s%s"
                .formatted(
                        end.path("attempt").intValue(0),
                        end.path("how").stringValue(""),
                        end.path("worker").stringValue(""),
                        JobText.since(moment(end, "started_at"), moment(end, "ended_at")),
                        kind.isEmpty() ? "" : ": " + kind,
                        message.isEmpty() ? "" : ": " + message);
    }

    private static Instant moment(JsonNode end, String name) {
        return Instant.parse(end.path(name).stringValue(""));
    }

    static void line(Screen screen, String label, String value) {
        if (!value.isEmpty())
            screen.line(label(screen.style(), label) + Screen.clean(value.replace('\n', ' ')));
    }

    private static String label(Style style, String label) {
        return style.faint(label) + " ".repeat(13 - label.length());
    }
}
