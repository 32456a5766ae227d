package dev.pawl.server;

import dev.pawl.api.JobView;
import dev.pawl.api.Json;
import dev.pawl.core.Artifacts;
import dev.pawl.core.Engine;
import dev.pawl.core.InputKey;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Kept;
import dev.pawl.core.KeptEntry;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.tool.InputHash;
import dev.pawl.tool.KeyParts;
import dev.pawl.tool.KeyParts.Difference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The API's documents about kept results: for its routes, and for commands on a data folder. Each
 * blocks for the store's I/O.
 */
public final class CacheDocuments {
    /** Each may have to be read by itself. */
    private static final int COMPARED_MAX = 200;

    // Later than any entry ends, and a date that every database can hold.
    private static final Instant FOR_EVER = Instant.parse("9999-01-01T00:00:00Z");

    // A file is kept before the job that names it is submitted.
    private static final Duration GRACE = Duration.ofDays(1);

    private CacheDocuments() {}

    /** The earlier job whose key differs least, and where. */
    private record Nearest(JobId job, List<Difference> differences) {}

    /**
     * The results that answer later jobs, newest first.
     *
     * @param tool name, or name@version; empty for all
     * @param limit 1 to 1,000
     */
    public static ObjectNode list(Store store, String tool, int limit) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var results = page.putArray("results");
        for (KeptEntry entry : store.keptResults(tool, "", limit)) {
            ObjectNode node =
                    results.addObject()
                            .put("id", entry.job().toString())
                            .put("tool", entry.tool().toString())
                            .put("until", entry.until().toString())
                            .put("input_hash", entry.hash());
            var artifacts = node.putArray("artifacts");
            entry.artifacts().forEach(artifact -> artifacts.add(JobView.artifact(artifact)));
        }
        return page;
    }

    /**
     * Forgets kept results, and removes the files that no job names any more.
     *
     * @param all every result, not only those over their time
     */
    public static ObjectNode prune(Engine engine, boolean all) {
        int pruned = engine.store().pruneKept(all ? FOR_EVER : engine.store().now());
        Artifacts.Pruned files = engine.pruneArtifacts(GRACE);
        return JsonNodeFactory.instance
                .objectNode()
                .put("pruned", pruned)
                .put("files_removed", files.contents())
                .put("bytes_removed", files.bytes());
    }

    /** Why the job was answered from the cache or not: its key, and the nearest earlier one. */
    public static ObjectNode why(Store store, Job job) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", job.id().toString()).put("text", verdict(store, job));
        job.cachedFrom().ifPresent(from -> node.put("cached_from", from.toString()));
        node.put("input_hash", job.submission().key().hash());
        Optional<KeyParts> parts = InputHash.parts(job.submission());
        if (parts.isEmpty()) return node;
        node.set("key", Json.trusted(parts.get().text()));
        if (job.cachedFrom().isPresent()) return node;
        nearest(store, job, parts.get())
                .ifPresent(near -> {
                    node.put("nearest", near.job().toString());
                    var differences = node.putArray("differences");
                    for (Difference each : near.differences()) put(differences.addObject(), each);
                });
        return node;
    }

    private static void put(ObjectNode node, Difference difference) {
        node.put("pointer", difference.pointer());
        if (!difference.before().isEmpty()) node.set("before", Json.trusted(difference.before()));
        if (!difference.after().isEmpty()) node.set("after", Json.trusted(difference.after()));
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

    /** Of a job of a list, which has its input only when it is asked for by itself. */
    private static Optional<KeyParts> parts(Store store, Job listed) {
        InputKey key = listed.submission().key();
        return key.hash().isEmpty() || !key.parts().isEmpty()
                ? InputHash.parts(listed.submission())
                : store.find(listed.id()).flatMap(job -> InputHash.parts(job.submission()));
    }

    private static Optional<Nearest> nearest(Store store, Job job, KeyParts key) {
        JobFilter sameTool = JobFilter.ALL.withTool(job.submission().tool().name());
        Nearest best = null;
        for (Job earlier : store.list(sameTool, job.id().toString(), COMPARED_MAX)) {
            if (earlier.cachedFrom().isPresent()) continue;
            Optional<KeyParts> other = parts(store, earlier);
            if (other.isEmpty()) continue;
            List<Difference> differences = KeyParts.difference(other.get(), key);
            if (best == null || differences.size() < best.differences().size())
                best = new Nearest(earlier.id(), differences);
        }
        return Optional.ofNullable(best);
    }
}
