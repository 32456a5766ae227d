package dev.pawl.app.cli;

import dev.pawl.core.Time;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * All that a command gets from the process it runs in; a test brings its own.
 *
 * @param version of this program
 * @param folder relative paths are relative to it
 * @param shipped folder of the tools that come with Pawl
 * @param random thread-safe; nobody can guess what it says next
 * @param prompt asks the person at the terminal
 */
public record Outside(
        String version,
        Path folder,
        Path shipped,
        Map<String, String> environment,
        InputStream in,
        PrintStream out,
        PrintStream err,
        Terminal terminal,
        Time time,
        RandomGenerator random,
        StopSignals signals,
        Prompt prompt) {
    /** Asks for what should not be seen while it is typed. */
    public interface Prompt {
        /** What the person typed; empty where nobody sits there. */
        Optional<String> secret(String question);
    }

    /**
     * What is known of the terminal.
     *
     * @param out whether stdout is one
     * @param err whether stderr is one
     * @param columns its width; 80 when nobody knows
     */
    public record Terminal(boolean out, boolean err, int columns) {
        public static final Terminal NONE = new Terminal(false, false, 80);
    }

    /** Ctrl-C and SIGTERM. */
    public interface StopSignals {
        /** Calls it with 1, 2, … from a thread of its own, until closed. */
        Watch watch(java.util.function.IntConsumer onSignal);

        /** Ends the process without another word. */
        void exitNow(ExitCode code);

        /** Stops watching. */
        interface Watch extends AutoCloseable {
            @Override
            void close();
        }
    }
}
