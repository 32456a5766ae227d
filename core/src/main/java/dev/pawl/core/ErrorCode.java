package dev.pawl.core;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why a request was refused. The names are wire format: add, never rename. */
public enum ErrorCode {
    JOB_NOT_FOUND(Blame.CALLER),
    TOOL_NOT_FOUND(Blame.CALLER),
    WEBHOOK_NOT_FOUND(Blame.CALLER),
    WORKER_NOT_FOUND(Blame.CALLER),
    INPUT_INVALID(Blame.CALLER),
    INPUT_TOO_LARGE(Blame.CALLER),
    PARENT_NOT_FOUND(Blame.CALLER),
    IDEMPOTENCY_CONFLICT(Blame.CALLER),
    CONFIGURATION_INVALID(Blame.CALLER),
    QUEUE_FULL(Blame.STATE),
    NOT_POSSIBLE_NOW(Blame.STATE),
    LEASE_LOST(Blame.STATE),
    SCHEMA_NEWER(Blame.SERVER),
    STORE_CORRUPT(Blame.SERVER),
    STORE_FULL(Blame.SERVER),
    STORE_MOVED(Blame.SERVER),
    STORE_UNAVAILABLE(Blame.SERVER),
    SERVER_UNREACHABLE(Blame.SERVER);

    /** Who has to act: fix the request, wait, or fix us. */
    public enum Blame {
        CALLER,
        STATE,
        SERVER
    }

    private final Blame blame;

    ErrorCode(Blame blame) {
        this.blame = blame;
    }

    public Blame blame() {
        return blame;
    }

    /** The code with that name on the wire. */
    public static Optional<ErrorCode> ofWire(String wire) {
        return Arrays.stream(values()).filter(code -> code.wire().equals(wire)).findFirst();
    }

    /** The name on the wire: lower case. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
