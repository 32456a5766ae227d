package dev.pawl.server;

import dev.pawl.core.ApiKeys;
import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Time;
import dev.pawl.core.Users;
import dev.pawl.core.Webhooks;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.MemoryKeys;
import dev.pawl.testkit.MemoryStore;
import dev.pawl.testkit.MemoryUsers;
import dev.pawl.testkit.MemoryWebhooks;
import dev.pawl.testkit.PostgresClock;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresTables;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Where a test's server keeps everything. A class that is {@link OnEachStore} runs once on each.
 */
public enum StoreKind {
    MEMORY {
        @Override
        Opened on(Time time, boolean following) {
            var store = new MemoryStore(time);
            return new Opened(
                    store,
                    new MemoryKeys(time),
                    new MemoryUsers(time),
                    new MemoryWebhooks(store),
                    store::close);
        }
    },

    /** A database that nobody else uses, on the real server that this JVM's tests share. */
    POSTGRES {
        @Override
        Opened on(Time time, boolean following) {
            Queue<String> free = following ? Free.ON_OWN_CLOCK : Free.ON_THE_MACHINES;
            String used = free.poll();
            String database = used == null ? made(following) : used;
            var clock = new PostgresClock(database);
            PostgresTables.empty(database);
            PostgresStore store = PostgresStore.open(options(database));
            Webhooks webhooks = store.webhooks();
            return new Opened(
                    following ? clock.following(Store.class, store, time) : store,
                    store.keys(),
                    store.users(),
                    following ? clock.following(Webhooks.class, webhooks, time) : webhooks,
                    () -> {
                        store.close();
                        free.add(database);
                    });
        }

        private static String made(boolean following) {
            String database = PostgresServer.shared().freshDatabase();
            PostgresStore.open(options(database)).close();
            if (following) PostgresClock.install(database);
            return database;
        }
    };

    /** Databases that no test uses now, by their clock. */
    private static final class Free {
        static final Queue<String> ON_THE_MACHINES = new ConcurrentLinkedQueue<>();
        static final Queue<String> ON_OWN_CLOCK = new ConcurrentLinkedQueue<>();
    }

    private static PostgresOptions options(String database) {
        return PostgresOptions.of(database).withConnections(12);
    }

    /** Empty, on the clock of this machine. */
    public Opened open() {
        return on(new SystemTime(), false);
    }

    /** Empty, on a clock of the test's own. */
    public Opened open(Time time) {
        return on(time, true);
    }

    abstract Opened on(Time time, boolean following);

    /** All that a server keeps; closing it forgets it. */
    public record Opened(Store store, ApiKeys keys, Users users, Webhooks webhooks, Runnable forget)
            implements AutoCloseable {
        /** The same for a server whose end is not that of what it keeps. */
        public Opened shared() {
            return new Opened(store, keys, users, webhooks, () -> {});
        }

        @Override
        public void close() {
            forget.run();
        }
    }
}
