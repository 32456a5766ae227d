package dev.pawl.tool;

import dev.pawl.core.ToolId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tools of some folders. A file with a mistake gives problems and leaves the others alone; a
 * file that was good and is broken now keeps its last good tool, and gives problems. Thread-safe;
 * lookups don't block, and see what the last {@link #reload} found.
 */
public final class Tools {
    private static final long FILE_BYTES_MAX = 1 << 20;

    private final List<Path> folders;
    private final Map<String, String> values;
    private final List<Tool> builtIn;
    private final List<ToolSource> sources;
    private final ReentrantLock loading = new ReentrantLock();
    private Map<Path, Entry> entries = Map.of();
    private List<ToolProblem> missingBefore = List.of();
    private volatile Snapshot snapshot;

    /** What is known of one file. */
    private record Entry(FileStamp stamp, @Nullable Tool good, List<ToolProblem> problems) {}

    /** Each name's tools, the newest version first. */
    private record Snapshot(TreeMap<String, List<Tool>> byName, List<ToolProblem> problems) {}

    private Tools(
            List<Path> folders,
            Map<String, String> values,
            List<Tool> builtIn,
            List<ToolSource> sources) {
        this.folders = List.copyOf(folders);
        this.values = Map.copyOf(values);
        this.builtIn = List.copyOf(builtIn);
        this.sources = List.copyOf(sources);
        this.snapshot = snapshot(List.of(), List.of());
    }

    /**
     * The tools of these folders, loaded. A later folder's tool replaces an earlier one's of the
     * same name and version; a folder that isn't there is a problem.
     *
     * @param values placeholders for templates, by name, as {@code classpath.plantuml}
     */
    public static Tools of(List<Path> folders, Map<String, String> values) {
        return of(folders, values, List.of());
    }

    /**
     * The same, with tools that no file says.
     *
     * @param builtIn tools that no file says, as a program's own handlers; files replace them
     */
    public static Tools of(List<Path> folders, Map<String, String> values, List<Tool> builtIn) {
        return of(folders, values, builtIn, List.of());
    }

    /**
     * The same, with tools that change with the files, as scripts do.
     *
     * @param sources read again at each {@link #reload}; their tools replace built-in ones, and
     *     files replace both
     */
    public static Tools of(
            List<Path> folders,
            Map<String, String> values,
            List<Tool> builtIn,
            List<ToolSource> sources) {
        var tools = new Tools(folders, values, builtIn, sources);
        boolean _ = tools.reload();
        return tools;
    }

    /**
     * Reads the files that have changed; costs a look at each file's time and size otherwise.
     * Answers whether anything is other than before: a tool, or what is wrong with a file.
     */
    public boolean reload() {
        loading.lock();
        try {
            var next = new LinkedHashMap<Path, Entry>();
            var missing = new ArrayList<ToolProblem>();
            for (Path folder : folders) {
                try {
                    for (Path file : files(folder)) next.put(file, entry(folder, file));
                } catch (NoSuchFileException e) {
                    missing.add(problem(folder, "there is no such tools folder", "create it"));
                } catch (IOException | UncheckedIOException e) {
                    missing.add(problem(folder, "can't be listed: " + e.getMessage(), ""));
                }
            }
            boolean same = next.equals(entries) && missing.equals(missingBefore);
            for (ToolSource source : sources) same &= !source.reload();
            entries = next;
            missingBefore = missing;
            if (!same) snapshot = snapshot(next.values(), missing);
            return !same;
        } finally {
            loading.unlock();
        }
    }

    /** Every tool and version, by name, the newest version first. */
    public List<Tool> all() {
        return snapshot.byName.values().stream().flatMap(List::stream).toList();
    }

    /** The newest version of each tool, by name. */
    public List<Tool> newest() {
        return snapshot.byName.values().stream().map(List::getFirst).toList();
    }

    /** What is wrong with the files, in their order. */
    public List<ToolProblem> problems() {
        return snapshot.problems;
    }

    public Optional<Tool> find(ToolId id) {
        return versions(id.name()).stream().filter(t -> t.id().equals(id)).findFirst();
    }

    /** What a worker has to have to run a tool; nothing where the tool isn't known. */
    public Set<String> required(ToolId id) {
        return find(id).map(tool -> tool.policy().requires()).orElse(Set.of());
    }

    /** The tool called {@code name@version}, or the newest version of {@code name}. */
    public Lookup find(String nameOrId) {
        int at = nameOrId.indexOf('@');
        String name = at < 0 ? nameOrId : nameOrId.substring(0, at);
        List<Tool> versions = versions(name);
        if (at < 0 && !versions.isEmpty()) return new Lookup.Found(versions.getFirst());
        String version = nameOrId.substring(at + 1);
        for (Tool tool : versions)
            if (tool.id().version().equals(version)) return new Lookup.Found(tool);
        for (ToolProblem problem : snapshot.problems)
            if (isFileOf(problem.file(), name, at < 0 ? "" : version))
                return new Lookup.Unknown(
                        "tool \"%s\" can't be used: %s".formatted(nameOrId, problem), "");
        return versions.isEmpty()
                ? unknownName(nameOrId, name)
                : unknownVersion(nameOrId, name, versions);
    }

