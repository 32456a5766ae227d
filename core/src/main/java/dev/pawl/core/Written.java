package dev.pawl.core;

/** What became of a fenced write. */
public sealed interface Written {
    /**
     * It is stored.
     *
     * @param readied whether the write made other jobs ready, as children or followers
     */
    record Done(boolean readied) implements Written {}

    /** Nothing was stored: the token doesn't hold the job any more. */
    record LeaseLost(String reason) implements Written {}
}
