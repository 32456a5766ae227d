package dev.pawl.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The machine's PgBouncer in front of a {@link PostgresServer}: a process on a free port of the
 * loopback that goes with this JVM however that ends. Its server connections are few, so that
 * clients do get each other's. It knows one user, {@code postgres}, without a password.
 *
 * <p>Debian 12 has 1.18, which knows nothing of prepared statements: one is prepared on whichever
 * server connection the client has at that moment.
 */
public final class PgBouncerServer implements AutoCloseable {
    /** When a server connection goes back to the others. */
    public enum Mode {
        TRANSACTION,
        STATEMENT
    }

    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final int PORTS_TRIED = 3;

    private final int port;
    private final Process process;
    private final ServerLog log;
    private final ServerGuard guard;

    private PgBouncerServer(Path program, PostgresServer behind, Mode mode) throws IOException {
        Path folder = Unprivileged.folder("pawl-pgbouncer-");
        guard = ServerGuard.of(folder);
        port = Unprivileged.freePort();
        Path users = Files.writeString(folder.resolve("users"), "\"postgres\" \"\"\n");
        Path file = folder.resolve("pgbouncer.ini");
        Files.writeString(file, configuration(behind.port(), users, mode));
        process = Unprivileged.command(List.of(program.toString(), file.toString())).start();
        guard.watch(process.pid());
        log = ServerLog.of(process, "process up");
    }

    /** Starts one. Skips the test where there is no PgBouncer. */
    public static PgBouncerServer start(PostgresServer behind, Mode mode) {
        try {
            Path program = program();
            for (int tries = 1; ; tries++) {
                var server = new PgBouncerServer(program, behind, mode);
                if (server.usable()) return server;
                server.close();
                // Between our look for a free port and its own somebody may have taken it.
                if (!server.said().contains("in use") || tries == PORTS_TRIED)
                    throw new IllegalStateException("PgBouncer did not start: " + server.said());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The driver sends extra_float_digits to every server; PgBouncer refuses what it isn't told to
     * overlook.
     */
    private String configuration(int server, Path users, Mode mode) {
        return """
        [databases]
        * = host=127.0.0.1 port=%d
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = trust
        auth_file = %s
        pool_mode = %s
        default_pool_size = 2
        max_client_conn = 500
        ignore_startup_parameters = extra_float_digits
        """
                .formatted(server, port, users, mode.name().toLowerCase(Locale.ROOT));
    }

    /** Debian has it where only administrators look. */
    private static Path program() {
        Optional<Path> program =
                Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":", -1))
                        .map(folder -> Path.of(folder, "pgbouncer"))
                        .filter(Files::isExecutable)
                        .findFirst();
        Needs.orSkip(program.isPresent(), "pgbouncer is missing (Debian: apt install pgbouncer)");
        return program.orElseThrow();
    }

    private boolean usable() {
        try {
            return log.saysWanted(START_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * The way through it.
     *
     * @param url of a database of the server behind it
     */
    public String url(String url) {
        return url.replaceFirst("127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + port);
    }

    /** Its last lines of log. */
    public String said() {
        return log.said();
    }

    /** Ends it at once, and with it all connections. */
    @Override
    public void close() {
        guard.close();
    }
}
