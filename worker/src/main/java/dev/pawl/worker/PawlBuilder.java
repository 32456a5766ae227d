package dev.pawl.worker;

import dev.pawl.core.Artifacts;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Time;
import dev.pawl.core.ToolId;
import dev.pawl.tool.JsonSchema;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolPolicy;
import dev.pawl.tool.ToolProblem;
import dev.pawl.tool.Tools;
import dev.pawl.worker.executor.CommandJournal;
import dev.pawl.worker.executor.Handler;
import dev.pawl.worker.executor.Handlers;
import dev.pawl.worker.executor.ProgramVersion;
import dev.pawl.worker.executor.ToolExecutors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a program serves, collected before its {@link Pawl} begins. Not thread-safe; begins once.
 *
 * <p>A tool is either this program's own, with a handler and a policy, or comes from a tool file,
 * which adds schemas, defaults and everything else that such a file says. Both run as they would in
 * a server.
 */
public final class PawlBuilder {
    private static final String OWN = "this program";

    private final Store store;
    private final Artifacts artifacts;
    private final RandomGenerator random;
    private final Handlers handlers = new Handlers();
    private final List<Tool> own = new ArrayList<>();
    private final List<Path> folders = new ArrayList<>();
    private Map<String, String> placeholders = Map.of();
    private Map<String, String> environment = System.getenv();
    private Set<String> queues = Set.of();
    private WorkerOptions options = WorkerOptions.defaults();
    private @Nullable Path commands;

    /** What is known of tools, and what turns inputs into submissions of them. */
    record Contracts(Tools tools, Requests requests, Handlers handlers) {}

    PawlBuilder(Store store, Artifacts artifacts, RandomGenerator random) {
        this.store = store;
        this.artifacts = artifacts;
        this.random = random;
    }

    // ---- Tools

    /** Serves a tool by a handler, under the default policy. */
    public <I> PawlBuilder tool(String tool, Class<I> input, Handler<? super I> handler) {
        return tool(tool, input, handler, ToolPolicy.defaults());
    }

    /**
     * Serves a tool by a handler.
     *
     * @param tool as in {@code send-email@1}
     * @param policy how its jobs are treated unless a submit says otherwise
     * @throws IllegalStateException when it is served already
     */
    public <I> PawlBuilder tool(
            String tool, Class<I> input, Handler<? super I> handler, ToolPolicy policy) {
        var id = ToolId.parse(tool);
        handlers.register(tool, input, handler);
        own.add(
                new Tool(
                        id,
                        id.name(),
                        "",
                        JsonSchema.ANYTHING,
                        JsonSchema.ANYTHING,
                        new dev.pawl.tool.Run.Java(tool),
                        policy,
                        Tool.Examples.NONE,
                        OWN));
        return this;
    }

    /** Serves a tool by a handler without an output, under the default policy. */
    public <I> PawlBuilder toolWithoutOutput(
            String tool, Class<I> input, Handler.WithoutOutput<? super I> handler) {
        return toolWithoutOutput(tool, input, handler, ToolPolicy.defaults());
    }

    /** Serves a tool by a handler without an output. */
    public <I> PawlBuilder toolWithoutOutput(
            String tool,
            Class<I> input,
            Handler.WithoutOutput<? super I> handler,
            ToolPolicy policy) {
        Handler<I> silent =
                (value, attempt) -> {
                    handler.run(value, attempt);
                    return null;
                };
        return tool(tool, input, silent, policy);
    }

    /**
     * Serves a tool by a handler that writes to the database of the jobs, under the default policy.
     */
    public <I> PawlBuilder toolInTransaction(
            String tool, Class<I> input, Handler.InTransaction<? super I> handler) {
        return toolInTransaction(tool, input, handler, ToolPolicy.defaults());
    }

