package dev.pawl.app.cli;

import dev.pawl.app.config.Configuration;

/** Builds what commands work with; {@code Main} has the one there is. */
public interface Wiring {
    /** Starts the log; called once, before anything that logs. */
    void startLog(Configuration configuration, boolean worker);

    /** Opens the data folder; makes it where it is missing. */
    Opened open(Configuration configuration);
}
