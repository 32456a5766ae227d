package dev.pawl.store.postgres;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.testkit.PostgresClock;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresTables;
import dev.pawl.testkit.PostgresVersion;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A test's database: one for all tests of a server that come one after another, emptied before
 * each, which is quicker than another one. Its clock stands still until somebody moves it.
 */
record PostgresDatabase(String url) {
    private static final Map<PostgresVersion, PostgresDatabase> MADE =
            new EnumMap<>(PostgresVersion.class);

    static synchronized PostgresDatabase empty(PostgresVersion version) {
        PostgresDatabase made = MADE.computeIfAbsent(version, PostgresDatabase::make);
        PostgresTables.empty(made.url);
        return made;
    }

    private static PostgresDatabase make(PostgresVersion version) {
        var made = new PostgresDatabase(PostgresServer.shared(version).freshDatabase());
        PostgresStore.open(made.options()).close();
        PostgresClock.install(made.url);
        return made;
    }

    PostgresOptions options() {
        return PostgresOptions.of(url).withConnections(12);
    }

    /** A store on it; before each call the database's clock is set to {@code time}. */
    Store open(Time time) {
        return following(Store.class, PostgresStore.open(options()), time);
    }

    /** The same port, on the same clock. */
    <T> T following(Class<T> port, T behind, Time time) {
        return new PostgresClock(url).following(port, behind, time);
    }

    List<String> violations() {
        try (var store = PostgresStore.open(options().withConnections(1))) {
            return store.violations();
        }
    }

    void execute(String sql) {
        PostgresServer.execute(url, sql);
    }
}
