package dev.pawl.api;

import dev.pawl.core.ErrorCode;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Why a request was refused, as {@code application/problem+json}
 * (https://www.rfc-editor.org/rfc/rfc9457).
 *
 * @param status the HTTP status, 400 to 599
 * @param code stable, for programs: an {@link ErrorCode}'s name on the wire, or one of HTTP's own
 * @param title what kind of problem it is, the same for the same code
 * @param detail what was wrong this time, and what to do
 * @param errors each field that is wrong; may be empty
 */
public record Problem(
        int status, String code, String title, String detail, List<FieldProblem> errors) {
    public static final String MEDIA_TYPE = "application/problem+json";

    /**
     * One field that is wrong.
     *
     * @param pointer a JSON pointer into the request's body; empty for the whole
     */
    public record FieldProblem(String pointer, String message) {}

    public Problem {
        if (status < 400 || status > 599)
            throw new IllegalArgumentException("status is " + status + ", want 400 to 599");
        errors = List.copyOf(errors);
    }

    public static Problem of(int status, String code, String title, String detail) {
        return new Problem(status, code, title, detail, List.of());
    }

    public static Problem of(ErrorCode code, String detail) {
        return new Problem(status(code), code.wire(), title(code), detail, List.of());
    }

    public Problem withErrors(List<FieldProblem> value) {
        return new Problem(status, code, title, detail, value);
    }

    /** The one place that says which HTTP status a refusal or an outage has. */
    public static int status(ErrorCode code) {
        return switch (code) {
            case JOB_NOT_FOUND, TOOL_NOT_FOUND, WEBHOOK_NOT_FOUND, WORKER_NOT_FOUND -> 404;
            case INPUT_INVALID, PARENT_NOT_FOUND -> 422;
            case INPUT_TOO_LARGE -> 413;
            case IDEMPOTENCY_CONFLICT, NOT_POSSIBLE_NOW, LEASE_LOST -> 409;
            case QUEUE_FULL -> 429;
            case CONFIGURATION_INVALID, SCHEMA_NEWER, STORE_CORRUPT -> 500;
            case STORE_FULL -> 507;
            case STORE_MOVED, STORE_UNAVAILABLE, SERVER_UNREACHABLE -> 503;
        };
    }

    private static String title(ErrorCode code) {
        return switch (code) {
            case JOB_NOT_FOUND -> "There is no such job";
            case TOOL_NOT_FOUND -> "There is no such tool";
            case WEBHOOK_NOT_FOUND -> "There is no such webhook";
            case WORKER_NOT_FOUND -> "There is no such worker";
            case INPUT_INVALID -> "The request breaks its contract";
            case INPUT_TOO_LARGE -> "The request is too large";
            case PARENT_NOT_FOUND -> "A parent does not exist";
            case IDEMPOTENCY_CONFLICT -> "The idempotency key was used for something else";
            case NOT_POSSIBLE_NOW -> "Not possible in this state";
            case LEASE_LOST -> "The lease is lost";
            case QUEUE_FULL -> "The queue is full";
            case CONFIGURATION_INVALID -> "The server is not set up for this";
            case SCHEMA_NEWER -> "The database is newer than the server";
            case STORE_CORRUPT -> "The database is damaged";
            case STORE_FULL -> "The server's disk is full";
            case STORE_MOVED -> "The jobs have moved to another database";
            case STORE_UNAVAILABLE -> "The database is away";
            case SERVER_UNREACHABLE -> "Another server can't be reached";
        };
    }

    public JsonNode json() {
        Json.Fields fields =
                Json.object()
                        .put("type", "about:blank#" + code)
                        .put("title", title)
                        .put("status", status)
                        .put("code", code)
                        .put("detail", detail);
        if (!errors.isEmpty())
            fields.list(
                    "errors",
                    errors.stream()
                            .map(e -> {
                                var one = Json.object().node();
                                one.put("pointer", e.pointer());
                                one.put("message", e.message());
                                return one;
                            })
                            .toList());
        return fields.node();
    }
}
