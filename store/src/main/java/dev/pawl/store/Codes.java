package dev.pawl.store;

import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;

/** The small numbers that stand for names in rows. They are in files: add, never change. */
public final class Codes {
    private Codes() {}

    public static int of(JobState.Name state) {
        return switch (state) {
            case WAITING -> 0;
            case QUEUED -> 1;
            case RUNNING -> 2;
            case SUCCEEDED -> 3;
            case DEAD -> 4;
            case CANCELLED -> 5;
        };
    }

    static JobState.Name state(int code) {
        for (JobState.Name state : JobState.Name.values()) if (of(state) == code) return state;
        throw new IllegalStateException("no state has code " + code);
    }

    static int of(LogLine.Stream stream) {
        return switch (stream) {
            case STDOUT -> 0;
            case STDERR -> 1;
            case PAWL -> 2;
        };
    }

    static LogLine.Stream stream(int code) {
        for (LogLine.Stream stream : LogLine.Stream.values()) if (of(stream) == code) return stream;
        throw new IllegalStateException("no stream has code " + code);
    }
}
