package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * Ends the handling of a request with a problem: the native API answers it as it is, a front in its
 * own words. Leaves no route.
 */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;
    private final transient Optional<Incoming> rest;

    public Refused(Problem problem) {
        this(problem, Optional.empty());
    }

    private Refused(Problem problem, Optional<Incoming> rest) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
        this.rest = rest;
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

    /** The same, for a body of which this was not read. */
    Refused withRest(Incoming unread) {
        return new Refused(problem, Optional.of(unread));
    }

    public Problem problem() {
        return problem;
    }

    /** Reads on, after the answer, what the client still sends; see {@link Incoming}. Blocks. */
    public void drop() {
        rest.ifPresent(Incoming::drop);
    }
}
