package dev.pawl.app.cli;

import static dev.pawl.app.cli.Finding.fault;
import static dev.pawl.app.cli.Finding.ok;
import static dev.pawl.app.cli.Finding.warning;

import dev.pawl.core.Count;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Store;
import dev.pawl.core.ToolId;
import dev.pawl.core.WorkerEntry;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.store.sqlite.SqliteInvariants;
import dev.pawl.tool.ToolProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** {@code pawl doctor}: looks for what is wrong, and says what to do. */
public final class Doctor implements Command {
    private static final int JAVA_LEAST = 25;
    private static final long ROOM_FAULT = 100L << 20;
    private static final long ROOM_WARNING = 1L << 30;
    private static final Duration LIVE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public String summary() {
        return "Looks for what is wrong here and says what to do; exit 1 on a fault.";
    }

    @Override
    public List<Flag<?>> flags() {
        return Fronts.FLAGS;
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        var findings = new ArrayList<Finding>();
        findings.add(java());
        if (call.configuration().remote().isPresent()) {
            server(call, findings);
        } else {
            tools(call, findings);
            data(call, findings);
            findings.add(fonts(call));
            findings.add(graphviz(call));
        }
        for (AskedFront front : Fronts.asked(call)) findings.addAll(FrontChecks.of(call, front));
        for (Finding finding : findings) finding.print(call.screen());
        return findings.stream().anyMatch(Finding::faulty) ? ExitCode.FAULT : ExitCode.SUCCEEDED;
    }

    private static Finding java() {
        int feature = Runtime.version().feature();
        return feature >= JAVA_LEAST
                ? ok("java", "Java " + Runtime.version())
                : fault("java", "Java " + Runtime.version(), "install JDK " + JAVA_LEAST);
    }

    /** What the server says of itself; what its machine has it alone can see. */
    private static void server(Call call, List<Finding> findings) throws InterruptedException {
        try (Target target = call.target()) {
            JsonNode ready = target.ready();
            for (var part : ready.path("components").properties()) {
                boolean up = part.getValue().path("status").stringValue("").equals("up");
                String said = part.getValue().toString();
                findings.add(
                        up
                                ? ok(part.getKey(), said)
                                : fault(part.getKey(), said, "look at the server's log"));
            }
            for (JsonNode problem : target.toolsCheck().path("problems").values())
                findings.add(
                        fault(
                                "tools",
                                problem.path("text").stringValue(""),
                                "`pawl tools check` tells all"));
            findings.add(ok("server", "version " + target.version()));
        } catch (PawlException e) {
            findings.add(fault("server", String.valueOf(e.getMessage()), ""));
        }
    }

    private static void tools(Call call, List<Finding> findings) {
        var tools = call.tools();
        for (ToolProblem problem : tools.problems())
            findings.add(fault("tools", problem.toString(), "`pawl tools check` tells all"));
        if (tools.problems().isEmpty())
            findings.add(ok("tools", tools.all().size() + " tools load"));
    }

    private static void data(Call call, List<Finding> findings) {
        Path data = call.configuration().data();
        if (!Files.exists(data)) {
            findings.add(notYet(data));
            return;
        }
        try (Opened opened = call.open()) {
            findings.add(ok("data", data + " can be written to, its schema is this program's"));
            findings.add(room(data));
            store(call, findings);
            workers(opened.store(), findings);
            leftovers(opened, findings);
        } catch (PawlException e) {
            findings.add(fault("data", String.valueOf(e.getMessage()), ""));
        }
    }

    private static Finding notYet(Path data) {
        Path there = data;
        while (!Files.exists(there) && there.getParent() != null) there = there.getParent();
        return Files.isDirectory(there) && Files.isWritable(there)
                ? ok("data", data + " is not there yet; the first job makes it")
                : fault(
                        "data",
                        data + " can't be made: " + there + " is no folder that can be written to",
                        "make it so, or name another with --data");
    }

