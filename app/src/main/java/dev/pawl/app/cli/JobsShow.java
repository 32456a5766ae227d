package dev.pawl.app.cli;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Store;
import java.util.List;
import java.util.Map;

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
    public ExitCode run(Call call) {
        List<JobId> jobs = call.jobs();
        try (Opened opened = call.open()) {
            for (JobId id : jobs) {
                Job job = Jobs.find(opened.store(), id);
                if (call.screen().json()) call.screen().json(json(opened.store(), job));
                else print(call.screen(), opened.store(), job);
            }
            return ExitCode.SUCCEEDED;
        }
    }

    static Map<String, Object> json(Store store, Job job) {
        Map<String, Object> fields = JobView.fields(job);
        fields.put("input", new JsonText.Raw(job.submission().input()));
        if (job.state() instanceof JobState.Succeeded)
            fields.put("output", new JsonText.Raw(job.output()));
        fields.put("artifacts", store.artifacts(job.id()).stream().map(JobView::artifact).toList());
        fields.put("attempts", store.history(job.id()).stream().map(JobView::attempt).toList());
        return fields;
    }

    private static void print(Screen screen, Store store, Job job) {
        Style style = screen.style();
        var s = job.submission();
        JobState.Name state = job.state().name();
        line(screen, "job", job.id().toString());
        line(screen, "tool", s.tool().toString());
        String detail = Screen.clean(JobView.detail(job, store.now()));
        screen.line(
                label(style, "state")
                        + style.state(state, state.wire())
                        + "  "
                        + style.faint(detail));
        line(screen, "queue", s.queue() + (s.priority() == 0 ? "" : ", priority " + s.priority()));
        line(screen, "submitted", job.submittedAt().toString());
        job.startedAt().ifPresent(at -> line(screen, "started", at.toString()));
        job.cachedFrom().ifPresent(from -> line(screen, "cached from", from.toString()));
        for (JobId parent : s.parents()) line(screen, "parent", parent.toString());
        for (JobId child : store.children(job.id())) line(screen, "child", child.toString());
        if (!s.tags().isEmpty()) line(screen, "tags", String.join(" ", s.tags()));
        line(screen, "correlation", s.correlationId());
        line(screen, "idempotency", s.idempotencyKey());
        line(screen, "input", s.input());
        if (job.state() instanceof JobState.Succeeded) line(screen, "output", job.output());
        for (Artifact artifact : store.artifacts(job.id()))
            line(
                    screen,
                    "artifact",
                    "%s  %s  sha256 %s"
                            .formatted(
                                    artifact.name(),
                                    JobView.size(artifact.sizeBytes()),
                                    artifact.sha256()));
        for (AttemptEnd end : store.history(job.id())) line(screen, "attempt", attempt(end));
    }

    private static String attempt(AttemptEnd end) {
        return "%d %s on %s after %s%s"
                .formatted(
                        end.attempt(),
                        end.how().wire(),
                        end.worker(),
                        JobView.since(end.startedAt(), end.at()),
                        end.kind().map(ErrorClass::wire).map(k -> ": " + k).orElse("")
                                + (end.message().isEmpty() ? "" : ": " + end.message()));
    }

    private static void line(Screen screen, String label, String value) {
        if (!value.isEmpty())
            screen.line(label(screen.style(), label) + Screen.clean(value.replace('\n', ' ')));
    }

    private static String label(Style style, String label) {
        return style.faint(label) + " ".repeat(13 - label.length());
    }
}
