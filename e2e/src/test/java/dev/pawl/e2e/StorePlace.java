package dev.pawl.e2e;

import dev.pawl.testkit.PostgresServer;
import java.util.HashMap;
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

    boolean onPostgres() {
        return !database.isEmpty();
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
