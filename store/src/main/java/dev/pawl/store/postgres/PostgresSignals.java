package dev.pawl.store.postgres;

import dev.pawl.core.EngineListener;
import dev.pawl.core.JobId;
import dev.pawl.core.Neighbours;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries hints between the processes on one database, by NOTIFY.
 *
 * <p>What happens here is gathered and told after the commit, in a transaction of its own: one that
 * notifies holds a lock of the whole database until it has ended, so business commits would come
 * one after another. The first hint goes at once, the next no sooner than a millisecond later, with
 * all that has come meanwhile; while they come without a break, up to {@link #LULL_MILLIS_MAX}.
 *
 * <p>What happens elsewhere is heard on a connection outside the pool, from the first listener on.
 * Where there is none to be had, polling alone goes on, and a connection is looked for now and
 * then. Behind a pooler nothing is listened for: LISTEN would stay on a connection that others use.
 *
 * <p>Thread-safe. Both threads end with {@link #close}.
 */
final class PostgresSignals implements Neighbours, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PostgresSignals.class);

    static final long LULL_MILLIS_MAX = 4;

    /** More cancels at once are heard of at the next heartbeat. */
    private static final int STOPS_MAX = 100;

    private static final Duration REST_MIN = Duration.ofMillis(500);
    private static final Duration REST_MAX = Duration.ofSeconds(30);

    /** How often a silent connection is asked whether it still is one. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

    private static final int ANSWER_SECONDS_MAX = 5;
    private static final Duration JOIN = Duration.ofSeconds(2);

    private static final String LISTEN = "LISTEN pawl";

    /** Nothing is lost with a hint, so nobody waits for the disk. */
    private static final String NOTIFY =
            "SELECT set_config('synchronous_commit', 'off', true), pg_notify('pawl', ?)";

    private static final String BACKEND = "SELECT pg_backend_pid()";

    private final PostgresOptions options;
    private final DataSource pool;
    private final boolean hears;
    private final Telling telling = new Telling();
    private final Set<EngineListener> listeners = new CopyOnWriteArraySet<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread teller;
    private final Thread hearer;
    private final AtomicBoolean hearing = new AtomicBoolean();

    /** The connection that listens. */
    private volatile @Nullable Connection ear;

    /** Its number on the server, by which this process knows its own hints; 0 without one. */
    private volatile int name;

    /**
     * @param pool where connections to tell from are borrowed
     * @param hears whether the options are enough for a connection beside the pool: of somebody
     *     else's pool the password isn't known
     */
    PostgresSignals(PostgresOptions options, DataSource pool, boolean hears) {
        this.options = options;
        this.pool = pool;
        this.hears = hears;
        this.teller = Thread.ofVirtual().name("pawl-notify").start(this::tell);
        this.hearer = Thread.ofVirtual().name("pawl-listen").unstarted(this::listen);
    }

    @Override
    public EngineListener others() {
        return telling;
    }

    @Override
    public void hear(EngineListener here) {
        listeners.add(here);
        if (hears && !hearing.getAndSet(true)) hearer.start();
    }

    // ---- Telling

    /** What is to be told next. Costs a read where it is noted already. */
    private static final class Telling implements EngineListener {
        private final Semaphore something = new Semaphore(0);
        private final AtomicBoolean ready = new AtomicBoolean();
        private final AtomicBoolean events = new AtomicBoolean();
        private final ArrayBlockingQueue<JobId> stops = new ArrayBlockingQueue<>(STOPS_MAX);

        @Override
        public void jobsReady() {
            note(ready);
        }

        @Override
        public void jobEnded(JobId id) {
            note(events);
        }

        @Override
        public void stopWanted(JobId id) {
            if (stops.offer(id)) something.release();
        }

        private void note(AtomicBoolean what) {
            if (!what.get() && !what.getAndSet(true)) something.release();
        }

        /** Empty when there is nothing; then it was told already. */
        String take() {
            something.drainPermits();
            var words = new ArrayList<String>();
            if (ready.getAndSet(false)) words.add("ready");
            if (events.getAndSet(false)) words.add("events");
            for (JobId id = stops.poll(); id != null; id = stops.poll()) words.add(id.toString());
            return String.join(" ", words);
        }
    }

    private void tell() {
        try {
            long lull = 1;
            while (closed.getCount() > 0) {
                lull = telling.something.tryAcquire() ? Math.min(2 * lull, LULL_MILLIS_MAX) : 1;
                if (lull == 1) telling.something.acquire();
                send(telling.take());
                boolean _ = closed.await(lull, TimeUnit.MILLISECONDS);
            }
            send(telling.take());
        } catch (InterruptedException e) {
            // close() waited for long enough.
        }
    }

    private void send(String words) {
        if (words.isEmpty()) return;
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(NOTIFY)) {
            statement.setString(1, name + " " + words);
            statement.execute();
        } catch (SQLException e) {
            log.debug("hint is not told: {}", e.getMessage());
        }
    }

    // ---- Hearing

    private void listen() {
        Duration rest = REST_MIN;
        boolean lost = false;
        try {
            while (closed.getCount() > 0) {
                try (Connection connection = connect()) {
                    ear = connection;
                    if (!alone(connection)) {
                        log.info(
                                "a pooler is between here and the database: what others do is"
                                        + " found by polling");
                        return;
                    }
                    begin(connection);
                    if (lost) log.info("database {} tells of others again", options.where());
                    lost = false;
                    rest = REST_MIN;
                    follow(connection);
                } catch (SQLException e) {
                    if (closed.getCount() == 0) return;
                    if (!lost)
                        log.warn(
                                "what others do is found by polling alone: {}",
                                PostgresErrors.of(e, options).getMessage());
                    lost = true;
                } finally {
                    name = 0;
                    ear = null;
                }
                if (closed.await(rest.toMillis(), TimeUnit.MILLISECONDS)) return;
                rest = min(rest.multipliedBy(2), REST_MAX);
            }
        } catch (InterruptedException e) {
            // Only close() interrupts.
        }
    }

    private Connection connect() throws SQLException {
        var properties = new Properties();
        if (!options.user().isEmpty()) properties.setProperty("user", options.user());
        if (!options.password().isEmpty()) properties.setProperty("password", options.password());
        properties.setProperty("ApplicationName", "pawl listens");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "10");
        // What the URL says itself stands.
        properties.setProperty("socketFactory", PromptSockets.class.getName());
        return DriverManager.getConnection(options.url(), properties);
    }

    /** Whether this connection is one of the server's: a pooler names it otherwise. */
    private static boolean alone(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(BACKEND)) {
            return rows.next()
                    && rows.getInt(1) == connection.unwrap(PGConnection.class).getBackendPID();
        }
    }

    private void begin(Connection connection) throws SQLException {
        name = connection.unwrap(PGConnection.class).getBackendPID();
        try (Statement statement = connection.createStatement()) {
            statement.execute(LISTEN);
        }
        // What was told before nobody heard.
        for (EngineListener listener : listeners) {
            listener.jobsReady();
            listener.othersActed();
        }
    }

    private void follow(Connection connection) throws SQLException {
        PGConnection driver = connection.unwrap(PGConnection.class);
        while (closed.getCount() > 0) {
            PGNotification[] told = driver.getNotifications((int) SILENCE_MAX.toMillis());
            if (told == null || told.length == 0) {
                if (!connection.isValid(ANSWER_SECONDS_MAX))
                    throw new SQLException("the connection that listens is gone", "08006");
                continue;
            }
            hear(List.of(told));
        }
    }

    private void hear(List<PGNotification> told) {
        boolean ready = false;
        boolean events = false;
        String own = Integer.toString(name);
        for (PGNotification each : told) {
            String[] words = each.getParameter().split(" ", -1);
            if (words[0].equals(own)) continue;
            for (int i = 1; i < words.length; i++)
                switch (words[i]) {
                    case "ready" -> ready = true;
                    case "events" -> events = true;
                    default ->
                            JobId.parse(words[i])
                                    .ifPresent(id -> listeners.forEach(l -> l.stopWanted(id)));
                }
        }
        if (ready) listeners.forEach(EngineListener::jobsReady);
        if (events) listeners.forEach(EngineListener::othersActed);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Tells what is to be told yet, and hears nothing any more. Waits for that, but not long. */
    @Override
    public void close() {
        closed.countDown();
        telling.something.release();
        Connection listening = ear;
        if (listening != null) hangUp(listening);
        boolean interrupted = end(teller);
        if (hearing.get()) interrupted |= end(hearer);
        if (interrupted) Thread.currentThread().interrupt();
    }

    /** Its thread waits for the server in a read, which only this ends. */
    private static void hangUp(Connection listening) {
        try {
            listening.abort(Runnable::run);
        } catch (SQLException e) {
            log.debug("the connection that listens: {}", e.getMessage());
        }
    }

    private static boolean end(Thread thread) {
        try {
            if (!thread.join(JOIN)) thread.interrupt();
            return false;
        } catch (InterruptedException e) {
            thread.interrupt();
            return true;
        }
    }
}
