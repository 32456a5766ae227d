package dev.pawl.testkit.sim;

import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.PostgresServer;
import java.nio.file.Path;

/** Where planted bugs are shown; a database is made when the first bug wants one. */
final class Stages implements AutoCloseable {
    private final Path folder;
    private String database = "";

    Stages(Path folder) {
        this.folder = folder;
        // Makes the template that all runs copy.
        var _ = new Simulation(folder);
    }

    /** What the stage's player takes for its place. */
    String place(Stage stage) {
        return switch (stage) {
            case SIMULATION -> folder.toString();
            case TWO_CLAIMS -> database();
        };
    }

    /** The invariant that breaks without a bug, which none should; empty text when none does. */
    String brokenWithout(Stage stage, long seed) {
        return switch (stage) {
            case SIMULATION -> Simulation.broken(seed, place(stage));
            case TWO_CLAIMS -> TwoClaims.broken(seed, place(stage));
        };
    }

    private String database() {
        if (!database.isEmpty()) return database;
        database = PostgresServer.shared().freshDatabase();
        PostgresStore.open(PostgresOptions.of(database)).close();
        return database;
    }

    @Override
    public void close() {
        if (!database.isEmpty()) PostgresServer.shared().drop(database);
        database = "";
    }
}
