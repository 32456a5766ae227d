package dev.pawl.e2e;

import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import dev.pawl.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the processes of a test keep their jobs, as an operator tells them by a variable.
 *
 * @param database empty for the file in the data folder
 */
record StorePlace(String database) implements AutoCloseable {
    enum Kind {
        SQLITE,
        POSTGRES
    }

    /** An empty one. */
    static StorePlace fresh(Kind kind) {
        return new StorePlace(kind == Kind.POSTGRES ? PostgresServer.shared().freshDatabase() : "");
    }

    /** The file in the data folder. */
    static StorePlace folder() {
        return new StorePlace("");
    }

    boolean onPostgres() {
        return !database.isEmpty();
    }

    /**
     * The store of a test beside its processes.
     *
     * @param data the folder of the file
     */
    Store open(Path data) {
        return onPostgres()
                ? postgres()
                : SqliteStore.open(SqliteOptions.of(data.resolve("pawl.db")), new SystemTime());
    }

    /** The same, where it is on PostgreSQL. */
    PostgresStore postgres() {
        return PostgresStore.open(PostgresOptions.of(database).withConnections(2));
    }

    /** A command's words, with those that say where: the folders are those of its own folder. */
    String[] words(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--data", "data", "--tools", "tools"));
        if (onPostgres()) all.addAll(List.of("--store", database));
        return all.toArray(String[]::new);
    }

    /** These variables, and the one that says where. */
    Map<String, String> with(Map<String, String> others) {
        var all = new HashMap<>(others);
        if (onPostgres()) all.put("PAWL_STORE_URL", database);
        return all;
    }

    @Override
    public void close() {
        if (onPostgres()) PostgresServer.shared().drop(database);
    }
}
