package dev.pawl.e2e;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * What every file must keep to. Each rule takes a text and returns its complaints, so that a test
 * can plant faults.
 */
final class Tidy {
    static final int FILE_LINES_WARN = 300;
    static final int FILE_LINES_MAX = 600;
    static final int METHOD_LINES_MAX = 70;
    static final int PACKAGE_INFO_LINES_MAX = 9;

    // Put together from pieces, or this file would break the rule it holds.
    private static final Pattern OPEN_END =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b(?!\\s*\\(?#\\d+)");
    private static final Pattern HOME = Pattern.compile("(?<![\\w.])/(root|home/\\w+|Users/\\w+)/");
    private static final Pattern REGISTRY =
            Pattern.compile("https?://[^\\s\"'<>)]*(repo1?\\.maven|registry\\.|nexus|artifactory)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?s)```.*?```|`[^`\n]*`");

    /** Folders whose name could stand first in any path of any machine. */
    private static final Set<String> ORDINARY_ROOTS =
            Set.of("tmp", "var", "opt", "usr", "etc", "srv", "mnt", "home", "Users", "private");

    private static final Set<String> NOT_OURS =
            Set.of(".git", "target", ".build", ".idea", ".vscode", "pawl-data", "node_modules");

    private Tidy() {}

    /** Every text file of the checkout, but not what builds and editors leave behind. */
    static List<Path> files(Path root) {
        try (Stream<Path> all =
                Files.find(root, 20, (path, a) -> a.isRegularFile() && ours(root, path))) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean ours(Path root, Path path) {
        for (Path part : root.relativize(path)) {
            if (NOT_OURS.contains(part.toString())) return false;
        }
        // In a worktree .git is a file, and found above; binary files have none of these rules.
        return !path.toString().matches(".*\\.(png|jpg|gif|ico|jar|db|class|aot|woff2?|zip|gz)");
    }

    static List<String> longFile(String text) {
        var lines = text.lines().count();
        return lines <= FILE_LINES_MAX
                ? List.of()
                : List.of("has " + lines + " lines, want <= " + FILE_LINES_MAX);
    }

    static List<String> longMethods(String text) {
        var complaints = new ArrayList<String>();
        var task =
                (JavacTask)
                        ToolProvider.getSystemJavaCompiler()
                                .getTask(null, null, _ -> {}, null, null, List.of(source(text)));
        try {
            for (CompilationUnitTree unit : task.parse()) {
                unit.accept(new MethodLengths(task, unit, complaints), null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return complaints;
    }

    static List<String> openEnds(String text) {
        return OPEN_END.matcher(text)
                .results()
                .map(found -> found.group() + " without an issue number like (#12)")
                .toList();
    }

    /** Paths of this machine (those of {@code checkout} among them) and addresses of registries. */
    static List<String> placesOfOneMachine(String text, Path checkout) {
        var complaints = new ArrayList<String>();
        HOME.matcher(text).results().forEach(found -> complaints.add("names " + found.group()));
        REGISTRY.matcher(text).results().forEach(found -> complaints.add("names " + found.group()));
        var first = checkout.getName(0).toString();
        var here = ORDINARY_ROOTS.contains(first) ? checkout + "/" : "/" + first + "/";
        if (Pattern.compile("(?<![\\w.}])" + Pattern.quote(here)).matcher(text).find())
            complaints.add("names " + here);
        return complaints;
    }

    /** Relative links of a Markdown text that lead nowhere, seen from {@code folder}. */
    static List<String> deadLinks(String text, Path folder) {
        return LINK.matcher(CODE_BLOCK.matcher(text).replaceAll(""))
                .results()
                .map(found -> found.group(1))
                .filter(link -> !link.matches("(https?|mailto):.*|#.*"))
                .filter(link -> !Files.exists(folder.resolve(link.replaceFirst("#.*", ""))))
                .map(link -> "links to " + link + ", which is not there")
                .toList();
    }

    static List<String> longPackageInfo(String text) {
        var end = text.indexOf("*/");
        if (end < 0) return List.of("has no Javadoc that says what the package is for");
        var lines = text.substring(0, end).lines().count();
        return lines <= PACKAGE_INFO_LINES_MAX
                ? List.of()
                : List.of("says it in " + lines + " lines, want <= " + PACKAGE_INFO_LINES_MAX);
    }

    private static JavaFileObject source(String text) {
        return new SimpleJavaFileObject(
                URI.create("string:///A.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    private static final class MethodLengths extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final Trees trees;
        private final CompilationUnitTree unit;
        private final List<String> complaints;

        MethodLengths(JavacTask task, CompilationUnitTree unit, List<String> complaints) {
            this.trees = Trees.instance(task);
            this.unit = unit;
            this.complaints = complaints;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            var positions = trees.getSourcePositions();
            var lines = unit.getLineMap();
            var count =
                    lines.getLineNumber(positions.getEndPosition(unit, method))
                            - lines.getLineNumber(positions.getStartPosition(unit, method))
                            + 1;
            if (count > METHOD_LINES_MAX)
                complaints.add(
                        method.getName() + " has " + count + " lines, want <= " + METHOD_LINES_MAX);
            return super.visitMethod(method, null);
        }
    }
}
