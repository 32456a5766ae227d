package dev.pawl.worker;

import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import dev.pawl.core.Outcome;
import dev.pawl.core.Written;
import dev.pawl.tool.DurationText;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An attempt that this worker has finished with, and what the store is to hear of it. */
record Ended(Run run, What what) {
    /** What the store is told. */
    sealed interface What {
        /** The attempt ended so. */
        record Ends(Outcome outcome) implements What {}

        /** The job goes back without a failure. */
        record GoesBack() implements What {}

        /**
         * The attempt's end was written already, in its handler's transaction, or refused there.
         */
        record Stored(Written written) implements What {}

        /** The job was cancelled, and its handler is gone. */
        record Gone() implements What {}
    }

    /**
     * What follows when a handler came back.
     *
     * <p>A success counts even when the handler was being stopped: the work is done, and where the
     * lease is lost the token refuses it. An error of a handler that was being stopped is that
     * stop's doing. Where only this worker believes the lease to be lost, its job goes back at
     * once; where it is lost, the token refuses that too.
     *
     * @param outcome null when an interrupt ended the handler
     */
    static What after(@Nullable Stop why, @Nullable Outcome outcome, Duration timeout) {
        if (why == Stop.CANCELLED) return new What.Gone();
        if (outcome instanceof Outcome.Succeeded) return new What.Ends(outcome);
        return switch (why) {
            case null -> new What.Ends(outcome == null ? interrupted() : outcome);
            case TIMEOUT -> new What.Ends(timedOut(outcome, timeout));
            case DRAIN, LOST ->
                    outcome instanceof Outcome.Snoozed
                            ? new What.Ends(outcome)
                            : new What.GoesBack();
            case CANCELLED -> new What.Gone();
        };
    }

    private static Outcome interrupted() {
        return Outcome.failed(
                ErrorClass.TRANSIENT, "the handler was interrupted, but not by the worker");
    }

    private static Outcome timedOut(@Nullable Outcome outcome, Duration timeout) {
        var error =
                new JobError(
                        ErrorClass.TIMEOUT,
                        "ran longer than %s; raise the tool's policy.timeout if it may"
                                .formatted(DurationText.of(timeout)));
        return new Outcome.Failed(
                error, outcome instanceof Outcome.Failed(_, var files) ? files : List.of());
    }
}
