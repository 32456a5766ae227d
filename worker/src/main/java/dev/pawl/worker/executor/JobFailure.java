package dev.pawl.worker.executor;

import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import java.time.Duration;

/** A Java handler's way to say how its attempt failed; any other exception is transient. */
public final class JobFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorClass kind;
    private final Duration notBefore;

    /**
     * @param notBefore shortest wait before the next attempt
     */
    public JobFailure(ErrorClass kind, String message, Duration notBefore) {
        super(message);
        this.kind = kind;
        this.notBefore = notBefore;
    }

    /** May go away by itself: the job is retried with backoff. */
    public static JobFailure temporary(String message) {
        return of(ErrorClass.TRANSIENT, message);
    }

    /** Won't go away: the job is dead at once. */
    public static JobFailure permanent(String message) {
        return of(ErrorClass.PERMANENT, message);
    }

    /** The input is at fault: the job is dead at once. */
    public static JobFailure user(String message) {
        return of(ErrorClass.USER, message);
    }

    /** Something has to be installed or set up; name it. Tried again later, not counted. */
    public static JobFailure configuration(String message) {
        return of(ErrorClass.CONFIGURATION, message);
    }

    /** The machine lacks something, as disk. Tried again later, not counted. */
    public static JobFailure infrastructure(String message) {
        return of(ErrorClass.INFRASTRUCTURE, message);
    }

    public JobError error() {
        return new JobError(kind, String.valueOf(getMessage()), notBefore);
    }

    private static JobFailure of(ErrorClass kind, String message) {
        return new JobFailure(kind, message, Duration.ZERO);
    }
}
