package dev.pawl.server.toolrunner;

import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The scripts of a folder: {@code NAME.py}, and whatever may be executed. Read once; none is run. A
 * script that can't be a tool is a problem and leaves the others alone. Immutable.
 */
public final class Scripts {
    private final TreeMap<String, Script> byName = new TreeMap<>();
    private final List<ToolProblem> problems = new ArrayList<>();
    private final Path folder;

    private Scripts(Path folder) {
        this.folder = folder;
    }

    /** Reads the folder; one that isn't there is a problem. */
    public static Scripts of(Path folder) {
        var scripts = new Scripts(folder.toAbsolutePath().normalize());
        scripts.read();
        return scripts;
    }

    private void read() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Scripts::isScript).sorted().toList()) add(file);
        } catch (IOException e) {
            String hint = "want a folder of scripts";
            problems.add(new ToolProblem(folder, 1, 1, "can't be listed: " + e.getMessage(), hint));
        }
    }

    private void add(Path file) {
        switch (new ScriptReader(file).read()) {
            case ScriptReader.Reading.Bad(var problem) -> problems.add(problem);
            case ScriptReader.Reading.Good(var script) -> {
                Script before = byName.putIfAbsent(script.name(), script);
                if (before != null)
                    problems.add(
                            new ToolProblem(
                                    file,
                                    1,
                                    1,
                                    "is called as " + before.tool().source(),
                                    "rename one of them"));
            }
        }
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
    public List<Tool> tools() {
        return all().stream().map(Script::tool).toList();
    }

    /** What is wrong with files, in the order of their names. */
    public List<ToolProblem> problems() {
        return List.copyOf(problems);
    }

    /** What is left of the folder's disk is what scripts may fill. */
    Path folder() {
        return folder;
    }

    /** By name. */
    Collection<Script> all() {
        return byName.values();
    }

    Optional<Script> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
