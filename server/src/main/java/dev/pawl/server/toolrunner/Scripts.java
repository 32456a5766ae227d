package dev.pawl.server.toolrunner;

import dev.pawl.tool.FileStamp;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolProblem;
import dev.pawl.tool.ToolSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The scripts of a folder: {@code NAME.py}, and whatever may be executed. None is run to be read. A
 * script that can't be a tool is a problem and leaves the others alone; one that was good and is
 * broken now keeps its last good form, and is a problem. Thread-safe; lookups don't block, and see
 * what the last {@link #reload} found.
 */
public final class Scripts implements ToolSource {
    private final Path folder;
    private final ReentrantLock loading = new ReentrantLock();
    private Map<Path, Entry> entries = Map.of();
    private List<ToolProblem> unlisted = List.of();
    private volatile Snapshot snapshot = snapshot();

    /**
     * What is known of one script.
     *
     * @param stamps of it, and of the description beside it
     */
    private record Entry(
            List<FileStamp> stamps, @Nullable Script good, List<ToolProblem> problems) {}

    private record Snapshot(TreeMap<String, Script> byName, List<ToolProblem> problems) {}

    private Scripts(Path folder) {
        this.folder = folder;
    }

    /** Reads the folder; one that isn't there is a problem. */
    public static Scripts of(Path folder) {
        var scripts = new Scripts(folder.toAbsolutePath().normalize());
        boolean _ = scripts.reload();
        return scripts;
    }

    @Override
    public boolean reload() {
        loading.lock();
        try {
            var next = new LinkedHashMap<Path, Entry>();
            var missing = new ArrayList<ToolProblem>();
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(Scripts::isScript).sorted().toList())
                    next.put(file, entry(file));
            } catch (IOException e) {
                String reason = "can't be listed: " + e.getMessage();
                missing.add(new ToolProblem(folder, 1, 1, reason, "want a folder of scripts"));
            }
            boolean same = next.equals(entries) && missing.equals(unlisted);
            entries = next;
            unlisted = missing;
            if (!same) snapshot = snapshot();
            return !same;
        } finally {
            loading.unlock();
        }
    }

    private Entry entry(Path file) {
        Entry before = entries.get(file);
        List<FileStamp> stamps = stamps(file);
        if (before != null && !stamps.isEmpty() && before.stamps.equals(stamps)) return before;
        return switch (new ScriptReader(file).read()) {
            case ScriptReader.Reading.Good(var script) -> new Entry(stamps, script, List.of());
            case ScriptReader.Reading.Bad(var problem) ->
                    new Entry(stamps, before == null ? null : before.good, List.of(problem));
        };
    }

    /** Empty for files that can't be looked at: they are read again each time. */
    private static List<FileStamp> stamps(Path file) {
        var stamps = new ArrayList<FileStamp>();
        try {
            stamps.add(FileStamp.of(file));
            Optional<Path> beside = Description.fileBeside(file);
            if (beside.isPresent()) stamps.add(FileStamp.of(beside.get()));
            return stamps;
        } catch (IOException e) {
            return List.of();
        }
    }

    private Snapshot snapshot() {
        var byName = new TreeMap<String, Script>();
        var problems = new ArrayList<>(unlisted);
        entries.forEach((file, entry) -> {
            problems.addAll(entry.problems);
            Script script = entry.good;
            if (script == null) return;
            Script before = byName.putIfAbsent(script.name(), script);
            if (before != null)
                problems.add(
                        new ToolProblem(
                                file,
                                1,
                                1,
                                "is called as " + before.tool().source(),
                                "rename one of them"));
        });
        return new Snapshot(byName, List.copyOf(problems));
    }

    private static boolean isScript(Path file) {
        String name = file.getFileName().toString();
        boolean hidden = name.startsWith(".") || name.startsWith("_") || name.endsWith("~");
        boolean description = name.matches(".*\\.(ya?ml|json|md|txt|pyc)");
        return !hidden
                && !description
                && Files.isRegularFile(file)
                && (name.endsWith(".py") || Files.isExecutable(file));
    }

    /** By name. */
    @Override
    public List<Tool> tools() {
        return all().stream().map(Script::tool).toList();
    }

    @Override
    public List<ToolProblem> problems() {
        return snapshot.problems;
    }

    /** What is left of the folder's disk is what scripts may fill. */
    Path folder() {
        return folder;
    }

    /** By name. */
    Collection<Script> all() {
        return snapshot.byName.values();
    }

    Optional<Script> find(String name) {
        return Optional.ofNullable(snapshot.byName.get(name));
    }
}
