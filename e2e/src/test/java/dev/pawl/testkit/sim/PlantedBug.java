package dev.pawl.testkit.sim;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * A fault that has to be found: a patch of one shipped source file, kept beside the tests, whose
 * first lines say which invariant breaks, what shows it unless the simulation does, and with which
 * seed.
 */
record PlantedBug(String name, Invariant invariant, Stage stage, long seed, Path patch) {
    private static final Pattern HEAD = Pattern.compile("# (\\w+): (.*)");

    /** All patches of a checkout. */
    static List<PlantedBug> all(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("e2e/src/test/planted"))) {
            var bugs = new ArrayList<PlantedBug>();
            for (Path file : files.filter(f -> f.toString().endsWith(".patch")).sorted().toList())
                bugs.add(read(file));
            return bugs;
        }
    }

    private static PlantedBug read(Path file) throws IOException {
        String invariant = "";
        Stage stage = Stage.SIMULATION;
        long seed = 1;
        for (String line : Files.readAllLines(file)) {
            var head = HEAD.matcher(line);
            if (!head.matches()) continue;
            if (head.group(1).equals("invariant")) invariant = head.group(2);
            if (head.group(1).equals("stage")) stage = Stage.valueOf(head.group(2));
            if (head.group(1).equals("seed")) seed = Long.parseLong(head.group(2));
        }
        String name = String.valueOf(file.getFileName()).replace(".patch", "");
        return new PlantedBug(name, Invariant.valueOf(invariant), stage, seed, file);
    }

    /** Writes down the seed that shows the bug now. */
    void remember(long found) throws IOException {
        String text = Files.readString(patch);
        Files.writeString(patch, text.replaceFirst("# seed: \\d+", "# seed: " + found));
    }

    /** The first seed that shows the bug, the noted one first; -1 when none of many does. */
    long find(Path root, Path classes, Stages stages) throws IOException {
        String place = stages.place(stage);
        try (var planted = plant(root, classes)) {
            if (breaks(planted, seed, place)) return seed;
            for (long next = 1; next <= stage.seedsMax(); next++)
                if (breaks(planted, next, place)) return next;
        }
        return -1;
    }

    private boolean breaks(Planted planted, long with, String place) {
        return planted.broken(stage, with, place).equals(invariant.name());
    }

    /** The shipped classes and the simulator, with this bug in them. */
    Planted plant(Path root, Path folder) throws IOException {
        String file = "";
        var before = new ArrayList<String>();
        var after = new ArrayList<String>();
        for (String line : Files.readAllLines(patch)) {
            if (line.startsWith("+++ b/")) file = line.substring("+++ b/".length());
            else if (!line.startsWith("---") && !line.startsWith("@@") && !file.isEmpty()) {
                if (!line.startsWith("+")) before.add(line.substring(1));
                if (!line.startsWith("-")) after.add(line.substring(1));
            }
        }
        String source = Files.readString(root.resolve(file));
        String was = String.join("\n", before) + "\n";
        if (source.split(Pattern.quote(was), -1).length != 2)
            throw new AssertionError(
                    "%s no longer fits %s: make it again for the code of now"
                            .formatted(patch.getFileName(), file));
        Path copy = folder.resolve(Path.of(file).getFileName());
        Files.writeString(copy, source.replace(was, String.join("\n", after) + "\n"));
        var sources = new ArrayList<>(List.of(copy));
        // SQL is constants, and a constant is copied into whoever uses it.
        if (file.endsWith("Sql.java")) sources.addAll(neighbours(root.resolve(file)));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        compile(sources, classes);
        return new Planted(classes);
    }

    private static List<Path> neighbours(Path source) throws IOException {
        try (Stream<Path> all = Files.list(source.resolveSibling(""))) {
            return all.filter(f -> f.toString().endsWith(".java") && !f.equals(source)).toList();
        }
    }

    private static void compile(List<Path> sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options =
                    List.of(
                            "-d",
                            classes.toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "-proc:none",
                            "-nowarn");
            boolean done =
                    compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources))
                            .call();
            if (!done)
                throw new AssertionError("the planted bug in " + sources + " doesn't compile");
        }
    }

    /** Classes of ours from a folder first, then from the class path, each loaded anew. */
    static final class Planted extends URLClassLoader {
        Planted(Path classes) throws MalformedURLException {
            super(urls(classes), PlantedBug.class.getClassLoader());
        }

        /** The invariant that breaks with this seed; empty text when none does. */
        String broken(Stage stage, long seed, String place) {
            try {
                var broken =
                        loadClass(stage.player().getName())
                                .getDeclaredMethod("broken", long.class, String.class);
                broken.setAccessible(true);
                return String.valueOf(broken.invoke(null, seed, place));
            } catch (InvocationTargetException e) {
                throw new AssertionError(e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.pawl.")) return super.loadClass(name, resolve);
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }

        private static URL[] urls(Path classes) throws MalformedURLException {
            var urls = new ArrayList<URL>();
            urls.add(classes.toUri().toURL());
            String all = System.getProperty("java.class.path", "");
            for (String part : all.split(Pattern.quote(File.pathSeparator), -1))
                urls.add(Path.of(part).toUri().toURL());
            return urls.toArray(URL[]::new);
        }
    }
}
