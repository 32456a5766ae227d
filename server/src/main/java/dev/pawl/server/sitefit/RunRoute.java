package dev.pawl.server.sitefit;

import dev.pawl.api.Json;
import dev.pawl.api.Problem;
import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import dev.pawl.server.FrontExchange;
import dev.pawl.server.Refused;
import dev.pawl.server.compute.Contract;
import dev.pawl.server.compute.Contracts;
import dev.pawl.server.compute.CorrelationId;
import dev.pawl.tool.FieldError;
import dev.pawl.tool.PythonJson;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /jobs/run}: the same inputs give the same job, unless that one has failed.
 *
 * <p>The store holds that by idempotency keys, so that it is true of requests at the same moment
 * and on several servers. A key is for ever, so a job that failed, or was removed, has its key
 * followed by one that names it: the next submit finds the first, then takes the second.
 */
record RunRoute(Contracts contracts, RandomGenerator random) {
    /** What this front's idempotency keys begin with. */
    static final String KEY = "sitefit:";

    private static final Logger log = LoggerFactory.getLogger(RunRoute.class);
    private static final String CORRELATION = "x-correlation-id";
    private static final int FLOW_CHARS_MAX = 255;
    private static final int APP_CHARS_MAX = 100;

    /** What was asked for, read but not checked against its contract. */
    private record Wanted(String app, ToolId contract, JsonNode inputs) {}

    void handle(FrontExchange exchange) {
        String flow =
                exchange.header(CORRELATION)
                        .orElseGet(() -> CorrelationId.of(exchange.site().time(), random));
        if (flow.length() > FLOW_CHARS_MAX)
            throw wrong(
                    List.of(
                            new FieldProblem(
                                    CORRELATION,
                                    "want at most " + FLOW_CHARS_MAX + " characters")));
        exchange.set(CORRELATION, flow);
        try (var _ = MDC.putCloseable("correlation_id", flow)) {
            Wanted wanted = wanted(exchange);
            Tool tool = tool(exchange, wanted.contract());
            log.info("job.submit {} app={}", tool.id(), wanted.app());
            submit(exchange, tool, wanted, flow);
        }
    }

    // ---- Asked

    private static Wanted wanted(FrontExchange exchange) {
        JsonNode body = read(exchange.body());
        if (!body.isObject()) throw wrong(List.of(new FieldProblem("", "want a JSON object")));
        var errors = new ArrayList<FieldProblem>();
        String app = word(body, "app_id", errors);
        String definition = word(body, "definition", errors);
        String version = word(body, "version", errors);
        JsonNode inputs = body.path("inputs");
        if (!inputs.isObject()) errors.add(new FieldProblem("/inputs", "want an object"));
        if (!errors.isEmpty()) throw wrong(errors);
        try {
            return new Wanted(app, new ToolId(definition, version), inputs);
        } catch (IllegalArgumentException e) {
            throw noContract(definition + ":" + version, List.of());
        }
    }

    private static String word(JsonNode body, String name, List<FieldProblem> errors) {
        String value = body.path(name).stringValue("");
        if (value.isEmpty()
                || value.length() > APP_CHARS_MAX
                || value.chars().anyMatch(c -> c <= ' '))
            errors.add(
                    new FieldProblem(
                            "/" + name,
                            "want text of 1 to %d characters without spaces"
                                    .formatted(APP_CHARS_MAX)));
        return value;
    }

    private Tool tool(FrontExchange exchange, ToolId id) {
        Optional<Contract> contract = contracts.find(id.name(), id.version());
        if (contract.isEmpty())
            throw noContract(
                    id.name() + ":" + id.version(),
                    contracts.all().stream().map(Contract::name).toList());
        return exchange.site()
                .tools()
                .find(id)
                .orElseThrow(() -> new IllegalStateException("no tool for contract " + id));
    }

    private static FieldProblem inInputs(FieldError error) {
        return new FieldProblem("/inputs" + error.pointer(), error.message());
    }

    private static JsonNode read(byte[] json) {
        return switch (Json.readDoubles(json)) {
            case Json.Reading.Read(var node) -> node;
            case Json.Reading.Unreadable(var reason) ->
                    throw new Refused(
                            Problem.of(
                                    400,
                                    "not_json",
                                    "The body is no JSON",
                                    "the body can't be read as JSON: " + reason));
        };
    }

