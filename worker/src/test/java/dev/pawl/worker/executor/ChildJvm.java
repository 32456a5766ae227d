package dev.pawl.worker.executor;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM with this test's classes, which a test may kill. */
record ChildJvm(Process process, BufferedReader out) implements AutoCloseable {
    static ChildJvm start(List<String> options, Class<?> main, String... arguments)
            throws IOException {
        return new ChildJvm(List.of(), options, main, arguments);
    }

    ChildJvm(List<String> before, List<String> options, Class<?> main, String... arguments)
            throws IOException {
        this(
                new ProcessBuilder(command(before, options, main, arguments))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    private ChildJvm(Process process) {
        this(process, process.inputReader());
    }

    static List<String> command(
            List<String> before, List<String> options, Class<?> main, String... arguments) {
        var command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The next line that starts so, without that start. */
    String await(String start) throws IOException {
        for (String line; (line = out.readLine()) != null; )
            if (line.startsWith(start)) return line.substring(start.length()).strip();
        throw new AssertionError("no line \"" + start + "\"");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
