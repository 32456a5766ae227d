package dev.pawl.app.config;

/**
 * How the log is written.
 *
 * @param level least weight of a line; {@link Level#AUTO} leaves it to the command
 */
public record LogSettings(Format format, Level level) {
    /** Lines for people, or one JSON object each. */
    public enum Format {
        TEXT,
        JSON
    }

    /** The weight of a line. */
    public enum Level {
        AUTO,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }
}
