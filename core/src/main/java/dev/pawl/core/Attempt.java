package dev.pawl.core;

/** A running attempt, as its handler sees it. Thread-safe. */
public interface Attempt {
    ClaimedJob job();

    /** Its number; the first is 1. It grows with every run of the job, also after a drain. */
    default int number() {
        return job().token().attempt();
    }

    /** What ties the job's flow together; may be empty. */
    default String correlationId() {
        return job().submission().correlationId();
    }

    /**
     * Says how far it is; the latest word within a second wins.
     *
     * @param fraction 0 to 1
     */
    void progress(double fraction, String text);

    /** Adds a line to the job's log; what goes over the log's bound is dropped and counted. */
    void log(LogLine.Stream stream, String text);

    /** Adds a line of the handler's own to the job's log. */
    default void log(String text) {
        log(LogLine.Stream.STDOUT, text);
    }
}
