package dev.pawl.testkit.sim;

/** What shows a planted bug, from a seed. */
enum Stage {
    /** A run of one thread: what any call alone, or in the wrong order, does wrong. */
    SIMULATION(Simulation.class, 1_000),
    /** Two claims of two processes: what they do wrong together, and neither alone. */
    TWO_CLAIMS(TwoClaims.class, TwoClaims.STATEMENTS_MAX);

    private final Class<?> player;
    private final int seedsMax;

    Stage(Class<?> player, int seedsMax) {
        this.player = player;
        this.seedsMax = seedsMax;
    }

    /**
     * Whose {@code broken(long, String)} answers which invariant a seed breaks, and empty text for
     * none; loaded anew with a bug in it.
     */
    Class<?> player() {
        return player;
    }

    /** How many seeds are worth trying. */
    int seedsMax() {
        return seedsMax;
    }
}
