package dev.pawl.app.cli;

import dev.pawl.api.JobPage;
import dev.pawl.api.JobQuery;
import dev.pawl.api.JobView;
import dev.pawl.app.config.Durations;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** {@code pawl jobs list}. */
public final class JobsList implements Command {
    private static final Flag<JobState.Name> STATE =
            Flag.choice("--state", JobState.Name.class, "Only these; may be repeated.").repeated();
    private static final Flag<String> TOOL =
            Flag.text("--tool", "TOOL", "Only of this tool: a name, or NAME@VERSION.");
    private static final Flag<String> QUEUE = Flag.text("--queue", "QUEUE", "Only of this queue.");
    private static final Flag<String> TAG = Flag.text("--tag", "TAG", "Only with this tag.");
    private static final Flag<String> CORRELATION =
            Flag.text("--correlation-id", "ID", "Only of this flow.");
    private static final Flag<Duration> SINCE =
            Flag.duration("--since", "Only those submitted within this time.");
    private static final Flag<Integer> LIMIT =
            Flag.number("--limit", "N", "Most jobs shown, 1 to 1000 (default: 20).");
    private static final Flag<JobId> AFTER =
            Flag.job("--after", "Show the page after this job, the last one of the page before.");

    @Override
    public String name() {
        return "jobs list";
    }

    @Override
    public String summary() {
        return "Lists jobs, newest first.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(STATE, TOOL, QUEUE, TAG, CORRELATION, SINCE, LIMIT, AFTER);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        int limit = call.get(LIMIT).orElse(20);
        if (limit < 1 || limit > 1_000)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "--limit is %d; want 1 to 1000".formatted(limit));
        try (Target target = call.target()) {
            Instant now = target.now();
            String after = call.get(AFTER).map(JobId::toString).orElse("");
            JobPage page = target.jobs(new JobQuery(filter(call, now), after, limit));
            print(call.screen(), page.jobs(), now);
            if (!page.nextCursor().isEmpty() && call.screen().terminal().out())
                call.screen()
                        .note(
                                call.screen()
                                        .errorStyle()
                                        .faint("older ones: --after " + page.nextCursor()));
            return ExitCode.SUCCEEDED;
        }
    }

    private static JobFilter filter(Call call, Instant now) {
        Set<JobState.Name> states = EnumSet.noneOf(JobState.Name.class);
        states.addAll(call.all(STATE));
        JobFilter filter =
                JobFilter.ALL
                        .withStates(states)
                        .withTool(call.get(TOOL).orElse(""))
                        .withQueue(call.get(QUEUE).orElse(""))
                        .withTag(call.get(TAG).orElse(""))
                        .withCorrelationId(call.get(CORRELATION).orElse(""));
        return call.get(SINCE)
                .map(time -> filter.withTime(now.minus(time), Instant.MAX))
                .orElse(filter);
    }

    private static void print(Screen screen, List<JobView> page, Instant now) {
        if (screen.json()) {
            page.forEach(job -> screen.json(job.json()));
            return;
        }
        boolean people = screen.terminal().out();
        var table = new Table("JOB", "TOOL", "STATE", "AGE", "DETAIL");
        for (JobView job : page) {
            JobState.Name state = job.state();
            table.add(
                    Table.Cell.of(job.id().toString()),
                    Table.Cell.of(job.tool()),
                    Table.Cell.of(state.wire(), t -> screen.style().state(state, t)),
                    Table.Cell.of(
                            people
                                    ? Durations.rough(Duration.between(job.submittedAt(), now))
                                    : job.submittedAt().toString()),
                    Table.Cell.of(JobText.detail(job, now), screen.style()::faint));
        }
        if (table.isEmpty() && people) screen.note("no jobs");
        else table.print(screen);
    }
}
