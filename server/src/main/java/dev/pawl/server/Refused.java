package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.ErrorCode;

/** Ends the handling of a request with a problem. Doesn't leave this package. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    Refused(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Refused(ErrorCode code, String detail) {
        this(Problem.of(code, detail));
    }

    Problem problem() {
        return problem;
    }
}
