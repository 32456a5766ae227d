package dev.pawl.e2e;

import dev.pawl.core.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code pawl} program as a process of its own, on the classpath of this test. */
final class PawlProcess implements AutoCloseable {
    private static final Duration PRINTS_MAX = Duration.ofSeconds(100);
    private static final Duration POLL = Duration.ofMillis(20);

    private final Process process;
    private final Path output;

    private PawlProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts {@code pawl} with these arguments in {@code folder}; its output goes to a file there.
     */
    static PawlProcess start(Path folder, Path input, List<String> arguments) throws IOException {
        return start(folder, input, List.of(), Map.of(), "dev.pawl.app.Main", arguments);
    }

    /** Starts a class with a {@code main}, which may be one of the tests'. */
    static PawlProcess start(
            Path folder,
            Path input,
            List<String> flags,
            Map<String, String> environment,
            String main,
            List<String> arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-Xmx512m");
        command.addAll(flags);
        command.add("-cp");
        command.add(classpath());
        command.add(main);
        command.addAll(arguments);
        return start(folder, input, environment, command);
    }

    /** Starts another program. */
    static PawlProcess start(
            Path folder, Path input, Map<String, String> environment, List<String> command)
            throws IOException {
        Path output = Files.createTempFile(folder, "pawl-", ".log");
        var builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectInput(input.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new PawlProcess(builder.start(), output);
    }

    /** Runs {@code pawl} to its end and answers what it printed; fails unless it exits with 0. */
    static String run(Path folder, Path input, String... arguments) throws Exception {
        try (var pawl = start(folder, input, List.of(arguments))) {
            if (!pawl.process.waitFor(3, TimeUnit.MINUTES))
                throw new AssertionError("pawl hangs: " + List.of(arguments));
            String printed = Files.readString(pawl.output);
            if (pawl.process.exitValue() != 0)
                throw new AssertionError(
                        "exit %d: %s".formatted(pawl.process.exitValue(), printed));
            return printed;
        }
    }

    /** The classpath of this test, also where Surefire starts it from a jar of its own. */
    static String classpath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Waits until it has printed something that fits, and answers that. */
    MatchResult prints(Pattern wanted, Time time) throws Exception {
        long deadline = time.nanos() + PRINTS_MAX.toNanos();
        while (true) {
            Matcher found = wanted.matcher(printed());
            if (found.find()) return found;
            if (!alive() || time.nanos() - deadline >= 0)
                throw new AssertionError("no \"%s\" in: %s".formatted(wanted, printed()));
            time.sleep(POLL);
        }
    }

    /** Waits for its end, at most three minutes; answers its exit code. */
    int ends() throws Exception {
        if (process.waitFor(3, TimeUnit.MINUTES)) return process.exitValue();
        throw new AssertionError("it hangs; it said: " + printed());
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    String printed() throws IOException {
        return Files.readString(output);
    }

    /** As SIGTERM. */
    void stop() {
        process.destroy();
    }

    /** As {@code kill -9}: nothing of it runs any more when this returns; its children do. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** The same, for a message of a test that fails. */
    String said() {
        try {
            return printed();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
