package dev.pawl.app.cli;

import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Kept;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.tool.KeyParts;
import dev.pawl.tool.KeyParts.Difference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code pawl cache why}: what the key is made of, and what differs from the nearest job. */
public final class CacheWhy implements Command {
    private static final int COMPARED_MAX = 500;

    @Override
    public String name() {
        return "cache why";
    }

    @Override
    public String summary() {
        return "Says why a job was answered from the cache or not.";
    }

    @Override
    public String operands() {
        return "JOB";
    }

    /** The earlier job whose key differs least, and where. */
    private record Nearest(JobId job, List<Difference> differences) {}

    @Override
    public ExitCode run(Call call) {
        JobId id = call.job();
        try (Opened opened = call.open()) {
            Store store = opened.store();
            Job job = Jobs.find(store, id);
            String verdict = verdict(store, job);
            Optional<KeyParts> parts = parts(job);
            Optional<Nearest> nearest =
                    job.cachedFrom().isPresent()
                            ? Optional.empty()
                            : parts.flatMap(key -> nearest(store, job, key));
            if (call.screen().json()) json(call.screen(), job, verdict, nearest);
            else print(call.screen(), job, verdict, parts, nearest);
            return ExitCode.SUCCEEDED;
        }
    }

    private static String verdict(Store store, Job job) {
        Submission s = job.submission();
        if (job.cachedFrom().isPresent())
            return "answered from the cache: job %s had the same key"
                    .formatted(job.cachedFrom().get());
        if (s.key().hash().isEmpty()) return "it has no key, so nothing can answer it";
        if (s.reuse().never())
            return "no result is kept for it: its tool keeps none, or it was asked with --no-cache";
        if (s.comparedAtClaim() && !job.state().ended() && job.state().attempt() == 0)
            return "it has parents or a time of its own: its key is looked up when it would start";
        Optional<Kept> kept = store.kept(s.tenant(), s.key().hash());
        if (kept.isPresent() && kept.get().job().equals(job.id()))
            return "it ran: nothing answered its key then; its result answers the same key until "
                    + kept.get().until();
        if (kept.isPresent())
            return "it ran: nothing answered its key then; now job %s would, until %s"
                    .formatted(kept.get().job(), kept.get().until());
        return switch (job.state()) {
            case JobState.Succeeded _ ->
                    "it ran: nothing answered its key then; what it left has been pruned, or is"
                            + " over its time";
            case JobState.Dead _, JobState.Cancelled _ ->
                    "it ran: nothing answered its key then; only successes are kept, unless the"
                            + " tool's policy says more";
            case JobState.Waiting(var on, var follower) when follower ->
                    "job %s runs the same key; its result will answer this one"
                            .formatted(List.copyOf(on).getFirst());
            case JobState.Waiting _, JobState.Queued _, JobState.Running _ ->
                    "nothing answered its key when it was submitted";
        };
    }

    private static Optional<KeyParts> parts(Job job) {
        String parts = job.submission().key().parts();
        return parts.isEmpty() ? Optional.empty() : Optional.of(KeyParts.parse(parts));
    }

    private static Optional<Nearest> nearest(Store store, Job job, KeyParts key) {
        JobFilter sameTool = JobFilter.ALL.withTool(job.submission().tool().name());
        Nearest best = null;
        for (Job earlier : store.list(sameTool, job.id().toString(), COMPARED_MAX)) {
            Optional<KeyParts> other = parts(earlier);
            if (other.isEmpty() || earlier.cachedFrom().isPresent()) continue;
            List<Difference> differences = KeyParts.difference(other.get(), key);
            if (best == null || differences.size() < best.differences().size())
                best = new Nearest(earlier.id(), differences);
        }
        return Optional.ofNullable(best);
    }

    private static void print(
            Screen screen,
            Job job,
            String verdict,
            Optional<KeyParts> parts,
            Optional<Nearest> nearest) {
        Style style = screen.style();
        screen.line(verdict);
        if (parts.isEmpty()) return;
        screen.line("");
        screen.line(style.strong("key ") + job.submission().key().hash());
        screen.line("  tool     " + parts.get().tool());
        screen.line("  input    " + Screen.clean(parts.get().input().toString()));
        if (!parts.get().program().isEmpty())
            screen.line("  program  " + Screen.clean(parts.get().program().replace('\n', ' ')));
        parts.get()
                .environment()
                .forEach((name, value) ->
                        screen.line("  variable " + name + "=" + Screen.clean(value)));
        if (nearest.isEmpty()) return;
        screen.line("");
        List<Difference> differences = nearest.get().differences();
        screen.line(
                style.strong("nearest earlier job ")
                        + nearest.get().job()
                        + (differences.isEmpty() ? " has the same key" : " differs:"));
        for (Difference difference : differences) {
            screen.line("  " + difference.pointer());
            screen.line(style.bad("    - " + shown(difference.before())));
            screen.line(style.good("    + " + shown(difference.after())));
        }
    }

    private static String shown(String side) {
        return side.isEmpty() ? "(nothing)" : Screen.clean(side);
    }

    private static void json(Screen screen, Job job, String verdict, Optional<Nearest> nearest) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("id", job.id());
        fields.put("text", verdict);
        fields.put("cached_from", job.cachedFrom());
        fields.put("input_hash", job.submission().key().hash());
        fields.put("key", new JsonText.Raw(job.submission().key().parts()));
        nearest.ifPresent(near -> {
            fields.put("nearest", near.job());
            var differences = new ArrayList<Map<String, Object>>();
            for (Difference each : near.differences()) {
                var one = new LinkedHashMap<String, Object>();
                one.put("pointer", each.pointer());
                one.put("before", new JsonText.Raw(each.before()));
                one.put("after", new JsonText.Raw(each.after()));
                differences.add(one);
            }
            fields.put("differences", differences);
        });
        screen.json(fields);
    }
}
