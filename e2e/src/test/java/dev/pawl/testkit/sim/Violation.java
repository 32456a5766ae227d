package dev.pawl.testkit.sim;

/** An invariant was broken. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    private final Invariant invariant;

    Violation(Invariant invariant, String message) {
        super(invariant + ": " + message);
        this.invariant = invariant;
    }

    Invariant invariant() {
        return invariant;
    }
}
