package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobState;
import java.util.Locale;

/** How {@code pawl} ends. The numbers are for scripts: add, never change. */
public enum ExitCode {
    SUCCEEDED(0, "Done; a job that was run or waited for has succeeded."),
    FAULT(
            1,
            "`doctor` or `tools check` found a fault, or `import` left something out; it says what"
                    + " to do."),
    USAGE(2, "The request is at fault: a flag, a tool's name, its input, a job's id, a setting."),
    DEAD(3, "The job is dead: no attempt is left, or none would help."),
    CANCELLED(4, "The job was cancelled."),
    REFUSED(5, "Not possible now: a full queue, a program that is missing, a state that forbids."),
    UNREACHABLE(
            6,
            "The data folder can't be used: not writable, damaged, newer, moved, locked, full; or"
                    + " the server can't be reached."),
    TIMED_OUT(7, "`--timeout` is over; the job goes on."),
    BUG(70, "A bug in Pawl. `--debug` shows where.");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    /** One sentence. */
    public String meaning() {
        return meaning;
    }

    /** The name in JSON output and in the documentation: lower case. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The one place that says how a refusal or an outage ends the program. */
    static ExitCode of(ErrorCode code) {
        return switch (code) {
            case JOB_NOT_FOUND,
                    TOOL_NOT_FOUND,
                    WEBHOOK_NOT_FOUND,
                    INPUT_INVALID,
                    INPUT_TOO_LARGE,
                    PARENT_NOT_FOUND,
                    CONFIGURATION_INVALID ->
                    USAGE;
            // A worker that isn't there has left, as a rule: that is no fault of who names it.
            case WORKER_NOT_FOUND, IDEMPOTENCY_CONFLICT, QUEUE_FULL, NOT_POSSIBLE_NOW, LEASE_LOST ->
                    REFUSED;
            case SCHEMA_NEWER,
                    STORE_CORRUPT,
                    STORE_FULL,
                    STORE_MOVED,
                    STORE_UNAVAILABLE,
                    SERVER_UNREACHABLE ->
                    UNREACHABLE;
        };
    }

    /** How a wait for a job that has ended so ends. */
    static ExitCode of(JobState.Name ended) {
        return switch (ended) {
            case SUCCEEDED -> SUCCEEDED;
            case DEAD -> DEAD;
            case CANCELLED -> CANCELLED;
            case WAITING, QUEUED, RUNNING -> TIMED_OUT;
        };
    }
}
