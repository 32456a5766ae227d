package dev.pawl.worker;

/** Why a running attempt is asked to stop. */
enum Stop {
    /** It ran longer than its tool allows. */
    TIMEOUT,
    /** Its job was cancelled. */
    CANCELLED,
    /** The worker drains and its grace is over. */
    DRAIN,
    /** Its lease is lost, or may be before anybody could tell. */
    LOST
}
