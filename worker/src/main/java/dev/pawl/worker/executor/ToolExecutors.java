package dev.pawl.worker.executor;

import dev.pawl.core.Artifacts;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Executor;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.tool.Run;
import dev.pawl.tool.Tool;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Makes the executor of each tool. Thread-safe; closing it ends its connections to servers. */
public final class ToolExecutors implements AutoCloseable {
    /** Between SIGTERM and SIGKILL, unless configured. */
    public static final Duration GRACE = Duration.ofSeconds(5);

    private final CommandExecutor.@Nullable Surroundings commands;
    private final Handlers handlers;
    private final Artifacts artifacts;
    private final Time time;
    private final Map<Duration, HttpClient> clients = new ConcurrentHashMap<>();

    /**
     * @param environment the worker's variables, of which commands get some
     * @param grace between SIGTERM and SIGKILL when a command is stopped
     */
    public ToolExecutors(
            CommandJournal journal,
            Artifacts artifacts,
            Handlers handlers,
            Map<String, String> environment,
            Duration grace,
            Time time) {
        this(
                new CommandExecutor.Surroundings(
                        journal, artifacts, new Environment(environment), grace, time),
                artifacts,
                handlers,
                time);
    }

    /** For a program that runs no commands. */
    public ToolExecutors(Artifacts artifacts, Handlers handlers, Time time) {
        this(null, artifacts, handlers, time);
    }

    private ToolExecutors(
            CommandExecutor.@Nullable Surroundings commands,
            Artifacts artifacts,
            Handlers handlers,
            Time time) {
        this.commands = commands;
        this.handlers = handlers;
        this.artifacts = artifacts;
        this.time = time;
    }

    /**
     * What runs that tool; a missing program or handler shows when it runs.
     *
     * @throws IllegalArgumentException when it {@linkplain Tool#runsElsewhere runs elsewhere}
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} when it is a command and this
     *     program runs none
     */
    public Executor of(Tool tool) {
        return switch (tool.run()) {
            case Run.Command run -> command(tool, run);
            case Run.Http run ->
                    new HttpExecutor(tool, run, client(run.connectTimeout()), artifacts, time);
            case Run.External run ->
                    throw new IllegalArgumentException(
                            "tool %s is run by %s".formatted(tool.id(), run.by()));
            case Run.Java run -> new JavaExecutor(tool, run.handler(), handlers, artifacts);
        };
    }

    @Override
    public void close() {
        clients.values().forEach(HttpClient::shutdownNow);
        clients.clear();
    }

    private Executor command(Tool tool, Run.Command run) {
        if (commands == null)
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "tool %s is a command, and this program has no folder for commands to work in"
                            .formatted(tool.id()));
        return new CommandExecutor(new CommandTool(tool, run), commands);
    }

    private HttpClient client(Duration connectTimeout) {
        return clients.computeIfAbsent(
                connectTimeout,
                timeout ->
                        HttpClient.newBuilder()
                                .connectTimeout(timeout)
                                .followRedirects(HttpClient.Redirect.NEVER)
                                .build());
    }
}
