package dev.pawl.bench;

/** How long something took, over all its turns. */
final class Timed {
    interface Turn {
        void run() throws Exception;
    }

    private long jobs;
    private long nanos;

    /**
     * @param counts whether this turn is no warm-up
     * @param done jobs of this turn
     */
    void time(boolean counts, int done, Turn turn) throws Exception {
        long begun = Jobs.TIME.nanos();
        turn.run();
        if (!counts) return;
        nanos += Jobs.TIME.nanos() - begun;
        jobs += done;
    }

    double perSecond() {
        return jobs * 1e9 / nanos;
    }
}
