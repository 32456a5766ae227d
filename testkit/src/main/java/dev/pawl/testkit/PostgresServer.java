package dev.pawl.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL: a process on a free port of the loopback, with a data folder of its own, that
 * goes with this JVM however that ends. Clients are the superuser {@code postgres} and need no
 * password; a role that is a member of a role named {@code passworded} does.
 *
 * <p>Whoever starts, kills or restarts one does so from one thread; the rest may be called from
 * any.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final int PORTS_TRIED = 3;

    // Java looks for the end of another's child three times a second; a shell can look more often.
    // It gives up after some seconds: where nobody collects orphans they stay on the list.
    private static final String SIGNAL =
            """
            kill "-$0" "$@" 2>/dev/null
            [ "$0" = STOP ] && exit
            for pid; do
                tries=0
                while kill -0 "$pid" 2>/dev/null && [ $tries -lt 500 ]; do
                    tries=$((tries + 1))
                    sleep 0.02
                done
            done
            """;

    private static final Map<PostgresVersion, PostgresServer> SHARED = new ConcurrentHashMap<>();

    private final PostgresFiles files;
    private final PostgresOptions options;
    private final Path folder;
    private final ServerGuard guard;
    private final AtomicInteger databases = new AtomicInteger();
    private int port;
    private Process postmaster;
    private ServerLog log;

    private PostgresServer(PostgresOptions options) throws IOException {
        this.options = options;
        this.files = PostgresFiles.of(options.version());
        this.folder = Unprivileged.folder("pawl-pg-");
        this.guard = ServerGuard.of(folder);
        files.copyTemplate(data());
        port = Unprivileged.freePort();
        postmaster = launch();
        log = ServerLog.of(postmaster, "ready to accept");
    }

    /**
     * Starts one and waits until it can be used: well under a second, but some seconds the first
     * time on a machine. Skips the test where there are no binaries for this platform.
     */
    public static PostgresServer start(PostgresOptions options) {
        try {
            var server = new PostgresServer(options);
            for (int tries = 1; !server.usable(); tries++) {
                // Between our look for a free port and PostgreSQL's somebody may have taken it.
                if (!server.said().contains("in use") || tries == PORTS_TRIED)
                    throw server.unusable();
                server.port = Unprivileged.freePort();
                server.relaunch();
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The one that the tests of this JVM share, started by the first who asks and ended with the
     * JVM. Not durable; nobody may kill or close it.
     */
    public static PostgresServer shared(PostgresVersion version) {
        return SHARED.computeIfAbsent(
                version, _ -> start(PostgresOptions.defaults().withVersion(version)));
    }

    /** The shared one of the newest version. */
    public static PostgresServer shared() {
        return shared(PostgresVersion.NEWEST);
    }

    /** Of the database {@code postgres}, for administration. */
    public String url() {
        return url("postgres");
    }

    /** The port on 127.0.0.1, the same for life. */
    public int port() {
        return port;
    }

    /** The process that started all others of the server, also when it runs no more. */
    public long pid() {
        return postmaster.pid();
    }

    /** The server's last lines of log. */
    public String said() {
        return log.said();
    }

    /** Makes an empty database and answers its URL. */
    public String freshDatabase() {
        return create("template0");
    }

    /**
     * Makes a database with the same tables and rows and answers its URL; quicker than migrating
     * one anew.
     *
     * @param url of a database of this server to which nobody is connected
     */
    public String copyOf(String url) {
        return create(name(url));
    }

    private String create(String template) {
        String name = "d" + databases.incrementAndGet();
        execute("CREATE DATABASE %s TEMPLATE %s STRATEGY %s".formatted(name, template, strategy()));
        return url(name);
    }

    /** A copy of the files is less to write, but waits for checkpoints. */
    private String strategy() {
        return options.durable() ? "wal_log" : "file_copy";
    }

    /** Drops a database of this server, which ends the connections to it. */
    public void drop(String url) {
        execute("DROP DATABASE %s WITH (FORCE)".formatted(name(url)));
    }

    private void execute(String sql) {
        execute(url(), sql);
    }

    /** Runs statements as the URL's user in a transaction of their own. */
    public static void execute(String url, String sql) {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres".formatted(port, database);
    }

    private static String name(String url) {
        return url.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
    }

    /**
     * As {@code kill -9} of all its processes at once; none runs any more when this returns. Does
     * nothing when none does.
     */
    public void kill() {
        if (!postmaster.isAlive()) return;
        // Stopped first, so that it starts no process that is not on the list.
        signal("STOP", postmaster.toHandle());
        List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
        all.addFirst(postmaster.toHandle());
        signal("KILL", all.toArray(ProcessHandle[]::new));
        guard.watchNothing();
    }

    /**
     * Starts it again on the same port and data, which it recovers when it was killed; stops it
     * first, in order, when it still runs.
     */
    public void restart() {
        if (postmaster.isAlive()) {
            signal("INT", postmaster.toHandle());
        }
        relaunch();
        if (!usable()) throw unusable();
    }

    /** As {@link #restart}, as a standby: from now on it only reads. */
    public void restartAsStandby() {
        if (postmaster.isAlive()) signal("INT", postmaster.toHandle());
        try {
            Path mark = data().resolve("standby.signal");
            Unprivileged.run(List.of("touch", mark.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        restart();
    }

    private void relaunch() {
        try {
            postmaster = launch();
            log = ServerLog.of(postmaster, "ready to accept");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch() throws IOException {
        var command = new ArrayList<String>();
        command.add(files.postgres().toString());
        command.addAll(List.of("-D", data().toString()));
        set(command, "port", Integer.toString(port));
        set(command, "listen_addresses", "127.0.0.1");
        set(command, "unix_socket_directories", "");
        set(command, "max_connections", "200");
        if (!options.durable())
            for (String waits : List.of("fsync", "synchronous_commit", "full_page_writes"))
                set(command, waits, "off");
        options.settings().forEach((name, value) -> set(command, name, value));
        Process process = Unprivileged.command(command).start();
        guard.watch(process.pid());
        return process;
    }

    private static void set(List<String> command, String name, String value) {
        command.addAll(List.of("-c", name + "=" + value));
    }

    private boolean usable() {
        try {
            return log.saysWanted(START_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Leaves nothing of it behind. */
    private IllegalStateException unusable() {
        close();
        return new IllegalStateException(
                "PostgreSQL %s did not start: %s".formatted(options.version().number(), said()));
    }

    private Path data() {
        return folder.resolve("data");
    }

    /** Sends a signal and, unless it is one that only stops them, waits until they are gone. */
    private static void signal(String name, ProcessHandle... processes) {
        var command = new ArrayList<>(List.of("sh", "-c", SIGNAL, name));
        for (ProcessHandle process : processes) command.add(Long.toString(process.pid()));
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends every process of it and removes the data. */
    @Override
    public void close() {
        guard.close();
    }
}
