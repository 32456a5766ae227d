package dev.pawl.app.cli;

import dev.pawl.core.Artifact;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import dev.pawl.tool.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** {@code pawl run}: submits a job and runs it in this process, to its end. */
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
    public Expansion expand(Call first) {
        String name = first.operands().getFirst();
        Tool tool = ToolFlags.find(first.tools(), name);
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
        Tools tools = call.tools();
        Tool tool = ToolFlags.find(tools, call.onlyOperand("tool", "`pawl tools list`"));
        try (Opened opened = call.open()) {
            call.get(OUT).ifPresent(out -> folder(call, out).make());
            Submission submission = submission(call, tool, opened);
            ctrlC.beforeSubmit();
            JobId id =
                    switch (opened.engine().submit(submission)) {
                        case Submitted.Accepted(var accepted, var _) -> accepted;
                        case Submitted.Existing(var existing) -> {
                            call.screen().note("the idempotency key names this job: " + existing);
                            yield existing;
                        }
                        case Submitted.Refused(var code, var message) ->
                                throw new PawlException(code, message);
                    };
            Job job = Jobs.find(opened.store(), id);
            if (!job.state().ended()) {
                var follow = new Follow(call, opened, id, call.get(TIMEOUT).orElse(Duration.ZERO));
                ExitCode early = follow.toItsEnd(tools, ctrlC);
                if (early != ExitCode.SUCCEEDED) return early;
                job = Jobs.find(opened.store(), id);
            }
            return report(call, opened, job);
        }
    }

    private static Submission submission(Call call, Tool tool, Opened opened) {
        var input = new ToolFlags(tool, taken(OWN)).input(call, opened.artifacts());
        Requests requests = call.wiring().requests(opened);
        return SubmitFlags.submission(
                requests,
                tool,
                input,
                call.has(SubmitFlags.NO_CACHE),
                builder -> SubmitFlags.apply(call, builder));
    }

    private static ArtifactFolder folder(Call call, Path out) {
        return new ArtifactFolder(call.outside().folder().resolve(out));
    }

    private static ExitCode report(Call call, Opened opened, Job job) {
        Path standard = opened.data().resolve("out").resolve(job.id().toString());
        ArtifactFolder folder = folder(call, call.get(OUT).orElse(standard));
        List<Artifact> artifacts = opened.store().artifacts(job.id());
        var paths = new ArrayList<Path>();
        for (Artifact artifact : artifacts) paths.add(folder.write(artifact, opened.artifacts()));
        if (call.screen().json()) json(call.screen(), opened, job, paths);
        else print(call, opened, job, artifacts, paths);
        return ExitCode.of(job.state());
    }

    private static void json(Screen screen, Opened opened, Job job, List<Path> paths) {
        Map<String, Object> fields = JobsShow.json(opened.store(), job);
        fields.put("cached", job.cachedFrom().isPresent());
        fields.put("paths", paths.stream().map(Path::toString).toList());
        screen.json(fields);
    }

    private static void print(
            Call call, Opened opened, Job job, List<Artifact> artifacts, List<Path> paths) {
        Screen screen = call.screen();
        screen.line(headline(screen.style(), opened, job));
        for (int i = 0; i < artifacts.size(); i++) {
            Artifact artifact = artifacts.get(i);
            screen.line(
                    "  %s  %s"
                            .formatted(
                                    screen.style().strong(artifact.name()),
                                    JobView.size(artifact.sizeBytes())));
            screen.line("  sha256 " + artifact.sha256());
            screen.line("  " + near(call.outside().folder(), paths.get(i)));
        }
        String output = job.output();
        if (job.state() instanceof JobState.Succeeded && !output.isEmpty() && !output.equals("{}"))
            screen.line("  output " + Screen.clean(output));
        if (job.state() instanceof JobState.Dead) tail(screen, opened, job);
        screen.line(screen.style().faint("  job " + job.id()));
    }

    private static String headline(Style style, Opened opened, Job job) {
        String tool = job.submission().tool().toString();
        return switch (job.state()) {
            case JobState.Succeeded(var at, _) ->
                    job.cachedFrom()
                            .map(from ->
                                    style.good("✓ ")
                                            + "%s answered from the cache: job %s%s ran it; --no-cache runs it again"
                                                    .formatted(tool, from, age(opened, from)))
                            .orElse(
                                    style.good("✓ ")
                                            + "%s succeeded in %s"
                                                    .formatted(
                                                            tool,
                                                            JobView.since(job.submittedAt(), at)));
            case JobState.Dead(_, _, var kind) ->
                    style.bad("✗ ")
                            + "%s is dead, %s error: %s"
                                    .formatted(tool, kind.wire(), Screen.clean(job.output()));
            case JobState.Cancelled _ -> style.warning("✗ ") + tool + " was cancelled";
            case JobState.Waiting _, JobState.Queued _, JobState.Running _ ->
                    tool + " is " + job.state().name().wire();
        };
    }

    private static String age(Opened opened, JobId from) {
        return opened.store()
                .find(from)
                .map(job -> ", " + JobView.since(job.submittedAt(), opened.store().now()) + " ago,")
                .orElse("");
    }

    /** The last lines of the log: most often they say what went wrong. */
    private static void tail(Screen screen, Opened opened, Job job) {
        var lines = opened.store().logs(job.id(), job.state().attempt() - 1, Long.MAX_VALUE, 1_000);
        for (var line : lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()))
            screen.line(screen.style().faint("  | " + Screen.clean(line.text())));
    }

    /** As a user at {@code here} would write it. */
    private static String near(Path here, Path file) {
        return file.startsWith(here) ? "./" + here.relativize(file) : file.toString();
    }
}
