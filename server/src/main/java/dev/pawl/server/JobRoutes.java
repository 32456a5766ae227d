package dev.pawl.server;

import dev.pawl.api.JobView;
import dev.pawl.api.Problem;
import dev.pawl.api.WhyView;
import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Explanation;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes about jobs that are there. */
record JobRoutes(Endings endings, EventRoutes events) {
    private static final int LINES_MAX = 1_000;

    void one(Exchange exchange) throws InterruptedException {
        JobId id = exchange.job();
        Duration wait = exchange.preferredWait().orElse(Duration.ZERO);
        Job job = endings.await(id, wait, exchange.site().time()).orElseThrow(() -> none(id));
        exchange.answer(whole(exchange, job).json());
    }

    static JobView whole(Exchange exchange, Job job) {
        Store store = store(exchange);
        return JobView.whole(
                job, store.artifacts(job.id()), store.history(job.id()), store.children(job.id()));
    }

    void output(Exchange exchange) {
        Job job = find(exchange);
        if (!(job.state() instanceof JobState.Succeeded))
            throw new Refused(
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "job %s is %s: only one that has succeeded has an output"
                            .formatted(job.id(), job.state().name().wire()));
        JsonNode output = JobView.whole(job, List.of(), List.of(), Set.of()).json().path("output");
        exchange.answer(output.isMissingNode() ? JsonNodeFactory.instance.objectNode() : output);
    }

    void logs(Exchange exchange) {
        if (exchange.query("follow").filter("true"::equals).isPresent()) {
            events.followLog(exchange);
            return;
        }
        JobId id = find(exchange).id();
        int limit = exchange.number("limit", LINES_MAX, 1, 10_000);
        int attempt = exchange.number("after_attempt", 0, 0, Integer.MAX_VALUE);
        int seq = exchange.number("after_seq", -1, -1, Integer.MAX_VALUE);
        List<LogLine> lines = store(exchange).logs(id, attempt, seq, limit);
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var list = page.putArray("lines");
        for (LogLine line : lines) list.add(EventRoutes.node(line));
        exchange.answer(page);
    }

    void why(Exchange exchange) {
        Job job = find(exchange);
        Explanation why =
                Explanation.of(store(exchange), job.id(), exchange.site().tools()::required)
                        .orElseThrow(() -> none(job.id()));
        exchange.answer(WhyView.of(job.id(), job.state().name(), why).json());
    }

    void cache(Exchange exchange) {
        exchange.answer(CacheDocuments.why(store(exchange), find(exchange)));
    }

    void artifacts(Exchange exchange) {
        Job job = find(exchange);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.set("artifacts", whole(exchange, job).json().path("artifacts"));
        exchange.answer(node);
    }

    void artifact(Exchange exchange) throws IOException {
        JobId id = find(exchange).id();
        String name = exchange.path("name");
        Artifact artifact =
                store(exchange).artifacts(id).stream()
                        .filter(each -> each.name().equals(name))
                        .findFirst()
                        .orElseThrow(() ->
                                new Refused(
                                        Problem.of(
                                                404,
                                                "artifact_not_found",
                                                "There is no such artifact",
                                                "job %s has no artifact \"%s\""
                                                        .formatted(id, name))));
        Download.answer(exchange, artifact);
    }

    /** What a person wants to see of a dead one before it is redriven. */
    void dead(Exchange exchange) {
        exchange.answer(DeadLetters.one(store(exchange), find(exchange)));
    }

    void cancel(Exchange exchange) {
        act(exchange, "cancel", exchange.site().engine()::cancel, state -> !state.ended());
    }

    void redrive(Exchange exchange) {
        act(exchange, "redrive", exchange.site().engine()::redrive, JobRoutes::isDeadOrCancelled);
    }

    void discard(Exchange exchange) {
        act(exchange, "discard", store(exchange)::discard, JobRoutes::isDeadOrCancelled);
    }

    static boolean isDeadOrCancelled(JobState state) {
        return state instanceof JobState.Dead || state instanceof JobState.Cancelled;
    }

    private static void act(
            Exchange exchange,
            String what,
            Function<JobId, Optional<JobState>> act,
            Function<JobState, Boolean> possible) {
        JobId id = exchange.job();
        boolean stopping = store(exchange).find(id).map(Job::stopping).orElse(false);
        JobState before = act.apply(id).orElseThrow(() -> none(id));
        if (!possible.apply(before) || (stopping && !what.equals("cancel")))
            throw new Refused(
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "job %s is %s%s: %s is not possible"
                            .formatted(
                                    id,
                                    before.name().wire(),
                                    stopping ? " and still stopping" : "",
                                    what));
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id.toString()).put("done", what).put("was", before.name().wire());
        exchange.answer(node);
    }

    static Job find(Exchange exchange) {
        JobId id = exchange.job();
        return store(exchange).find(id).orElseThrow(() -> none(id));
    }

    static Refused none(JobId id) {
        return new Refused(ErrorCode.JOB_NOT_FOUND, "there is no job " + id);
    }

    private static Store store(Exchange exchange) {
        return exchange.site().engine().store();
    }
}
