package dev.pawl.server.toolrunner;

import dev.pawl.api.Problem;
import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.server.FrontExchange;
import dev.pawl.server.Refused;
import dev.pawl.server.Site;
import dev.pawl.tool.FieldError;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The route that runs a tool: it submits a job. */
record RunRoute(Scripts scripts, Hits hits) {
    void run(FrontExchange exchange) {
        JsonNode body = exchange.json();
        Tool tool = tool(exchange.site(), name(body));
        JsonNode parameters = parameters(body);
        Optional<String> correlation = exchange.header("x-correlation-id");
        Requests.Request request =
                exchange.site()
                        .requests()
                        .of(
                                tool,
                                parameters,
                                false,
                                builder -> {
                                    exchange.caller().own(builder);
                                    correlation.ifPresent(builder::correlationId);
                                });
        Submission submission =
                switch (request) {
                    case Requests.Request.Ready(var ready, var _) -> ready;
                    case Requests.Request.Wrong(var errors) -> throw wrong(errors);
                };
        exchange.answer(200, answer(tool, submit(exchange.site(), submission)));
    }

    private JobId submit(Site site, Submission submission) {
        return switch (site.engine().submit(submission)) {
            case Submitted.Accepted(var id, var state) -> {
                hits.count(submission, state);
                yield id;
            }
            case Submitted.Existing(var id) -> id;
            case Submitted.Refused(var code, var message) ->
                    throw new Refused(Problem.of(code, message));
        };
    }

    private static String name(JsonNode body) {
        var errors = new ArrayList<FieldProblem>();
        JsonNode name = body.path("tool_name");
        if (!body.isObject()) errors.add(new FieldProblem("", "want an object"));
        else if (name.isMissingNode()) errors.add(new FieldProblem("/tool_name", "is missing"));
        else if (!name.isString()) errors.add(new FieldProblem("/tool_name", "want text"));
        if (!errors.isEmpty()) throw wrongFields(errors);
        return name.stringValue();
    }

    /** What isn't there, or is null, says no parameter. */
    private static JsonNode parameters(JsonNode body) {
        JsonNode given = body.path("parameters");
        if (given.isMissingNode() || given.isNull()) return JsonNodeFactory.instance.objectNode();
        if (given.isObject()) return given;
        throw wrongFields(List.of(new FieldProblem("/parameters", "want an object")));
    }

    /** As the worker knows it: a tool file may stand before the script. */
    private Tool tool(Site site, String name) {
        return scripts.find(name)
                .map(script -> site.tools().find(script.tool().id()).orElse(script.tool()))
                .orElseThrow(() ->
                        new Refused(
                                Problem.of(ErrorCode.TOOL_NOT_FOUND, "Tool not found: " + name)));
    }

    private static Refused wrong(List<FieldError> errors) {
        return wrongFields(
                errors.stream()
                        .map(e -> new FieldProblem("/parameters" + e.pointer(), e.message()))
                        .toList());
    }

    private static Refused wrongFields(List<FieldProblem> errors) {
        return new Refused(
                Problem.of(ErrorCode.INPUT_INVALID, "fields are wrong").withErrors(errors));
    }

    private static ObjectNode answer(Tool tool, JobId id) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("job_id", id.toString())
                .put("tool_name", tool.id().name())
                .put("status", "pending")
                .put("message", "%s is submitted as job %s".formatted(tool.title(), id));
    }
}
