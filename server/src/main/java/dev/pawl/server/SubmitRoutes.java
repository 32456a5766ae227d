package dev.pawl.server;

import dev.pawl.api.Json;
import dev.pawl.api.Problem;
import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.api.SubmitRequest;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.tool.Checked;
import dev.pawl.tool.FieldError;
import dev.pawl.tool.Lookup;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes that submit. */
record SubmitRoutes(Endings endings) {
    /** Jobs in one batch; a larger one is refused whole. */
    private static final int BATCH_MAX = 10_000;

    private static final HeaderName IDEMPOTENCY = HeaderNames.create("Idempotency-Key");
    private static final HeaderName TRACEPARENT = HeaderNames.create("traceparent");
    private static final HeaderName CORRELATION = HeaderNames.create("x-correlation-id");

    /** What is submitted, or why it can't be. */
    private sealed interface Wanted {
        record Ready(Submission submission) implements Wanted {}

        record Wrong(Problem problem) implements Wanted {}
    }

    void one(Exchange exchange) throws InterruptedException {
        Optional<Duration> wait = exchange.preferredWait();
        JsonNode body = exchange.is(Form.MEDIA_TYPE) ? Form.job(exchange) : exchange.json();
        Submission submission =
                switch (wanted(exchange, body, "")) {
                    case Wanted.Ready(var ready) -> ready;
                    case Wanted.Wrong(var problem) -> throw new Refused(problem);
                };
        switch (exchange.site().engine().submit(submission)) {
            case Submitted.Accepted(var id, var state) ->
                    accepted(exchange, accepted(id, state, false), id, wait);
            case Submitted.Existing(var id) ->
                    accepted(exchange, accepted(id, state(exchange, id), true), id, wait);
            case Submitted.Refused(var code, var message) -> throw new Refused(code, message);
        }
    }

    void batch(Exchange exchange) {
        List<JsonNode> bodies = bodies(exchange);
        if (bodies.size() > BATCH_MAX)
            throw new Refused(
                    ErrorCode.INPUT_TOO_LARGE,
                    "the batch has %,d jobs; send at most %,d at once"
                            .formatted(bodies.size(), BATCH_MAX));
        var answers = new ArrayList<JsonNode>(bodies.size());
        var ready = new ArrayList<Submission>();
        var places = new ArrayList<Integer>();
        for (int i = 0; i < bodies.size(); i++) {
            switch (wanted(exchange, bodies.get(i), "/" + i)) {
                case Wanted.Ready(var submission) -> {
                    ready.add(submission);
                    places.add(i);
                    answers.add(JsonNodeFactory.instance.nullNode());
                }
                case Wanted.Wrong(var problem) -> answers.add(refusal(problem));
            }
        }
        List<Submitted> stored =
                ready.isEmpty() ? List.of() : exchange.site().engine().submit(ready);
        for (int i = 0; i < stored.size(); i++)
            answers.set(places.get(i), answer(exchange, stored.get(i)));
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        whole.putArray("jobs").addAll(answers);
        exchange.answer(answers.stream().allMatch(a -> a.has("id")) ? 202 : 207, whole);
    }

    private static JsonNode answer(Exchange exchange, Submitted stored) {
        return switch (stored) {
            case Submitted.Accepted(var id, var state) -> accepted(id, state, false);
            case Submitted.Existing(var id) -> accepted(id, state(exchange, id), true);
            case Submitted.Refused(var code, var message) -> refusal(Problem.of(code, message));
        };
    }

