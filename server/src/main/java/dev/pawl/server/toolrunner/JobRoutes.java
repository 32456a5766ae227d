package dev.pawl.server.toolrunner;

import dev.pawl.api.Problem;
import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobState;
import dev.pawl.core.PastJob;
import dev.pawl.core.Store;
import dev.pawl.server.Caller;
import dev.pawl.server.FrontExchange;
import dev.pawl.server.Refused;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes about jobs. A job of another tool than a script is none here. */
final class JobRoutes {
    private static final int LIMIT = 100;
    private static final int LOOK_MAX = 10_000;
    private static final int LIMIT_MAX = 1_000;

    /** A page further back is asked for with the native API's cursor. */
    private static final int OFFSET_MAX = 100_000;

    static final JobFilter OURS = JobFilter.ALL.withQueue(ScriptReader.QUEUE);

    void list(FrontExchange exchange) {
        int limit = number(exchange, "limit", LIMIT, 1, LIMIT_MAX);
        int offset = number(exchange, "offset", 0, 0, OFFSET_MAX);
        Store store = exchange.site().engine().store();
        JobFilter filter = exchange.caller().limited(OURS);
        Map<JobState.Name, Long> counts = Figures.counts(store, filter);
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.put("total", counts.values().stream().mapToLong(Long::longValue).sum())
                .put("running", counts.getOrDefault(JobState.Name.RUNNING, 0L))
                .put("completed", counts.getOrDefault(JobState.Name.SUCCEEDED, 0L))
                .put("failed", counts.getOrDefault(JobState.Name.DEAD, 0L));
        var jobs = page.putArray("jobs");
        for (Job job : page(store, filter, limit, offset)) jobs.add(JobDocument.line(job));
        exchange.answer(200, page);
    }

    private static List<Job> page(Store store, JobFilter filter, int limit, int offset) {
        String after = "";
        for (int left = offset; left > 0; left -= LIMIT_MAX) {
            List<Job> skipped = listed(store, filter, after, Math.min(left, LIMIT_MAX));
            if (skipped.isEmpty()) return List.of();
            after = skipped.getLast().id().toString();
        }
        return listed(store, filter, after, limit);
    }

    /** Whose own they are is searched for, at a bounded cost. */
    private static List<Job> listed(Store store, JobFilter filter, String after, int limit) {
        if (filter.isPlain()) return store.list(filter, after, limit);
        return store.search(filter, after, limit, LOOK_MAX).jobs();
    }

    void one(FrontExchange exchange) {
        exchange.answer(200, JobDocument.whole(store(exchange), find(exchange)));
    }

    void logs(FrontExchange exchange) {
        exchange.answer(200, JobDocument.logs(store(exchange), find(exchange)));
    }

    void file(FrontExchange exchange) throws IOException {
        Job job = find(exchange);
        String name = exchange.path("name");
        Artifact found =
                store(exchange).artifacts(job.id()).stream()
                        .filter(artifact -> artifact.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> notFound("File not found: " + name));
        exchange.answer(found);
    }

    /** Cancels; a running command's whole process tree is stopped. */
    void cancel(FrontExchange exchange) {
        Job job = find(exchange);
        Optional<JobState> before = exchange.site().engine().cancel(job.id());
        if (before.isEmpty()) throw none(job.id().toString());
        if (before.get().ended())
            throw new Refused(
                    Problem.of(
                            400,
                            "bad_request",
                            "Not possible in this state",
                            "Job %s is over: it is %s"
                                    .formatted(job.id(), JobDocument.status(before.get().name()))));
        exchange.answer(
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("message", "Job %s cancelled".formatted(job.id())));
    }

    private static Job find(FrontExchange exchange) {
        String text = exchange.path("id");
        return find(store(exchange), exchange.caller(), text).orElseThrow(() -> none(text));
    }

    /** A script's job that the caller may see. */
    static Optional<Job> find(Store store, Caller caller, String id) {
        return PastJob.find(store, ScriptReader.QUEUE, id)
                .filter(job -> job.submission().queue().equals(ScriptReader.QUEUE))
                .filter(job -> caller.sees(job.submission()));
    }

    private static Refused none(String id) {
        return notFound("Job not found: " + id);
    }

    private static Refused notFound(String detail) {
        return new Refused(Problem.of(ErrorCode.JOB_NOT_FOUND, detail));
    }

    static int number(FrontExchange exchange, String name, int standard, int min, int max) {
        String text = exchange.query(name).orElse(Integer.toString(standard));
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) return number;
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new Refused(
                Problem.of(
                        422,
                        "bad_request",
                        "The request can't be read",
                        "query parameter \"%s\" is \"%s\"; want %d to %d"
                                .formatted(name, text, min, max)));
    }

    private static Store store(FrontExchange exchange) {
        return exchange.site().engine().store();
    }
}
