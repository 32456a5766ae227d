package dev.pawl.api;

import dev.pawl.core.ErrorCode;

/** What a server said to one job of a batch. */
public sealed interface Answer permits Accepted, Answer.Refused {
    /** Nothing was stored of it. */
    record Refused(ErrorCode code, String message) implements Answer {}
}
