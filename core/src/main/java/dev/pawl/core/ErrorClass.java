package dev.pawl.core;

import java.util.Locale;

/** What kind of error ended an attempt; the kind decides what comes next. Names are wire format. */
public enum ErrorClass {
    /** May go away by itself: retried with backoff. */
    TRANSIENT(Treatment.RETRY),
    /** Won't go away: dead at once. */
    PERMANENT(Treatment.DIE),
    /** The input is at fault: dead at once. */
    USER(Treatment.DIE),
    /** Something has to be installed or set up here: tried again later, not counted. */
    CONFIGURATION(Treatment.WAIT),
    /** The machine lacks something, as disk: tried again later, not counted. */
    INFRASTRUCTURE(Treatment.WAIT),
    /** The attempt ran longer than its tool allows. */
    TIMEOUT(Treatment.RETRY),
    /** The worker was gone for longer than its lease. */
    LEASE_LOST(Treatment.RETRY),
    /** The job's time to live ended before it ran. */
    EXPIRED(Treatment.DIE);

    /** What is done with a job whose attempt ended so. */
    public enum Treatment {
        /** Counts as a failure; the job runs again after a backoff while failures are left. */
        RETRY,
        /** Doesn't count; the job runs again after a backoff. */
        WAIT,
        /** The job is dead. */
        DIE
    }

    private final Treatment treatment;

    ErrorClass(Treatment treatment) {
        this.treatment = treatment;
    }

    /** What is done unless the tool's policy says otherwise. */
    public Treatment treatment() {
        return treatment;
    }

    /** The name on the wire: lower case. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The class with that name on the wire.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static ErrorClass ofWire(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
