package dev.pawl.app.cli;

import dev.pawl.core.JobState;

/** Colours by meaning, as ANSI escape codes; or none. */
record Style(boolean coloured) {
    String good(String text) {
        return wrapped("32", text);
    }

    String bad(String text) {
        return wrapped("31", text);
    }

    String warning(String text) {
        return wrapped("33", text);
    }

    String busy(String text) {
        return wrapped("36", text);
    }

    String strong(String text) {
        return wrapped("1", text);
    }

    String faint(String text) {
        return wrapped("2", text);
    }

    String state(JobState.Name state, String text) {
        return switch (state) {
            case WAITING -> faint(text);
            case QUEUED -> text;
            case RUNNING -> busy(text);
            case SUCCEEDED -> good(text);
            case DEAD -> bad(text);
            case CANCELLED -> warning(text);
        };
    }

    private String wrapped(String code, String text) {
        return coloured && !text.isEmpty() ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
