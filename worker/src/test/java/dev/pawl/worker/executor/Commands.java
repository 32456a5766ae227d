package dev.pawl.worker.executor;

import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.Attempt;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Outcome;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;

/** Commands to run in tests: mostly a shell with a script. */
final class Commands {
    static final Time TIME = new SystemTime();

    final Path data;
    final FileArtifacts artifacts;
    private Map<String, String> workerEnvironment = System.getenv();
    private Set<String> allowed = Set.of();
    private Map<String, String> fixed = Map.of();
    private List<String> patterns = List.of();
    private Map<Integer, ErrorClass> exits = Map.of();
    private List<String> requires = List.of();
    private CommandLine.Stdin stdin = new CommandLine.Stdin.Nothing();
    private String stdoutName = "";
    private Duration grace = Duration.ofSeconds(5);

    Commands(Path data) {
        this.data = data;
        this.artifacts = new FileArtifacts(data.resolve("artifacts"), TIME);
    }

    Commands workerEnvironment(Map<String, String> value) {
        workerEnvironment = value;
        return this;
    }

    Commands allowed(String... names) {
        allowed = Set.of(names);
        return this;
    }

    Commands fixed(Map<String, String> values) {
        fixed = values;
        return this;
    }

    Commands patterns(String... values) {
        patterns = List.of(values);
        return this;
    }

    Commands exits(Map<Integer, ErrorClass> values) {
        exits = values;
        return this;
    }

    Commands requires(String... packages) {
        requires = List.of(packages);
        return this;
    }

    Commands stdin(CommandLine.Stdin value) {
        stdin = value;
        return this;
    }

    Commands stdoutName(String value) {
        stdoutName = value;
        return this;
    }

    Commands grace(Duration value) {
        grace = value;
        return this;
    }

    CommandExecutor shell(String script) {
        return argv("sh", "-c", script);
    }

    CommandExecutor argv(String... argv) {
        var line = new CommandLine(List.of(argv), stdin, stdoutName);
        return filled((_, _) -> line);
    }

    CommandExecutor filled(CommandPlan.Template template) {
        return new CommandExecutor(
                new CommandPlan(template, allowed, fixed, patterns, exits, requires),
                new CommandExecutor.Surroundings(
                        new CommandJournal(data, TIME),
                        artifacts,
                        new Environment(workerEnvironment),
                        grace,
                        TIME));
    }

    /** An attempt on a thread of its own, to be interrupted. */
    static final class Running {
        final RecordingAttempt attempt = new RecordingAttempt("{}");
        private final FutureTask<Outcome> run;
        private final Thread thread;

        Running(CommandExecutor executor) {
            this.run = new FutureTask<>(() -> executor.run((Attempt) attempt));
            this.thread = Thread.ofVirtual().start(run);
        }

        void interrupt() {
            thread.interrupt();
        }

        Outcome outcome() throws Exception {
            return run.get();
        }
    }
}
