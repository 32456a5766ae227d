package dev.pawl.worker;

/** What an attempt takes from the machine while it runs; each kind is bounded by itself. */
public enum Slot {
    /** A thread that mostly waits: Java handlers and HTTP calls. */
    HANDLER,
    /** A process of its own. */
    COMMAND
}
