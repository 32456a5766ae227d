package dev.pawl.worker.executor;

import dev.pawl.core.Attempt;
import dev.pawl.core.LogLine;
import dev.pawl.tool.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Starts the command of one attempt. */
record CommandStart(
        CommandTool tool,
        CommandExecutor.Surroundings around,
        Attempt attempt,
        AttemptFolder folder) {
    /**
     * Starts a program in a session of its own, so that its processes are known by it, and so that
     * a terminal's Ctrl-C reaches the worker only.
     */
    private static final Optional<Path> SETSID =
            Stream.of("/usr/bin/setsid", "/bin/setsid")
                    .map(Path::of)
                    .filter(Files::isExecutable)
                    .findFirst();

    /** ENOENT 2, E2BIG 7, ENOEXEC 8, EACCES 13: only the message has the number. */
    private static final Pattern SYSTEM_ERROR = Pattern.compile("error[=:] ?(\\d+)");

    /**
     * Starts it and the reading of its outputs.
     *
     * @throws JobFailure when it can't be started
     */
    RunningCommand start(CommandLine line, Signs signs, CommandJournal.Entry entry)
            throws IOException {
        var stdout =
                line.stdoutName().isEmpty()
                        ? new Sinks.Log(attempt, LogLine.Stream.STDOUT, signs)
                        : new Sinks.File(folder.stdout(), signs);
        var stderr = new Sinks.Log(attempt, LogLine.Stream.STDERR, signs);
        Process process = process(line);
        Optional<ProcessId> root = ProcessId.of(process.pid());
        var tree =
                new ProcessTree(
                        new Marker.OfAttempt(attempt.job().token()),
                        root.map(ProcessId::start).orElse(0L),
                        around.time());
        root.ifPresent(SETSID.isPresent() ? tree::addLeader : tree::add);
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

    private Process process(CommandLine line) {
        requireProgram(line);
        var argv = new ArrayList<String>();
        SETSID.ifPresent(setsid -> argv.add(setsid.toString()));
        argv.addAll(line.argv());
        var builder =
                new ProcessBuilder(argv)
                        .directory(folder.work().toFile())
                        .redirectInput(folder.stdin().toFile());
        builder.environment().clear();
        try {
            builder.environment().putAll(line.environment());
            return builder.start();
        } catch (IOException e) {
            throw refused(line.program(), e);
        } catch (IllegalArgumentException e) {
            // A zero in a variable.
            throw JobFailure.user("command can't be started: " + e.getMessage());
        }
    }

    /** Looked for here, since the one that starts it would only say that it could not. */
    private void requireProgram(CommandLine line) {
        String path = line.environment().getOrDefault("PATH", "");
        switch (Programs.find(line.program(), path, folder.work())) {
            case FOUND -> {}
            case NOT_EXECUTABLE -> throw notExecutable(line.program(), "it may not be executed");
            case MISSING -> throw Programs.missing(line.program(), packagesFor(line.program()));
        }
    }

    private static JobFailure notExecutable(String program, String why) {
        return JobFailure.configuration(
                "program \"%s\" can't be executed: %s".formatted(program, why));
    }

    private JobFailure refused(String program, IOException e) {
        String message = String.valueOf(e.getMessage());
        Matcher number = SYSTEM_ERROR.matcher(message);
        return switch (number.find() ? number.group(1) : "") {
            case "2" -> Programs.missing(program, packagesFor(program));
            case "8", "13" -> notExecutable(program, message);
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

    /** What the tool says of this program, or else all that it says. */
    private List<String> packagesFor(String program) {
        String name = Path.of(program).getFileName().toString();
        List<Run.Requirement> all = tool.run().requirements();
        List<Run.Requirement> its = all.stream().filter(r -> r.program().equals(name)).toList();
        return (its.isEmpty() ? all : its).stream().map(Run.Requirement::debianPackage).toList();
    }
}
