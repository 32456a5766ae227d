package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.ErrorCode;
import java.util.List;

/**
 * Ends the handling of a request with a problem: the native API answers it as it is, a front in its
 * own words. Leaves no route.
 */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    public Refused(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Refused(ErrorCode code, String detail) {
        this(Problem.of(code, detail));
    }

    /** A body with these fields wrong; at least one. */
    static Refused wrong(List<FieldProblem> errors) {
        String detail =
                errors.size() == 1
                        ? errors.getFirst().pointer() + ": " + errors.getFirst().message()
                        : errors.size() + " fields are wrong; errors names each";
        return new Refused(Problem.of(ErrorCode.INPUT_INVALID, detail).withErrors(errors));
    }

    Problem problem() {
        return problem;
    }
}
