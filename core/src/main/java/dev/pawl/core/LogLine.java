package dev.pawl.core;

import java.time.Instant;
import java.util.Locale;

/** One line of what an attempt printed, without its line end. */
public record LogLine(int attempt, long seq, Instant at, Stream stream, String text) {
    /** Where it was printed. {@link #PAWL} is what the worker itself has to say. */
    public enum Stream {
        STDOUT,
        STDERR,
        PAWL;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
