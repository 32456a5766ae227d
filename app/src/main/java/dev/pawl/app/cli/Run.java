package dev.pawl.app.cli;

import dev.pawl.api.Accepted;
import dev.pawl.api.Answer;
import dev.pawl.api.JobView;
import dev.pawl.api.SubmitRequest;
import dev.pawl.core.Artifact;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code pawl run}: submits a job and sees it to its end; in a data folder it runs it in this
 * process.
 */
public final class Run implements Command {
    private static final Flag<Path> OUT =
            Flag.path("--out", "DIR", "Where artifacts are written (default: DATA/out/JOB).");
    private static final Flag<Duration> TIMEOUT =
            Flag.duration("--timeout", "Wait no longer than this; the job goes on.");
    private static final int LOG_TAIL = 15;
    private static final List<Flag<?>> OWN =
            Stream.concat(Stream.of(OUT, TIMEOUT), SubmitFlags.ALL.stream()).toList();

    @Override
    public String name() {
        return "run";
    }

    @Override
    public String summary() {
        return "Runs a tool as a durable job and waits for its end.";
    }

    @Override
    public String operands() {
        return "TOOL";
    }

    @Override
    public List<Flag<?>> flags() {
        return OWN;
    }

    @Override
    public List<String> footer() {
        return List.of(
                "",
                "`pawl run TOOL --help` shows the tool's own flags, `pawl tools list` the tools.");
    }

    @Override
    public boolean readsTheRest() {
        return true;
    }

    @Override
    public Expansion expand(Call first) throws InterruptedException {
        String name = first.operands().getFirst();
        ToolForm tool = first.tools(source -> source.tool(name));
        return new Expansion(name, tool.title() + ".", new ToolFlags(tool, taken(flags())).list());
    }

    /** The names that a command has for itself. */
    static Set<String> taken(List<Flag<?>> own) {
        var taken = new HashSet<String>(List.of("--help"));
        own.forEach(flag -> taken.add(flag.name()));
        Globals.ALL.forEach(flag -> taken.add(flag.name()));
        return taken;
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        try (var ctrlC = new CtrlC(call.outside().signals())) {
            return run(call, ctrlC);
        }
    }

    private static ExitCode run(Call call, CtrlC ctrlC) throws InterruptedException {
        String name = call.onlyOperand("tool", "`pawl tools list`");
        ToolForm tool = call.tools(source -> source.tool(name));
        try (Target target = call.target()) {
            call.get(OUT).ifPresent(out -> folder(call, out).make());
            JsonNode input = new ToolFlags(tool, taken(OWN)).input(call, target);
            var request = new SubmitRequest(SubmitFlags.request(call, tool, input));
            ctrlC.beforeSubmit();
            JobId id = submit(call, target, request);
            JobView job = target.job(id);
            if (!job.ended()) {
                ExitCode early = follow(call, target, id, ctrlC);
                if (early != ExitCode.SUCCEEDED) return early;
                job = target.job(id);
            }
            return report(call, target, job);
        }
    }

    private static JobId submit(Call call, Target target, SubmitRequest request)
            throws InterruptedException {
        return switch (target.submit(List.of(request)).getFirst()) {
            case Accepted(var id, var _, var existing) -> {
                if (existing) call.screen().note("the idempotency key names this job: " + id);
                yield id;
            }
            case Answer.Refused(var code, var message) -> throw new PawlException(code, message);
        };
    }

    /** In a data folder the job is run here; a server has its own workers. */
    private static ExitCode follow(Call call, Target target, JobId id, CtrlC ctrlC)
            throws InterruptedException {
        Duration timeout = call.get(TIMEOUT).orElse(Duration.ZERO);
        return target instanceof FolderTarget folder
                ? new Follow(call, folder.opened(), id, timeout).toItsEnd(folder.files(), ctrlC)
                : new FollowServer(call, target, id, timeout).toItsEnd(ctrlC);
    }

    private static ArtifactFolder folder(Call call, Path out) {
        return new ArtifactFolder(call.outside().folder().resolve(out));
    }

    private static ExitCode report(Call call, Target target, JobView job)
            throws InterruptedException {
        Path standard = call.configuration().data().resolve("out").resolve(job.id().toString());
        ArtifactFolder folder = folder(call, call.get(OUT).orElse(standard));
        var paths = new ArrayList<Path>();
        for (Artifact artifact : job.artifacts())
            paths.add(folder.write(artifact, target.artifact(job.id(), artifact)));
        if (call.screen().json()) json(call.screen(), job, paths);
        else print(call, target, job, paths);
        return ExitCode.of(job.state());
    }

    private static void json(Screen screen, JobView job, List<Path> paths) {
        var fields = (ObjectNode) job.json().deepCopy();
        fields.put("cached", job.cachedFrom().isPresent());
        var list = fields.putArray("paths");
        paths.forEach(path -> list.add(path.toString()));
        screen.json(fields);
    }

    private static void print(Call call, Target target, JobView job, List<Path> paths)
            throws InterruptedException {
        Screen screen = call.screen();
        screen.line(headline(screen.style(), target, job));
        List<Artifact> artifacts = job.artifacts();
        for (int i = 0; i < artifacts.size(); i++) {
            Artifact artifact = artifacts.get(i);
            screen.line(
                    "  %s  %s"
                            .formatted(
                                    screen.style().strong(artifact.name()),
                                    JobText.size(artifact.sizeBytes())));
            screen.line("  sha256 " + artifact.sha256());
            screen.line("  " + near(call.outside().folder(), paths.get(i)));
        }
        String output = job.output();
        if (!output.isEmpty() && !output.equals("{}"))
            screen.line("  output " + Screen.clean(output));
        if (job.state() == JobState.Name.DEAD) tail(screen, target, job);
        screen.line(screen.style().faint("  job " + job.id()));
    }

    private static String headline(Style style, Target target, JobView job)
            throws InterruptedException {
        return switch (job.state()) {
            case SUCCEEDED -> style.good("✓ ") + job.tool() + " " + success(target, job);
            case DEAD ->
                    style.bad("✗ ")
                            + "%s is dead, %s error: %s"
                                    .formatted(
                                            job.tool(),
                                            job.errorClass(),
                                            Screen.clean(job.error()));
            case CANCELLED -> style.warning("✗ ") + job.tool() + " was cancelled";
            case WAITING, QUEUED, RUNNING -> job.tool() + " is " + job.state().wire();
        };
    }

    private static String success(Target target, JobView job) throws InterruptedException {
        if (job.cachedFrom().isEmpty())
            return "succeeded in "
                    + JobText.since(job.submittedAt(), job.finishedAt().orElseThrow());
        JobId from = job.cachedFrom().get();
        String age =
                target.find(from)
                        .map(one -> ", " + JobText.since(one.submittedAt(), target.now()) + " ago,")
                        .orElse("");
        return "answered from the cache: job %s%s ran it; --no-cache runs it again"
                .formatted(from, age);
    }

    /** The last lines of the log: most often they say what went wrong. */
    private static void tail(Screen screen, Target target, JobView job)
            throws InterruptedException {
        int before = Math.max(0, job.attempt() - 1);
        var lines = target.logs(job.id(), before, Integer.MAX_VALUE, 1_000);
        for (var line : lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()))
            screen.line(screen.style().faint("  | " + Screen.clean(line.text())));
    }

    /** As a user at {@code here} would write it. */
    private static String near(Path here, Path file) {
        return file.startsWith(here) ? "./" + here.relativize(file) : file.toString();
    }
}
