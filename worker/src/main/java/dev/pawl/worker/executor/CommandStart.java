package dev.pawl.worker.executor;

import dev.pawl.core.Attempt;
import dev.pawl.core.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Starts the command of one attempt. */
record CommandStart(
        CommandPlan plan,
        CommandExecutor.Surroundings around,
        Attempt attempt,
        AttemptFolder folder) {
    /** ENOENT 2, E2BIG 7, ENOEXEC 8, EACCES 13: only the message has the number. */
    private static final Pattern SYSTEM_ERROR = Pattern.compile("error[=:] ?(\\d+)");

    /**
     * Starts it and the reading of its outputs.
     *
     * @throws JobFailure when it can't be started
     */
    RunningCommand start(
            CommandLine line, Map<String, String> environment, CommandJournal.Entry entry)
            throws IOException {
        var stdout =
                line.stdoutName().isEmpty()
                        ? new Sinks.Log(attempt, LogLine.Stream.STDOUT)
                        : new Sinks.File(folder.stdout());
        var stderr = new Sinks.Log(attempt, LogLine.Stream.STDERR);
        Process process = process(line, environment);
        Optional<ProcessId> root = ProcessId.of(process.pid());
        var tree =
                new ProcessTree(
                        root.map(Set::of).orElse(Set.of()),
                        new Marker.OfAttempt(attempt.job().token()),
                        root.map(ProcessId::start).orElse(0L),
                        around.time());
        try {
            if (root.isPresent()) entry.started(root.get());
        } catch (IOException e) {
            tree.end(Duration.ZERO);
            throw e;
        }
        String name = "command-" + process.pid();
        return new RunningCommand(
                process,
                tree,
                List.of(
                        OutputReader.start(name + "-stdout", process.getInputStream(), stdout),
                        OutputReader.start(name + "-stderr", process.getErrorStream(), stderr)),
                attempt,
                around.grace());
    }

    private Process process(CommandLine line, Map<String, String> environment) throws IOException {
        var builder =
                new ProcessBuilder(line.argv())
                        .directory(folder.work().toFile())
                        .redirectInput(stdin(line).toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw refused(line.argv().getFirst(), e);
        } catch (IllegalArgumentException | NullPointerException e) {
            // A zero in an argument or a variable.
            throw JobFailure.user("command can't be started: " + e.getMessage());
        }
    }

    /** A file, not a pipe: nobody has to feed it while the command runs. */
    private Path stdin(CommandLine line) throws IOException {
        return switch (line.stdin()) {
            case CommandLine.Stdin.Nothing _ -> Files.createFile(folder.stdin());
            case CommandLine.Stdin.Text(var text) -> Files.writeString(folder.stdin(), text);
            case CommandLine.Stdin.Content(var file) -> file;
        };
    }

    private JobFailure refused(String program, IOException e) {
        String message = String.valueOf(e.getMessage());
        Matcher number = SYSTEM_ERROR.matcher(message);
        return switch (number.find() ? number.group(1) : "") {
            case "2" ->
                    JobFailure.configuration(
                            "program \"%s\" (or its interpreter) is not installed here%s"
                                    .formatted(program, install()));
            case "8", "13" ->
                    JobFailure.configuration(
                            "program \"%s\" can't be executed: %s".formatted(program, message));
            case "7" ->
                    JobFailure.user(
                            ("arguments of \"%s\" are longer than the system takes; have the"
                                            + " tool read PAWL_INPUT or the standard input")
                                    .formatted(program));
            default ->
                    JobFailure.infrastructure(
                            "program \"%s\" can't be started: %s".formatted(program, message));
        };
    }

    private String install() {
        return plan.requires().isEmpty()
                ? "; install it, or set PATH"
                : "; install %s (Debian: apt install %1$s)"
                        .formatted(String.join(" ", plan.requires()));
    }
}
