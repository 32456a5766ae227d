package dev.pawl.testkit;

import org.junit.jupiter.api.Assumptions;

/** What a test can't do without. */
final class Needs {
    private Needs() {}

    /**
     * Skips the test out loud where something is missing; fails where {@code PAWL_REQUIRE=all} says
     * that nothing may be.
     *
     * @param missing as in {@code pgbouncer is missing (Debian: apt install pgbouncer)}
     */
    static void orSkip(boolean there, String missing) {
        if (there) return;
        if ("all".equals(System.getenv("PAWL_REQUIRE"))) throw new AssertionError(missing);
        Assumptions.abort("SKIPPED: " + missing);
    }
}
