package dev.pawl.app.cli;

import dev.pawl.api.JobNews;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import java.util.LinkedHashMap;
import java.util.Locale;

/** {@code pawl jobs tail}: what happens to a job, as it happens. */
public final class JobsTail implements Command {
    @Override
    public String name() {
        return "jobs tail";
    }

    @Override
    public String summary() {
        return "Prints what happens to a job, its log, progress and state, until it has ended.";
    }

    @Override
    public String operands() {
        return "JOB";
    }

    /** Ends as the job did. */
    @Override
    public ExitCode run(Call call) throws InterruptedException {
        JobId id = call.job();
        try (Target target = call.target()) {
            target.tail(
                    id,
                    news -> {
                        if (call.screen().json()) json(call.screen(), news);
                        else print(call.screen(), news);
                        call.screen().out().flush();
                    });
            return target.find(id).map(job -> ExitCode.of(job.state())).orElse(ExitCode.CANCELLED);
        }
    }

    private static void print(Screen screen, JobNews news) {
        Style style = screen.style();
        screen.line(
                switch (news) {
                    case JobNews.State(var state, var attempt) ->
                            style.state(state, state.wire()) + style.faint(number(state, attempt));
                    case JobNews.Progress(var fraction, var text) ->
                            style.busy(
                                    String.format(Locale.ROOT, "%.0f %% ", fraction * 100)
                                            + Screen.clean(text));
                    case JobNews.Log log -> line(style, log);
                    case JobNews.Missed() -> style.warning("some of what happened is forgotten");
                    case JobNews.Removed() -> style.warning("removed");
                });
    }

    private static String number(JobState.Name state, int attempt) {
        return state == JobState.Name.RUNNING ? ", attempt " + attempt : "";
    }

    private static String line(Style style, JobNews.Log log) {
        String text = "  " + Screen.clean(log.text());
        return switch (log.stream()) {
            case "stderr" -> style.warning(text);
            case "pawl" -> style.faint(text);
            default -> text;
        };
    }

    private static void json(Screen screen, JobNews news) {
        var fields = new LinkedHashMap<String, Object>();
        switch (news) {
            case JobNews.State(var state, var attempt) -> {
                fields.put("event", "state");
                fields.put("state", state.wire());
                fields.put("attempt", attempt);
            }
            case JobNews.Progress(var fraction, var text) -> {
                fields.put("event", "progress");
                fields.put("fraction", fraction);
                fields.put("text", text);
            }
            case JobNews.Log(var attempt, var seq, var at, var stream, var text) -> {
                fields.put("event", "log");
                fields.put("attempt", attempt);
                fields.put("seq", seq);
                fields.put("at", at);
                fields.put("stream", stream);
                fields.put("text", text);
            }
            case JobNews.Missed() -> fields.put("event", "missed");
            case JobNews.Removed() -> fields.put("event", "removed");
        }
        screen.json(fields);
    }
}
