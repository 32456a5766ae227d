package dev.pawl.app.cli;

import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PastJob;
import dev.pawl.core.PawlException;
import dev.pawl.store.original.OriginalDatabase;
import dev.pawl.store.original.SitefitHistory;
import dev.pawl.store.original.ToolRunnerHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * {@code pawl import tool-runner} and {@code pawl import sitefit}. A page is read, its files are
 * kept, its jobs are stored in one commit; what is here already is passed over. So it may be ended
 * at any moment and run again.
 */
public final class Import implements Command {
    private static final Flag<String> FROM =
            Flag.text(
                    "--from",
                    "URL",
                    "The original's database (default: DATABASE_URL):"
                            + " postgresql://USER:PASSWORD@HOST/DATABASE or sqlite:///FILE.");
    private static final Flag<Path> FILES =
            Flag.path(
                    "--files",
                    "DIR",
                    "Where the files are that its jobs left; without it none is taken.");
    private static final Flag<Boolean> DRY_RUN =
            Flag.on("--dry-run", "Says what would be, and changes nothing.");

    /** Whose history. */
    public enum From {
        TOOL_RUNNER("tool-runner", "the tool runner"),
        SITEFIT("sitefit", "the site-fit jobs");

        private final String front;
        private final String people;

        From(String front, String people) {
            this.front = front;
            this.people = people;
        }

        /** The pages of its jobs, the last of them empty. */
        private Supplier<List<PastRow>> pages(OriginalDatabase original) {
            return switch (this) {
                case TOOL_RUNNER -> {
                    var history = new ToolRunnerHistory(original);
                    yield () -> history.next().stream().map(ToolRunnerPast::of).toList();
                }
                case SITEFIT -> {
                    var history = new SitefitHistory(original);
                    yield () -> history.next().stream().map(SitefitPast::of).toList();
                }
            };
        }
    }

    private final From from;

    public Import(From from) {
        this.from = from;
    }

    @Override
    public String name() {
        return "import " + from.front;
    }

    @Override
    public String summary() {
        return "Brings the jobs that have ended in %s' database; exit 1 when one was left out."
                .formatted(from.people);
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(FROM, FILES, DRY_RUN);
    }

    @Override
    public List<String> footer() {
        return List.of(
                "",
                "It may be run again: what is here already is passed over. Nothing is changed in"
                        + " the",
                "original. Jobs that have not ended there are named, and left out.");
    }

    @Override
    public ExitCode run(Call call) {
        String url =
                call.get(FROM)
                        .or(() ->
                                java.util.Optional.ofNullable(
                                        call.outside().environment().get("DATABASE_URL")))
                        .orElseThrow(() ->
                                new PawlException(
                                        ErrorCode.INPUT_INVALID,
                                        "no database is named; want --from URL"));
        Path folder = call.outside().folder();
        var files = new OriginalFiles(call.get(FILES).map(folder::resolve).orElse(null));
        try (var original = OriginalDatabase.open(url, folder)) {
            Supplier<List<PastRow>> pages = from.pages(original);
            try (Opened opened = KeysList.opened(call, name())) {
                var bringing = new Bringing(call.screen(), opened, files, call.has(DRY_RUN));
                for (var page = pages.get(); !page.isEmpty(); page = pages.get())
                    bringing.page(page);
                return bringing.end(original.name());
            }
        }
    }

    /** One run of it, with what it has told so far. */
    private static final class Bringing {
        private final Screen screen;
        private final Opened opened;
        private final OriginalFiles files;
        private final boolean dry;
        private final Map<JobState.Name, Integer> brought = new EnumMap<>(JobState.Name.class);
        private int known;
        private int leftOut;
        private int filesTaken;
        private int filesLeftOut;

        Bringing(Screen screen, Opened opened, OriginalFiles files, boolean dry) {
            this.screen = screen;
            this.opened = opened;
            this.files = files;
            this.dry = dry;
        }

