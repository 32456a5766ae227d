package dev.pawl.worker.executor;

import dev.pawl.core.Artifact;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds the files that a command left in its working folder and that its tool asks for. */
final class WorkFiles {
    static final int FILES_MAX = 1_000;

    private WorkFiles() {}

    /** A pattern's match that isn't a file of the working folder. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * The files that match, by name, each as the path to read it from. {@code **}{@code /} matches
     * no folder too. A link counts as what it leads to, as long as that is in the folder. Nothing
     * may write to the folder meanwhile.
     */
    static Map<String, Path> matching(Path folder, List<String> patterns)
            throws IOException, RefusedException {
        var matchers = new ArrayList<PathMatcher>();
        for (String pattern : patterns) {
            if (pattern.startsWith("/") || List.of(pattern.split("/")).contains(".."))
                throw new RefusedException(
                        "artifact pattern \"%s\" leads outside the working folder"
                                .formatted(pattern));
            addMatchers(pattern, matchers);
        }
        var found = new TreeMap<String, Path>();
        Path root = folder.toRealPath();
        for (Path file : candidates(root, matchers)) {
            String name = nameOf(root.relativize(file));
            if (Files.isDirectory(file) && file.toRealPath().startsWith(root)) continue;
            found.put(name, inside(root, file, name));
        }
        return found;
    }

    /** The file that the path leads to, made sure to be a plain file in the folder. */
    static Path inside(Path root, Path file, String name) throws RefusedException {
        if (!Artifact.validName(name))
            throw new RefusedException(
                    "artifact \"%s\": its name is not one that can be kept".formatted(name));
        Path real;
        try {
            real = file.toRealPath();
        } catch (IOException e) {
            throw new RefusedException(
                    "artifact \"%s\" is a link that leads nowhere".formatted(name));
        }
        if (!real.startsWith(root))
            throw new RefusedException(
                    "artifact \"%s\" leads outside the working folder".formatted(name));
        if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS))
            throw new RefusedException("artifact \"%s\" is not a plain file".formatted(name));
        return real;
    }

    private static String nameOf(Path relative) {
        var parts = new ArrayList<String>();
        relative.forEach(part -> parts.add(part.toString()));
        return String.join("/", parts);
    }

    private static void addMatchers(String pattern, List<PathMatcher> matchers) {
        var fileSystem = FileSystems.getDefault();
        matchers.add(fileSystem.getPathMatcher("glob:" + pattern));
        if (pattern.startsWith("**/"))
            matchers.add(fileSystem.getPathMatcher("glob:" + pattern.substring(3)));
    }

    private static List<Path> candidates(Path root, List<PathMatcher> matchers)
            throws IOException, RefusedException {
        var found = new ArrayList<Path>();
        if (matchers.isEmpty()) return found;
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        Path name = root.relativize(file);
                        if (matchers.stream().anyMatch(m -> m.matches(name))) found.add(file);
                        return found.size() > FILES_MAX
                                ? FileVisitResult.TERMINATE
                                : FileVisitResult.CONTINUE;
                    }
                });
        if (found.size() > FILES_MAX)
            throw new RefusedException(
                    "over %d files match the artifact patterns; ask for fewer, or pack them"
                            .formatted(FILES_MAX));
        return found;
    }
}
