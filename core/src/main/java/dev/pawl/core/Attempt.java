package dev.pawl.core;

/** A running attempt, as its handler sees it. Thread-safe. */
public interface Attempt {
    ClaimedJob job();

    /**
     * Says how far it is; the latest word within a second wins.
     *
     * @param fraction 0 to 1
     */
    void progress(double fraction, String text);

    /** Adds a line to the job's log; what goes over the log's bound is dropped and counted. */
    void log(LogLine.Stream stream, String text);
}
