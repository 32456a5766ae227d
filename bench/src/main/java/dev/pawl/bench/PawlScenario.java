package dev.pawl.bench;

import dev.pawl.testkit.PostgresServer;

/** What only Pawl is measured at, on a database of its own of the run's PostgreSQL. */
interface PawlScenario {
    /** Answers the figures of one run, in words. */
    String measure(PostgresServer server, Setting setting) throws Exception;
}