    /**
     * Serves a tool by a handler that writes to the database of the jobs: its writes and the
     * success of its attempt are committed together, and refused together when the lease is lost.
     */
    public <I> PawlBuilder toolInTransaction(
            String tool,
            Class<I> input,
            Handler.InTransaction<? super I> handler,
            ToolPolicy policy) {
        if (store.transactions().isEmpty())
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "tool %s writes in the database of the jobs, and this store is no database that others write in; take PostgreSQL"
                            .formatted(tool));
        // Whoever runs a handler here is a worker of this package.
        Handler<I> writing =
                (value, attempt) -> handler.run(value, attempt, ((Run) attempt).transaction());
        return tool(tool, input, writing, policy);
    }

    /**
     * Makes a handler known to tool files that say {@code run: {java: NAME}}.
     *
     * @throws IllegalStateException when the name is taken
     */
    public <I> PawlBuilder handler(String name, Class<I> input, Handler<? super I> handler) {
        handlers.register(name, input, handler);
        return this;
    }

    /**
     * Serves the tools of a folder of tool files; may be called for several, of which a later one's
     * tool replaces an earlier one's. The files are read once, when it begins.
     */
    public PawlBuilder tools(Path folder) {
        folders.add(folder);
        return this;
    }

    /** What stands for the placeholders of tool files, by name, as {@code classpath.plantuml}. */
    public PawlBuilder placeholders(Map<String, String> values) {
        placeholders = Map.copyOf(values);
        return this;
    }

    /**
     * Lets commands run.
     *
     * @param folder where they work and what is said of them is kept; the same at each start, so
     *     that what a killed program left running is found and ended
     */
    public PawlBuilder commands(Path folder) {
        commands = folder;
        return this;
    }

    /**
     * The variables that commands and cache keys may see, of which a tool gets few: this process's
     * unless told otherwise.
     */
    public PawlBuilder environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    // ---- The worker

    public PawlBuilder options(WorkerOptions value) {
        options = value;
        return this;
    }

    /** Runs jobs of these queues only. */
    public PawlBuilder queues(String... names) {
        queues = Set.of(names);
        return this;
    }

    // ---- Begin

    /**
     * Begins to run jobs.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} with every mistake in the tool
     *     files, or that a tool can't be run here; or when the store can't be reached. Then nothing
     *     was started
     */
    public Pawl start() {
        var time = new SystemTime();
        CommandJournal journal = commands == null ? null : new CommandJournal(commands, time);
        ToolExecutors executors = executors(journal, time);
        try {
            Contracts contracts = contracts();
            var engine = engine(time);
            var worker = worker(engine, served(contracts, executors), processes(journal), time);
            if (journal != null) journal.endLeftovers(ToolExecutors.GRACE);
            worker.start();
            return pawl(engine, contracts, executors, worker, time);
        } catch (RuntimeException | Error e) {
            executors.close();
            throw e;
        }
    }

    /**
     * Begins without running jobs: a program that submits and waits, while others run them.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} with every mistake in the tool
     *     files
     */
    public Pawl open() {
        var time = new SystemTime();
        var engine = engine(time);
        var idle = worker(engine, Map.of(), processes(null), time);
        return pawl(engine, contracts(), executors(null, time), idle, time);
    }

    private Pawl pawl(
            Engine engine, Contracts contracts, ToolExecutors executors, Worker worker, Time time) {
        var waiting = new Waiting(engine, time);
        return new Pawl(engine, artifacts, contracts, waiting, executors, worker);
    }

    private Engine engine(Time time) {
        return new Engine(store, artifacts, time, random);
    }

    private Worker worker(
            Engine engine, Map<ToolId, Served> served, Processes processes, Time time) {
        var serving = Serving.all(served).withQueues(queues);
        return new Worker(engine, serving, options, new Surroundings(time, random, processes));
    }

    private Map<ToolId, Served> served(Contracts contracts, ToolExecutors executors) {
        var served = new HashMap<ToolId, Served>();
        for (Tool tool : contracts.tools().all()) {
            if (tool.runsElsewhere()) continue;
            requireHandler(tool);
            served.put(tool.id(), Served.of(tool, executors.of(tool)));
        }
        return served;
    }

    private static Processes processes(@Nullable CommandJournal journal) {
        return new SystemProcesses(_ -> {
            if (journal != null) journal.endLeftovers(ToolExecutors.GRACE);
        });
    }

    private ToolExecutors executors(@Nullable CommandJournal journal, Time time) {
        return journal == null
                ? new ToolExecutors(artifacts, handlers, time)
                : new ToolExecutors(
                        journal, artifacts, handlers, environment, ToolExecutors.GRACE, time);
    }

    private Contracts contracts() {
        var tools = Tools.of(folders, placeholders, own);
        var mistakes =
                new ArrayList<>(tools.problems().stream().map(ToolProblem::toString).toList());
        for (Tool mine : own)
            tools.find(mine.id())
                    .filter(found -> !found.source().equals(OWN))
                    .ifPresent(file -> mistakes.add(saidTwice(file)));
        if (!mistakes.isEmpty())
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    mistakes.stream().collect(Collectors.joining("\n", "tools:\n", "")));
        var requests = new Requests(artifacts, new ProgramVersion(environment), environment);
        return new Contracts(tools, requests, handlers);
    }

    private static String saidTwice(Tool file) {
        return "%s: tool %s is in this program too; register its handler by name with handler(), and let the file say run: {java: NAME}"
                .formatted(file.source(), file.id());
    }

    private void requireHandler(Tool tool) {
        if (tool.run() instanceof dev.pawl.tool.Run.Java(var name)
                && !handlers.names().contains(name))
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "%s: tool %s wants handler \"%s\", which is not registered; there are %s"
                            .formatted(tool.source(), tool.id(), name, handlers.names()));
    }
}