    /** Whether a file with a mistake most likely says this tool; its name is all that is sure. */
    private static boolean isFileOf(Path file, String name, String version) {
        String stem = file.getFileName().toString().replaceFirst("\\.[a-z]+$", "");
        Path folder = file.getParent();
        boolean inFolder = folder != null && folder.endsWith(name);
        return stem.equals(name) || (inFolder && (version.isEmpty() || stem.equals(version)));
    }

    private List<Tool> versions(String name) {
        return snapshot.byName.getOrDefault(name, List.of());
    }

    private Lookup unknownName(String wanted, String name) {
        var names = snapshot.byName.keySet();
        Optional<String> near = Nearest.of(name, names);
        String hint =
                near.map(n -> "did you mean \"" + n + "\"?")
                        .orElse(
                                names.isEmpty()
                                        ? "there is none in " + folders
                                        : "known: " + String.join(", ", names));
        return new Lookup.Unknown(
                "no tool is called \"%s\"; %s".formatted(wanted, hint), near.orElse(""));
    }

    private static Lookup unknownVersion(String wanted, String name, List<Tool> versions) {
        List<String> known = versions.stream().map(t -> t.id().version()).toList();
        String version = wanted.substring(name.length() + 1);
        String near = name + "@" + Nearest.of(version, known).orElse(known.getFirst());
        return new Lookup.Unknown(
                "tool \"%s\" has no version \"%s\"; did you mean \"%s\"? It has: %s"
                        .formatted(name, version, near, String.join(", ", known)),
                near);
    }

    private Entry entry(Path folder, Path file) {
        Entry before = entries.get(file);
        try {
            var stamp = FileStamp.of(file);
            if (before != null && before.stamp.equals(stamp)) return before;
            Tool last = before == null ? null : before.good;
            return switch (read(folder, file, stamp.sizeBytes())) {
                case ToolFile.Reading.Good(var tool) -> new Entry(stamp, tool, List.of());
                case ToolFile.Reading.Bad(var problems) -> new Entry(stamp, last, problems);
            };
        } catch (IOException e) {
            var problem = problem(file, "can't be read: " + e.getMessage(), "");
            return new Entry(FileStamp.NONE, before == null ? null : before.good, List.of(problem));
        }
    }

    private ToolFile.Reading read(Path folder, Path file, long sizeBytes) throws IOException {
        if (sizeBytes > FILE_BYTES_MAX)
            return new ToolFile.Reading.Bad(
                    List.of(
                            problem(
                                    file,
                                    "has %,d bytes".formatted(sizeBytes),
                                    "want at most %,d".formatted(FILE_BYTES_MAX))));
        try {
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                            .toString();
            return new ToolFile(file, folder.relativize(file), values).read(text);
        } catch (CharacterCodingException e) {
            return new ToolFile.Reading.Bad(
                    List.of(problem(file, "is no UTF-8 text", "save it as UTF-8")));
        }
    }

    private Snapshot snapshot(Collection<Entry> loaded, List<ToolProblem> missing) {
        var problems = new ArrayList<>(missing);
        var found = new LinkedHashMap<ToolId, Tool>();
        for (Tool tool : builtIn) found.put(tool.id(), tool);
        for (ToolSource source : sources) {
            source.tools().forEach(tool -> found.put(tool.id(), tool));
            problems.addAll(source.problems());
        }
        var folderOf = new HashMap<ToolId, Path>();
        loaded.forEach(entry -> problems.addAll(entry.problems));
        for (Entry entry : loaded) {
            Tool tool = entry.good;
            if (tool == null) continue;
            Path file = Path.of(tool.source());
            Path folder = folder(file);
            Tool before = found.get(tool.id());
            if (before != null && folder.equals(folderOf.get(tool.id()))) {
                problems.add(
                        problem(
                                file,
                                "tool is %s, as in %s".formatted(tool.id(), before.source()),
                                "give one another version"));
                continue;
            }
            found.put(tool.id(), tool);
            folderOf.put(tool.id(), folder);
        }
        var byName = new TreeMap<String, List<Tool>>();
        for (Tool tool : found.values())
            byName.computeIfAbsent(tool.id().name(), _ -> new ArrayList<>()).add(tool);
        Comparator<Tool> oldestFirst =
                Comparator.comparing(t -> t.id().version(), Versions.OLDEST_FIRST);
        byName.values().forEach(versions -> versions.sort(oldestFirst.reversed()));
        return new Snapshot(byName, List.copyOf(problems));
    }

    private Path folder(Path file) {
        return folders.stream().filter(file::startsWith).reduce((_, last) -> last).orElse(file);
    }

    /** The tool files of a folder, NAME.yaml and NAME/VERSION.yaml, in the order of their names. */
    private static Set<Path> files(Path folder) throws IOException {
        var found = new TreeSet<Path>();
        try (Stream<Path> walk = Files.walk(folder, 2, FileVisitOption.FOLLOW_LINKS)) {
            walk.filter(Tools::isToolFile).filter(Files::isRegularFile).forEach(found::add);
        }
        return found;
    }

    private static boolean isToolFile(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".")
                && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    private static ToolProblem problem(Path file, String reason, String hint) {
        return new ToolProblem(file, 1, 1, reason, hint);
    }
}
