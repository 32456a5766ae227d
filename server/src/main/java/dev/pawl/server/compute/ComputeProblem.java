package dev.pawl.server.compute;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Ends a solve with an error answer. Doesn't leave this package. */
final class ComputeProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient List<JsonNode> details;

    ComputeProblem(int status, String message, List<JsonNode> details) {
        super(message, null, false, false);
        this.status = status;
        this.details = List.copyOf(details);
    }

    ComputeProblem(int status, String message) {
        this(status, message, List.of());
    }

    int status() {
        return status;
    }

    List<JsonNode> details() {
        return details;
    }
}
