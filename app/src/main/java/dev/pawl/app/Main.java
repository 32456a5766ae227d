package dev.pawl.app;

import dev.pawl.app.cli.Cli;
import dev.pawl.app.cli.Command;
import dev.pawl.app.cli.ConfigShow;
import dev.pawl.app.cli.ExitCode;
import dev.pawl.app.cli.Opened;
import dev.pawl.app.cli.Outside;
import dev.pawl.app.cli.Outside.Terminal;
import dev.pawl.app.cli.Version;
import dev.pawl.app.cli.Wiring;
import dev.pawl.app.config.Configuration;
import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.SystemTime;
import dev.pawl.store.sqlite.SqliteStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

/**
 * Where {@code pawl} starts: what there is of commands, and how the parts are put together, top to
 * bottom. The only class that reads the environment, and one of the two that read a clock.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        var outside =
                outside(System.getenv(), Path.of(""), System.in, System.out, System.err);
        System.exit(run(args, outside).number());
    }

    /** Every command, in the order of the help. */
    private static List<Command> commands() {
        return List.of(new ConfigShow(), new Version());
    }

    static ExitCode run(String[] args, Outside outside) {
        return new Cli(commands(), new Graph(outside), outside).run(args);
    }

    /** What this process has, with its own streams. */
    static Outside outside(
            Map<String, String> environment,
            Path folder,
            InputStream in,
            PrintStream out,
            PrintStream err) {
        return new Outside(
                version(),
                folder.toAbsolutePath(),
                shipped(),
                environment,
                in,
                out,
                err,
                terminal(environment),
                new SystemTime(),
                new SecureRandom(),
                new ProcessSignals());
    }

    /** The script says what it sees; without it only the console can be asked. */
    private static Terminal terminal(Map<String, String> environment) {
        String seen = System.getProperty("pawl.terminal", "");
        int columns = Integer.getInteger("pawl.columns", 80);
        if (!seen.isEmpty())
            return new Terminal(seen.contains("1"), seen.contains("2"), Math.max(20, columns));
        boolean console = System.console() != null && System.console().isTerminal();
        return new Terminal(console, console, columns);
    }

    /** Beside the jars, or where the script says. */
    private static Path shipped() {
        return Path.of(System.getProperty("pawl.tools", "tools")).toAbsolutePath();
    }

    /** From the jar's manifest; "dev" when run from a folder of classes. */
    private static String version() {
        var version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /** Puts the parts together; whoever opens closes. */
    private record Graph(Outside outside) implements Wiring {
        @Override
        public void startLog(Configuration configuration, boolean worker) {
            LogStart.start(configuration.log(), worker, outside.err());
        }

        @Override
        public Opened open(Configuration configuration) {
            Path data = configuration.data();
            makeFolder(data);
            var time = outside.time();
            var store = SqliteStore.open(configuration.store(), time);
            try {
                var artifacts = new FileArtifacts(data.resolve("artifacts"), time);
                var engine = new Engine(store, artifacts, time, outside.random());
                return new Opened(data, store, artifacts, engine);
            } catch (RuntimeException | Error e) {
                store.close();
                throw e;
            }
        }

        private static void makeFolder(Path data) {
            try {
                Files.createDirectories(data);
            } catch (IOException e) {
                throw new PawlException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "data folder %s can't be made (%s); check its parent's owner and mode, or name another with --data"
                                .formatted(data, e.getClass().getSimpleName()),
                        e);
            }
            if (!Files.isWritable(data))
                throw new PawlException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "data folder %s is not writable; make it so, or name another with --data"
                                .formatted(data));
        }
    }
}
