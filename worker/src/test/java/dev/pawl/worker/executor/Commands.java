package dev.pawl.worker.executor;

import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Outcome;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Time;
import dev.pawl.tool.JsonSchema;
import dev.pawl.tool.Run;
import dev.pawl.tool.Template;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Commands to run in tests: mostly a shell with a script. */
final class Commands {
    static final Time TIME = new SystemTime();

    final Path data;
    final FileArtifacts artifacts;
    private Map<String, String> workerEnvironment = System.getenv();
    private Set<String> allowed = Set.of();
    private final Map<String, Template> fixed = new HashMap<>();
    private List<String> patterns = List.of();
    private Map<Integer, ErrorClass> exits = Map.of();
    private List<Run.Sign> signs = List.of();
    private List<Run.Requirement> requires = List.of();
    private @Nullable Template stdin;
    private @Nullable Template stdoutName;
    private boolean flags;
    private JsonSchema output = JsonSchema.ANYTHING;
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

    Commands fixed(String name, String value) {
        fixed.put(name, Tools.text(value));
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

    Commands signs(Run.Sign... values) {
        signs = List.of(values);
        return this;
    }

    Commands requires(Run.Requirement... values) {
        requires = List.of(values);
        return this;
    }

    Commands stdin(Template value) {
        stdin = value;
        return this;
    }

    Commands stdoutName(String value) {
        stdoutName = Tools.text(value);
        return this;
    }

    Commands flags() {
        flags = true;
        return this;
    }

    Commands output(String schema) {
        output = Tools.schema(schema);
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
        return words(Stream.of(argv).map(Tools::text).toArray(Template[]::new));
    }

    CommandExecutor words(Template... words) {
        var run =
                new Run.Command(
                        Stream.of(words).map(List::of).toList(),
                        flags,
                        stdin,
                        stdoutName,
                        patterns,
                        allowed,
                        fixed,
                        exits,
                        signs,
                        requires);
        return new CommandExecutor(
                new CommandTool(Tools.of(run, output), run),
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
            this.run = new FutureTask<>(() -> executor.run(attempt));
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