    private static Refused wrong(List<FieldProblem> errors) {
        String detail =
                errors.size() == 1
                        ? errors.getFirst().pointer() + ": " + errors.getFirst().message()
                        : errors.size() + " fields are wrong; errors names each";
        return new Refused(
                Problem.of(400, "input_invalid", "The request breaks its contract", detail)
                        .withErrors(errors));
    }

    private static Refused noContract(String name, List<String> known) {
        String hint = known.isEmpty() ? "" : "; there are " + String.join(", ", known);
        return new Refused(
                Problem.of(
                        404,
                        "contract_not_found",
                        "There is no such contract",
                        "Contract not found: " + name + hint));
    }

    // ---- Submitted

    private static void submit(FrontExchange exchange, Tool tool, Wanted wanted, String flow) {
        String hash = InputsHash.of(text(wanted.inputs()), tool.id());
        Set<String> tags = Set.of("app:" + wanted.app());
        String base = KEY + hash;
        String key = base;
        while (true) {
            String idempotencyKey = key;
            Submission submission =
                    submission(
                            exchange,
                            tool,
                            wanted.inputs(),
                            builder ->
                                    builder.correlationId(flow)
                                            .tags(tags)
                                            .idempotencyKey(idempotencyKey));
            switch (exchange.site().engine().submit(submission)) {
                case Submitted.Accepted(var id, var state) -> {
                    answer(exchange, id, state, flow, "job.enqueued");
                    return;
                }
                case Submitted.Existing(var id) -> {
                    Optional<JobState> state =
                            exchange.site().engine().store().find(id).map(Job::state);
                    if (state.isPresent() && !failed(state.get())) {
                        answer(exchange, id, state.get(), flow, "job.duplicate");
                        return;
                    }
                    key = base + ":" + id;
                }
                case Submitted.Refused(var code, var message) -> {
                    // Else the contract was changed though it was released: its defaults are
                    // others.
                    String changed = KEY + hash + ":" + submission.key().hash();
                    if (code != ErrorCode.IDEMPOTENCY_CONFLICT || base.equals(changed))
                        throw new Refused(Problem.of(code, message));
                    base = changed;
                    key = base;
                }
            }
        }
    }

    /** In the one order, and with the one text of each number, that the same inputs have. */
    private static String text(JsonNode inputs) {
        requireFinite(inputs);
        try {
            return PythonJson.text(inputs);
        } catch (IllegalArgumentException e) {
            throw wrong(List.of(new FieldProblem("/inputs", String.valueOf(e.getMessage()))));
        }
    }

    /** What is larger than any double would be hashed and stored as infinite, which no JSON is. */
    private static void requireFinite(JsonNode value) {
        if (value.isDouble() && Double.isInfinite(value.doubleValue()))
            throw wrong(
                    List.of(new FieldProblem("/inputs", "has a number that no double can hold")));
        for (JsonNode part : value.values()) requireFinite(part);
    }

    private static Submission submission(
            FrontExchange exchange,
            Tool tool,
            JsonNode inputs,
            Consumer<Submission.Builder> options) {
        return switch (exchange.site()
                .requests()
                .of(
                        tool,
                        inputs,
                        false,
                        builder -> {
                            options.accept(builder);
                            String tenant = exchange.caller().tenant();
                            if (!tenant.isEmpty()) builder.tenant(tenant);
                            exchange.header("traceparent")
                                    .filter(Submission::isTraceparent)
                                    .ifPresent(builder::traceparent);
                        })) {
            case Requests.Request.Ready(var submission, var _) -> submission;
            case Requests.Request.Wrong(var errors) ->
                    throw wrong(errors.stream().map(RunRoute::inInputs).toList());
        };
    }

    private static boolean failed(JobState state) {
        return state instanceof JobState.Dead || state instanceof JobState.Cancelled;
    }

    /** A result that is there already is answered as such, whoever asked for it first. */
    private static void answer(
            FrontExchange exchange, JobId id, JobState state, String flow, String event) {
        boolean cached = state instanceof JobState.Succeeded;
        try (var _ = MDC.putCloseable("job", id.toString())) {
            log.info("{} {}", event, JobDocument.status(state));
        }
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("job_id", id.toString())
                .put("status", JobDocument.status(state))
                .put("correlation_id", flow);
        if (cached) node.put("cached", true);
        exchange.answer(cached ? 200 : 202, node);
    }
}
