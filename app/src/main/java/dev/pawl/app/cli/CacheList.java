package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Kept;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code pawl cache list}: the jobs whose results answer later ones. */
public final class CacheList implements Command {
    private static final Flag<String> TOOL =
            Flag.text("--tool", "TOOL", "Only of this tool: a name, or NAME@VERSION.");
    private static final Flag<Integer> LIMIT =
            Flag.number("--limit", "N", "Most results shown, 1 to 1000 (default: 20).");
    private static final int PAGE = 200;

    // Jobs looked at before it gives up looking for more.
    private static final int LOOKED_AT_MAX = 100_000;

    /** A job and its kept result. */
    private record Entry(Job job, Kept kept) {}

    @Override
    public String name() {
        return "cache list";
    }

    @Override
    public String summary() {
        return "Lists the results that answer later jobs, newest first.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(TOOL, LIMIT);
    }

    @Override
    public ExitCode run(Call call) {
        int limit = call.get(LIMIT).orElse(20);
        if (limit < 1 || limit > 1_000)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "--limit is %d; want 1 to 1000".formatted(limit));
        try (Opened opened = call.open()) {
            JobFilter filter =
                    JobFilter.ALL
                            .withStates(Set.of(JobState.Name.SUCCEEDED, JobState.Name.DEAD))
                            .withTool(call.get(TOOL).orElse(""));
            List<Entry> entries = entries(opened.store(), filter, limit);
            print(call.screen(), entries, opened.store().now());
            return ExitCode.SUCCEEDED;
        }
    }

    private static List<Entry> entries(Store store, JobFilter filter, int limit) {
        var entries = new ArrayList<Entry>();
        String after = "";
        for (int looked = 0; looked < LOOKED_AT_MAX; looked += PAGE) {
            List<Job> page = store.list(filter, after, PAGE);
            for (Job job : page) {
                kept(store, job).ifPresent(kept -> entries.add(new Entry(job, kept)));
                if (entries.size() == limit) return entries;
            }
            if (page.size() < PAGE) break;
            after = page.getLast().id().toString();
        }
        return entries;
    }

    private static Optional<Kept> kept(Store store, Job job) {
        String hash = job.submission().key().hash();
        if (hash.isEmpty() || job.submission().reuse().never() || job.cachedFrom().isPresent())
            return Optional.empty();
        JobId id = job.id();
        return store.kept(job.submission().tenant(), hash).filter(kept -> kept.job().equals(id));
    }

    private static void print(Screen screen, List<Entry> entries, Instant now) {
        var table = new Table("JOB", "TOOL", "ENDS", "ARTIFACTS", "KEY");
        boolean people = screen.terminal().out();
        for (Entry entry : entries) {
            Job job = entry.job();
            Instant until = entry.kept().until();
            if (screen.json()) {
                var fields = new LinkedHashMap<String, Object>();
                fields.put("id", job.id());
                fields.put("tool", job.submission().tool());
                fields.put("until", until);
                fields.put("input_hash", job.submission().key().hash());
                fields.put(
                        "artifacts",
                        entry.kept().artifacts().stream().map(JobView::artifact).toList());
                screen.json(fields);
                continue;
            }
            table.add(
                    job.id().toString(),
                    job.submission().tool().toString(),
                    people ? "in " + JobView.since(now, until) : until.toString(),
                    Integer.toString(entry.kept().artifacts().size()),
                    job.submission().key().hash());
        }
        if (screen.json()) return;
        if (table.isEmpty() && people) screen.note("no results are kept");
        else table.print(screen);
    }
}
