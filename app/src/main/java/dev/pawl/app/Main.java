package dev.pawl.app;

import dev.pawl.api.FetchedArtifacts;
import dev.pawl.api.PawlClient;
import dev.pawl.api.WorkerClient;
import dev.pawl.app.cli.CacheList;
import dev.pawl.app.cli.CachePrune;
import dev.pawl.app.cli.CacheWhy;
import dev.pawl.app.cli.Cli;
import dev.pawl.app.cli.Command;
import dev.pawl.app.cli.Completion;
import dev.pawl.app.cli.Compute;
import dev.pawl.app.cli.ConfigShow;
import dev.pawl.app.cli.CopyStore;
import dev.pawl.app.cli.DeadList;
import dev.pawl.app.cli.DeadShow;
import dev.pawl.app.cli.Doctor;
import dev.pawl.app.cli.ExitCode;
import dev.pawl.app.cli.Import;
import dev.pawl.app.cli.JobsCancel;
import dev.pawl.app.cli.JobsDiscard;
import dev.pawl.app.cli.JobsList;
import dev.pawl.app.cli.JobsLogs;
import dev.pawl.app.cli.JobsRedrive;
import dev.pawl.app.cli.JobsShow;
import dev.pawl.app.cli.JobsTail;
import dev.pawl.app.cli.KeysCreate;
import dev.pawl.app.cli.KeysList;
import dev.pawl.app.cli.KeysRevoke;
import dev.pawl.app.cli.LimitsShow;
import dev.pawl.app.cli.Migrate;
import dev.pawl.app.cli.Opened;
import dev.pawl.app.cli.Outside;
import dev.pawl.app.cli.Outside.Terminal;
import dev.pawl.app.cli.QueuesLimit;
import dev.pawl.app.cli.QueuesList;
import dev.pawl.app.cli.QueuesSwitch;
import dev.pawl.app.cli.Remote;
import dev.pawl.app.cli.Submit;
import dev.pawl.app.cli.Target;
import dev.pawl.app.cli.ToolsCheck;
import dev.pawl.app.cli.ToolsList;
import dev.pawl.app.cli.ToolsShow;
import dev.pawl.app.cli.Top;
import dev.pawl.app.cli.Up;
import dev.pawl.app.cli.UsersCreate;
import dev.pawl.app.cli.UsersList;
import dev.pawl.app.cli.UsersPassword;
import dev.pawl.app.cli.UsersRole;
import dev.pawl.app.cli.UsersSwitch;
import dev.pawl.app.cli.Version;
import dev.pawl.app.cli.WebhooksAdd;
import dev.pawl.app.cli.WebhooksChange;
import dev.pawl.app.cli.WebhooksDeliveries;
import dev.pawl.app.cli.WebhooksList;
import dev.pawl.app.cli.WebhooksReplay;
import dev.pawl.app.cli.WebhooksRotate;
import dev.pawl.app.cli.WebhooksTry;
import dev.pawl.app.cli.Why;
import dev.pawl.app.cli.Wiring;
import dev.pawl.app.cli.Work;
import dev.pawl.app.cli.WorkersDrain;
import dev.pawl.app.cli.WorkersList;
import dev.pawl.app.cli.WorkersReap;
import dev.pawl.app.cli.Workshop;
import dev.pawl.app.config.Configuration;
import dev.pawl.app.config.Reason;
import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.Artifacts;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.server.webhook.WebhookDesk;
import dev.pawl.store.SqlStore;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.store.sqlite.SqliteStore;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolSource;
import dev.pawl.tool.Tools;
import dev.pawl.worker.Serving;
import dev.pawl.worker.Surroundings;
import dev.pawl.worker.SystemProcesses;
import dev.pawl.worker.Worker;
import dev.pawl.worker.WorkerOptions;
import dev.pawl.worker.executor.CommandJournal;
import dev.pawl.worker.executor.Handlers;
import dev.pawl.worker.executor.ProgramVersion;
import dev.pawl.worker.executor.ToolExecutors;
import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * Where {@code pawl} starts: what there is of commands, and how the parts are put together, top to
 * bottom. The only class that reads the environment, and one of the two that read a clock.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        var outside = outside(System.getenv(), Path.of(""), System.in, System.out, System.err);
        System.exit(run(args, outside).number());
    }

    /** Every command, in the order of the help. */
    private static List<Command> commands() {
        var commands =
                new ArrayList<Command>(
                        List.of(
                                new dev.pawl.app.cli.Run(),
                                new Submit(),
                                new Up(true),
                                new Up(false),
                                new Work(),
                                new Compute(),
                                new JobsList(),
                                new JobsShow(),
                                new JobsLogs(),
                                new JobsTail(),
                                new JobsCancel(),
                                new JobsRedrive(),
                                new JobsDiscard(),
                                new DeadList(),
                                new DeadShow(),
                                new Why(),
                                new ToolsList(),
                                new ToolsShow(),
                                new ToolsCheck(),
                                new CacheWhy(),
                                new CacheList(),
                                new CachePrune(),
                                new QueuesList(),
                                new QueuesSwitch(true),
                                new QueuesSwitch(false),
                                new QueuesLimit(),
                                new LimitsShow(),
                                new WorkersList(),
                                new WorkersDrain(),
                                new WorkersReap(),
                                new KeysCreate(),
                                new KeysList(),
                                new KeysRevoke(),
                                new UsersCreate(),
                                new UsersList(),
                                new UsersSwitch(true),
                                new UsersSwitch(false),
                                new UsersPassword(),
                                new UsersRole(),
                                new WebhooksAdd(),
                                new WebhooksList(),
                                new WebhooksChange(WebhooksChange.What.REMOVE),
                                new WebhooksChange(WebhooksChange.What.ENABLE),
                                new WebhooksChange(WebhooksChange.What.DISABLE),
                                new WebhooksRotate(),
                                new WebhooksDeliveries(),
                                new WebhooksReplay(),
                                new WebhooksTry(),
                                new Import(Import.From.TOOL_RUNNER),
                                new Import(Import.From.SITEFIT),
                                new Migrate(),
                                new CopyStore(),
                                new Top(),
                                new ConfigShow(),
                                new Doctor(),
                                new Version()));
        commands.add(new Completion(commands));
        return commands;
    }

    static ExitCode run(String[] args, Outside outside) {
        return new Cli(commands(), new Graph(outside), outside).run(args);
    }

    /** What this process has, with its own streams. */
    static Outside outside(
            Map<String, String> environment,
            Path folder,
            InputStream in,
            PrintStream out,
            PrintStream err) {
        return new Outside(
                version(),
                folder.toAbsolutePath(),
                shipped(),
                environment,
                in,
                out,
                err,
                terminal(),
                new SystemTime(),
                new SecureRandom(),
                new ProcessSignals(),
                Main::secret);
    }

    private static Optional<String> secret(String question) {
        return Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .map(console -> console.readPassword("%s", question))
                .map(String::new);
    }

    /** As the script that starts this program sees it; Java can't tell stdout from stderr. */
    private static Terminal terminal() {
        String seen = System.getProperty("pawl.terminal", "");
        int columns = Math.max(20, Integer.getInteger("pawl.columns", 80));
        return new Terminal(seen.contains("1"), seen.contains("2"), columns);
    }

    /** Where the script says. */
    private static Path shipped() {
        return Path.of(System.getProperty("pawl.tools", "tools")).toAbsolutePath();
    }

    /** From the jar's manifest; "dev" when run from a folder of classes. */
    private static String version() {
        var version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /** Puts the parts together; whoever opens closes. */
    private record Graph(Outside outside) implements Wiring {
        private static final Duration REMOTE_POLL = Duration.ofSeconds(2);

        /** How long a remote worker keeps files that came from its server or went there. */
        private static final Duration FETCHED_KEPT = Duration.ofDays(7);

        @Override
        public void startLog(Configuration configuration, boolean worker) {
            LogStart.start(configuration.log(), worker, outside.terminal().err(), outside.err());
        }

        @Override
        public Opened open(Configuration configuration) {
            Path data = configuration.data();
            makeFolder(data);
            var time = outside.time();
            SqlStore store = store(configuration);
            try {
                var artifacts = new FileArtifacts(data.resolve("artifacts"), time);
                var engine = new Engine(store, artifacts, time, outside.random());
                capQueues(store, configuration);
                var webhooks = store.webhooks();
                boolean toPrivate = configuration.webhooks().privateAllowed();
                var desk = new WebhookDesk(engine, webhooks, outside.random(), toPrivate);
                return new Opened(
                        data,
                        store,
                        store.keys(),
                        store.users(),
                        webhooks,
                        artifacts,
                        engine,
                        desk);
            } catch (RuntimeException | Error e) {
                store.close();
                throw e;
            }
        }

        private SqlStore store(Configuration configuration) {
            return configuration.postgres().isPresent()
                    ? PostgresStore.open(configuration.postgres().get())
                    : SqliteStore.open(configuration.store(), outside.time());
        }

        @Override
        public Target target(Configuration configuration) {
            if (configuration.remote().isPresent()) {
                var address = configuration.remote().get();
                return Target.of(
                        new PawlClient(
                                address, configuration.key(), outside.time(), outside.random()),
                        outside.time());
            }
            Opened opened = open(configuration);
            return Target.of(opened, tools(configuration), requests(opened), outside);
        }

        /** Sets the caps that the configuration says, and ends those that its file says no more. */
        private static void capQueues(Store store, Configuration configuration) {
            Map<String, Integer> depths = configuration.queueDepths();
            if (depths.isEmpty() && !configuration.fromFile()) return;
            var known = new HashMap<String, QueueEntry>();
            for (QueueEntry queue : store.queues()) known.put(queue.name(), queue);
            var wanted = new HashMap<>(depths);
            if (configuration.fromFile())
                for (String name : known.keySet()) wanted.putIfAbsent(name, Integer.MAX_VALUE);
            wanted.forEach((name, depth) -> {
                QueueEntry before = known.get(name);
                QueueEntry other = before == null ? QueueEntry.of(name) : before;
                QueueEntry entry = other.withDepthMax(depth);
                if (!entry.equals(before)) store.setQueue(entry);
            });
        }

        @Override
        public Tools tools(Configuration configuration, List<Tool> more, List<ToolSource> sources) {
            var folders = new ArrayList<Path>(List.of(outside.shipped()));
            folders.addAll(configuration.tools());
            return Tools.of(folders, Map.of("classpath.plantuml", plantuml()), more, sources);
        }

        @Override
        public Requests requests(Opened opened) {
            return new Requests(
                    opened.artifacts(),
                    new ProgramVersion(outside.environment()),
                    outside.environment());
        }

        @Override
        public Remote connect(Configuration configuration, URI server) {
            Path data = configuration.data();
            makeFolder(data);
            var time = outside.time();
            var here = new FileArtifacts(data.resolve("remote"), time);
            // What was uploaded or fetched is the server's to keep; nothing here refers to it.
            var _ = here.prune(time.instant().minus(FETCHED_KEPT), all -> all);
            var client = new WorkerClient(server, configuration.key(), here, time);
            return new Remote(data, new FetchedArtifacts(here, client), client);
        }

        @Override
        public Workshop workshop(
                Configuration configuration,
                Remote remote,
                Tools tools,
                UnaryOperator<Serving> restriction) {
            WorkerOptions options = configuration.worker();
            // The server tells at once when there are jobs; polls are for what it can't hear of.
            if (options.poll().compareTo(REMOTE_POLL) < 0) options = options.withPoll(REMOTE_POLL);
            WorkerOptions rested = options;
            return workshop(
                    remote.data(),
                    remote.artifacts(),
                    configuration.capabilities(),
                    tools,
                    restriction,
                    (serving, around) -> Worker.remote(remote.client(), serving, rested, around));
        }

        @Override
        public Workshop workshop(
                Configuration configuration,
                Opened opened,
                Tools tools,
                UnaryOperator<Serving> restriction) {
            return workshop(
                    opened.data(),
                    opened.artifacts(),
                    configuration.capabilities(),
                    tools,
                    restriction,
                    (serving, around) ->
                            new Worker(opened.engine(), serving, configuration.worker(), around));
        }

        private Workshop workshop(
                Path data,
                Artifacts artifacts,
                Set<String> can,
                Tools tools,
                UnaryOperator<Serving> restriction,
                BiFunction<Serving, Surroundings, Worker> worker) {
            var time = outside.time();
            var journal = new CommandJournal(data, time);
            var executors =
                    new ToolExecutors(
                            journal,
                            artifacts,
                            new Handlers(),
                            outside.environment(),
                            ToolExecutors.GRACE,
                            time);
            var processes = new SystemProcesses(_ -> journal.endLeftovers(ToolExecutors.GRACE));
            var around = new Surroundings(time, outside.random(), processes);
            return new Workshop(
                    tools,
                    can,
                    executors,
                    journal,
                    restriction,
                    serving -> worker.apply(serving, around),
                    time);
        }

        /** The jar that the shipped tool starts; it came with this program's own. */
        private static String plantuml() {
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1))
                if (entry.contains("plantuml-mit"))
                    return Path.of(entry).toAbsolutePath().toString();
            return "plantuml-mit.jar is missing";
        }

        private static void makeFolder(Path data) {
            try {
                Files.createDirectories(data);
            } catch (IOException e) {
                throw new PawlException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "data folder %s can't be made (%s); check its parent's owner and mode, or name another with --data"
                                .formatted(data, Reason.of(e)),
                        e);
            }
            if (!Files.isWritable(data))
                throw new PawlException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "data folder %s is not writable; make it so, or name another with --data"
                                .formatted(data));
        }
    }
}