    private static JsonNode refusal(Problem problem) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.set("problem", problem.json());
        return node;
    }

    /** An array, or a job a line; each line that can't be read is refused with the whole. */
    private static List<JsonNode> bodies(Exchange exchange) {
        if (!exchange.is("application/x-ndjson")) {
            JsonNode whole = exchange.json();
            if (!whole.isArray())
                throw new Refused(ErrorCode.INPUT_INVALID, "want an array of jobs");
            return List.copyOf(whole.values());
        }
        var bodies = new ArrayList<JsonNode>();
        int number = 0;
        for (String line : new String(exchange.body(), StandardCharsets.UTF_8).split("\n", -1)) {
            number++;
            if (line.isBlank()) continue;
            switch (Json.read(line.getBytes(StandardCharsets.UTF_8))) {
                case Json.Reading.Read(var node) -> bodies.add(node);
                case Json.Reading.Unreadable(var reason) ->
                        throw new Refused(
                                Problem.of(
                                        400,
                                        "not_json",
                                        "The body is no JSON",
                                        "line %d can't be read as JSON: %s; nothing was stored"
                                                .formatted(number, reason)));
            }
        }
        return bodies;
    }

    private static Wanted wanted(Exchange exchange, JsonNode body, String at) {
        SubmitRequest request;
        switch (SubmitRequest.read(body)) {
            case SubmitRequest.Reading.Good(var good) -> request = good;
            case SubmitRequest.Reading.Bad(var errors) -> {
                var all = new ArrayList<>(errors);
                all.addAll(inInput(exchange, new SubmitRequest(body)));
                return wrong(at, all);
            }
        }
        Tool tool;
        switch (exchange.site().tools().find(request.tool())) {
            case Lookup.Found(var found) -> tool = found;
            case Lookup.Unknown unknown -> {
                return new Wanted.Wrong(Problem.of(ErrorCode.TOOL_NOT_FOUND, unknown.message()));
            }
        }
        if (!exchange.caller().reachesAll()) {
            request.parents().forEach(exchange::requireSeen);
            request.by().ifPresent(attempt -> exchange.requireSeen(attempt.job()));
        }
        Optional<Job> cause =
                request.by().flatMap(token -> exchange.site().engine().store().find(token.job()));
        if (request.by().isPresent() && cause.isEmpty())
            return new Wanted.Wrong(
                    AttemptRoutes.lost(exchange.site().engine(), request.by().get()).problem());
        return switch (exchange.site()
                .requests()
                .of(
                        tool,
                        request.input(),
                        request.noCache(),
                        builder -> apply(exchange, request, cause, builder))) {
            case Requests.Request.Ready(var submission, var _) -> new Wanted.Ready(submission);
            case Requests.Request.Wrong(var errors) ->
                    wrong(at, errors.stream().map(SubmitRoutes::inInput).toList());
        };
    }

    /**
     * What is wrong with the input of a body that is refused anyway, so that all is told at once.
     */
    private static List<FieldProblem> inInput(Exchange exchange, SubmitRequest request) {
        if (exchange.site().tools().find(request.tool()) instanceof Lookup.Found(var tool)
                && tool.input().check(request.input()) instanceof Checked.Invalid(var errors))
            return errors.stream().map(SubmitRoutes::inInput).toList();
        return List.of();
    }

    private static FieldProblem inInput(FieldError error) {
        return new FieldProblem("/input" + error.pointer(), error.message());
    }

    private static Wanted wrong(String at, List<FieldProblem> errors) {
        var placed =
                errors.stream().map(e -> new FieldProblem(at + e.pointer(), e.message())).toList();
        String detail =
                placed.size() == 1
                        ? placed.getFirst().pointer() + ": " + placed.getFirst().message()
                        : placed.size() + " fields are wrong; errors names each";
        return new Wanted.Wrong(Problem.of(ErrorCode.INPUT_INVALID, detail).withErrors(placed));
    }

    private static void apply(
            Exchange exchange,
            SubmitRequest request,
            Optional<Job> cause,
            Submission.Builder builder) {
        cause.ifPresent(job -> builder.causedBy(request.by().orElseThrow(), job.submission()));
        exchange.header(CORRELATION).ifPresent(builder::correlationId);
        exchange.header(IDEMPOTENCY).ifPresent(builder::idempotencyKey);
        // What the body says stands before what the headers say.
        request.applyTo(builder, exchange.site().engine().store().now());
        // An attempt's jobs are its job's owner's, whoever's worker submits them.
        if (cause.isEmpty()) exchange.caller().own(builder);
        // What names no trace is ignored, as the specification wants it.
        exchange.header(TRACEPARENT)
                .filter(Submission::isTraceparent)
                .ifPresent(builder::traceparent);
    }

    private static JobState state(Exchange exchange, JobId id) {
        return exchange.site().engine().store().find(id).map(Job::state).orElseThrow();
    }

    private void accepted(Exchange exchange, JsonNode accepted, JobId id, Optional<Duration> wait)
            throws InterruptedException {
        exchange.response().headers().set(HeaderNames.LOCATION, "/v1/jobs/" + id);
        if (wait.isPresent()) {
            Optional<Job> job = endings.await(id, wait.get(), exchange.site().time());
            if (job.isPresent() && job.get().state().ended()) {
                exchange.answer(JobRoutes.whole(exchange, job.get()).json());
                return;
            }
        }
        exchange.answer(202, accepted);
    }

    private static JsonNode accepted(JobId id, JobState state, boolean existing) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id.toString()).put("state", state.name().wire());
        return existing ? node.put("existing", true) : node;
    }
}