    private static void store(Call call, List<Finding> findings) {
        var configuration = call.configuration();
        List<String> faults =
                configuration
                        .postgres()
                        .map(PostgresStore::faults)
                        .orElseGet(() -> SqliteInvariants.faults(configuration.store()));
        for (String fault : faults)
            findings.add(
                    fault(
                            "store",
                            fault,
                            "keep a copy of %s and report this".formatted(configuration.where())));
        if (faults.isEmpty()) findings.add(ok("store", "every job is in exactly one place"));
    }

    private static Finding room(Path data) {
        try {
            long free = Files.getFileStore(data).getUsableSpace();
            String text = String.format(Locale.ROOT, "%.1f GiB free", free / (double) (1 << 30));
            if (free < ROOM_FAULT) return fault("disk", text, "free some space");
            if (free < ROOM_WARNING) return warning("disk", text, "free some space soon");
            return ok("disk", text);
        } catch (IOException e) {
            return warning("disk", "can't be asked: " + e.getMessage(), "");
        }
    }

    private static void workers(Store store, List<Finding> findings) {
        Instant now = store.now();
        var served = new HashSet<ToolId>();
        int live = 0;
        for (WorkerEntry worker : store.workers()) {
            if (worker.seenAt().plus(LIVE).isBefore(now)) continue;
            live++;
            served.addAll(worker.tools());
        }
        findings.add(ok("workers", live + " alive"));
        for (QueueEntry queue : store.queues())
            if (queue.paused())
                findings.add(warning("queues", "\"%s\" is paused".formatted(queue.name()), ""));
        for (Count count : store.counts())
            if (count.state() == JobState.Name.QUEUED && !served.contains(count.tool()))
                findings.add(
                        warning(
                                "workers",
                                "%d queued jobs of %s, and no live worker serves it"
                                        .formatted(count.jobs(), count.tool()),
                                "start one: pawl worker"));
    }

    /** Entries of commands whose worker may have been killed; those of live ones are theirs. */
    private static void leftovers(Opened opened, List<Finding> findings) {
        Path commands = opened.data().resolve("commands");
        if (!Files.isDirectory(commands)) return;
        long entries = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(commands)) {
            for (Path _ : files) entries++;
        } catch (IOException e) {
            findings.add(warning("leftovers", commands + " can't be listed", ""));
            return;
        }
        boolean nobody =
                opened.store().workers().stream()
                        .noneMatch(w ->
                                w.seenAt().plus(LIVE).isAfter(opened.store().now())
                                        && ProcessHandle.of(w.pid()).isPresent());
        if (entries > 0 && nobody)
            findings.add(
                    warning(
                            "leftovers",
                            entries + " commands of workers that are gone",
                            "the next `pawl worker` here ends them"));
        else findings.add(ok("leftovers", "none"));
    }

    private static Finding fonts(Call call) throws InterruptedException {
        if (onPath(call, "fc-list").isEmpty())
            return warning(
                    "fonts",
                    "fontconfig is missing: diagrams may not be drawn",
                    "install fontconfig and fonts-dejavu-core");
        try {
            Process process =
                    new ProcessBuilder("fc-list", ":", "family").redirectErrorStream(true).start();
            process.getOutputStream().close();
            long fonts =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .count();
            boolean _ = process.waitFor(10, TimeUnit.SECONDS);
            return fonts > 0
                    ? ok("fonts", fonts + " found")
                    : warning("fonts", "none is installed", "install fonts-dejavu-core");
        } catch (IOException e) {
            return warning("fonts", "can't be asked: " + e.getMessage(), "");
        }
    }

    private static Finding graphviz(Call call) {
        return onPath(call, "dot")
                .map(path -> ok("graphviz", path.toString()))
                .orElse(
                        warning(
                                "graphviz",
                                "dot is missing: plantuml's @startdot needs it, other diagrams"
                                        + " don't",
                                "install graphviz"));
    }

    /** The program of that name on the PATH. */
    static Optional<Path> onPath(Call call, String program) {
        for (String folder : call.outside().environment().getOrDefault("PATH", "").split(":", -1)) {
            Path file = Path.of(folder.isEmpty() ? "." : folder).resolve(program);
            if (Files.isExecutable(file)) return Optional.of(file);
        }
        return Optional.empty();
    }
}