        void page(List<PastRow> rows) {
            var ended = new ArrayList<PastRow.Ended>();
            for (PastRow row : rows)
                switch (row) {
                    case PastRow.Ended job -> ended.add(job);
                    case PastRow.LeftOut(var id, var why) -> {
                        leftOut++;
                        tell("left_out", id, "", why);
                    }
                }
            Set<JobId> here =
                    opened.store()
                            .states(ended.stream().map(row -> row.job().id()).toList())
                            .keySet();
            known += here.size();
            List<PastJob> fresh =
                    ended.stream()
                            .filter(row -> !here.contains(row.job().id()))
                            .map(this::withFiles)
                            .toList();
            Set<JobId> adopted =
                    dry
                            ? fresh.stream().map(PastJob::id).collect(Collectors.toSet())
                            : opened.store().adopt(fresh);
            for (PastJob job : fresh)
                if (adopted.contains(job.id())) brought.merge(job.state().name(), 1, Integer::sum);
                else known++;
        }

        private PastJob withFiles(PastRow.Ended row) {
            PastJob job = row.job();
            var kept = new LinkedHashMap<String, Artifact>();
            for (String name : row.files())
                switch (files.look(name, row.folder(), job.endedAt())) {
                    case OriginalFiles.Look.Found found -> take(row, found, kept);
                    case OriginalFiles.Look.NotTaken(var why) -> fileLeftOut(row, name, why);
                }
            return new PastJob(
                    job.id(),
                    job.submission(),
                    job.submittedAt(),
                    job.started(),
                    job.state(),
                    job.output(),
                    job.history(),
                    job.log(),
                    List.copyOf(kept.values()));
        }

        private void take(
                PastRow.Ended row, OriginalFiles.Look.Found found, Map<String, Artifact> kept) {
            try {
                if (!dry) kept.put(found.name(), OriginalFiles.put(opened.artifacts(), found));
                filesTaken++;
            } catch (IOException e) {
                fileLeftOut(row, found.name(), "it can't be read: " + e.getMessage());
            }
        }

        private void fileLeftOut(PastRow.Ended row, String name, String why) {
            filesLeftOut++;
            tell("file_left_out", row.original(), name, why);
        }

        private void tell(String what, String id, String file, String why) {
            if (screen.json()) {
                var object = new LinkedHashMap<String, Object>();
                object.put("what", what);
                object.put("job", id);
                if (!file.isEmpty()) object.put("file", file);
                object.put("why", why);
                screen.json(object);
                return;
            }
            screen.line(
                    Screen.clean(
                            file.isEmpty()
                                    ? "left out  %s: %s".formatted(id, why)
                                    : "no file   %s %s: %s".formatted(id, file, why)));
        }

        ExitCode end(String database) {
            int jobs = brought.values().stream().mapToInt(Integer::intValue).sum();
            if (screen.json()) {
                var object = new LinkedHashMap<String, Object>();
                object.put("what", dry ? "would_import" : "imported");
                object.put("jobs", jobs);
                brought.forEach((state, count) -> object.put(state.wire(), count));
                object.put("here_already", known);
                object.put("left_out", leftOut);
                object.put("files", filesTaken);
                object.put("files_left_out", filesLeftOut);
                screen.json(object);
            } else {
                String states =
                        brought.entrySet().stream()
                                .map(e -> e.getValue() + " " + e.getKey().wire())
                                .collect(Collectors.joining(", "));
                screen.line(
                        "%s %d jobs of %s%s; %d were here already, %d left out; %d files, %d not"
                                .formatted(
                                        dry ? "would import" : "imported",
                                        jobs,
                                        Screen.clean(database),
                                        states.isEmpty() ? "" : " (" + states + ")",
                                        known,
                                        leftOut,
                                        filesTaken,
                                        filesLeftOut));
            }
            return leftOut + filesLeftOut > 0 ? ExitCode.FAULT : ExitCode.SUCCEEDED;
        }
    }
}
