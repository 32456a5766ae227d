package dev.pawl.worker.executor;

import dev.pawl.core.Artifacts;
import dev.pawl.core.Executor;
import dev.pawl.core.Time;
import dev.pawl.tool.Run;
import dev.pawl.tool.Tool;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Makes the executor of each tool. Thread-safe; closing it ends its connections to servers. */
public final class ToolExecutors implements AutoCloseable {
    /** Between SIGTERM and SIGKILL, unless configured. */
    public static final Duration GRACE = Duration.ofSeconds(5);

    private final CommandExecutor.Surroundings commands;
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
        this.commands =
                new CommandExecutor.Surroundings(
                        journal, artifacts, new Environment(environment), grace, time);
        this.handlers = handlers;
        this.artifacts = artifacts;
        this.time = time;
    }

    /** What runs that tool; a missing program or handler shows when it runs. */
    public Executor of(Tool tool) {
        return switch (tool.run()) {
            case Run.Command run -> new CommandExecutor(new CommandTool(tool, run), commands);
            case Run.Http run ->
                    new HttpExecutor(tool, run, client(run.connectTimeout()), artifacts, time);
            case Run.Java run -> new JavaExecutor(tool, run.handler(), handlers, artifacts);
        };
    }

    @Override
    public void close() {
        clients.values().forEach(HttpClient::shutdownNow);
        clients.clear();
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
