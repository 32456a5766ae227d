package dev.pawl.core;

/** A refusal or an outage: the one exception that leaves a module. */
public final class PawlException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    public PawlException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public PawlException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
