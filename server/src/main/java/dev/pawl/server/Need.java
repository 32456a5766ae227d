package dev.pawl.server;

/** What a route wants of its caller. */
public enum Need {
    /** Nothing: it tells nothing of anybody's jobs. */
    NOTHING,
    /** Somebody who may see something. */
    VIEWER,
    /** Somebody who may submit. */
    USER,
    /** An admin, if only of one tenant. */
    ADMIN,
    /** An admin of all tenants: it is about what they share. */
    OPERATOR
}
