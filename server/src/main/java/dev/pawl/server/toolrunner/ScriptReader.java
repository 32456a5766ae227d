package dev.pawl.server.toolrunner;

import dev.pawl.core.ErrorClass;
import dev.pawl.core.PawlException;
import dev.pawl.core.Reuse;
import dev.pawl.core.ToolId;
import dev.pawl.tool.JsonSchema;
import dev.pawl.tool.KeyParts;
import dev.pawl.tool.Run;
import dev.pawl.tool.Template;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolPolicy;
import dev.pawl.tool.ToolProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/**
 * Makes a tool of one script. What the YAML beside it or its header comment says counts; of a
 * Python script what those leave out is taken from its docstring and its argparse calls.
 */
record ScriptReader(Path file) {
    /**
     * All jobs of scripts are in it, so that lists and counters of theirs are read from an index.
     */
    static final String QUEUE = "tool-runner";

    private static final long BYTES_MAX = 1 << 20;

    /** What becomes of a script. */
    sealed interface Reading {
        record Good(Script script) implements Reading {}

        record Bad(ToolProblem problem) implements Reading {}
    }

    Reading read() {
        try {
            return new Reading.Good(script());
        } catch (IOException e) {
            return bad("can't be read: " + e.getMessage(), "");
        } catch (Description.WrongException e) {
            return bad(String.valueOf(e.getMessage()), "see docs/fronts/tool-runner.md");
        } catch (PawlException e) {
            return bad("its parameters make no schema: " + e.getMessage(), "");
        } catch (IllegalArgumentException e) {
            return bad(String.valueOf(e.getMessage()), "rename it");
        }
    }

    private Reading bad(String reason, String hint) {
        return new Reading.Bad(new ToolProblem(file, 1, 1, reason, hint));
    }

    private Script script() throws IOException, Description.WrongException {
        String name = stem();
        var id = new ToolId(name, "1");
        String source = text(file);
        Optional<Description> beside = Description.beside(file);
        Description said = beside.isPresent() ? beside.get() : Description.inHeader(source);
        boolean python = file.toString().endsWith(".py");
        var code = new PythonSource(python ? source : "");
        List<Parameter> parameters =
                said.parameters().isPresent() ? said.parameters().get() : argparse(code);
        String description =
                said.text("description")
                        .orElse(python ? code.docstring() : Description.header(source));
        List<String> globs = globs(name, said.texts("output_files"));
        var tool =
                new Tool(
                        id,
                        said.text("display_name").orElseGet(() -> spoken(name)),
                        description,
                        JsonSchema.of(Parameter.schema(parameters)),
                        JsonSchema.ANYTHING,
                        command(python, globs),
                        policy(said.timeout()).withCache(cache(said, source)),
                        Tool.Examples.NONE,
                        file.toString());
        String category = said.text("category").orElseGet(() -> Categories.of(name));
        if (!Categories.ALL.contains(category))
            throw new Description.WrongException(
                    "category is \"%s\"; want one of %s".formatted(category, Categories.ALL));
        return new Script(
                tool,
                category,
                parameters,
                globs,
                formats(globs),
                said.texts("tags"),
                new Script.Look(
                        said.text("icon").orElse("🔧"),
                        said.text("color").orElse("#4a6fa5"),
                        said.text("complexity").orElse("medium"),
                        said.text("estimated_time").orElse("unknown")));
    }

    private static List<Parameter> argparse(PythonSource code) throws Description.WrongException {
        Optional<String> positional = Argparse.positional(code.arguments());
        if (positional.isPresent())
            throw new Description.WrongException(
                    "argument \"%s\" has no flag, and tools are called with --key value only"
                            .formatted(positional.get()));
        return Argparse.parameters(code.arguments());
    }

    private String stem() {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /** As in {@code build_graph}: Build Graph. */
    private static String spoken(String name) {
        var words = new ArrayList<String>();
        for (String word : name.split("[_.-]+", -1))
            if (!word.isEmpty())
                words.add(Character.toUpperCase(word.charAt(0)) + word.substring(1));
        return String.join(" ", words);
    }

    /** What the original finds by the tool's name, and what the script's description adds. */
    private static List<String> globs(String name, List<String> said)
            throws Description.WrongException {
        var globs = new LinkedHashSet<String>();
        for (String glob : said) {
            if (glob.isBlank()
                    || glob.startsWith("/")
                    || List.of(glob.split("/", -1)).contains(".."))
                throw new Description.WrongException(
                        "output file \"%s\" leads outside the working folder".formatted(glob));
            requireGlob(glob);
            globs.add(glob);
        }
        globs.add(name + ".{html,json,csv,txt,md}");
        globs.add(name + "_*.{html,json}");
        globs.add("*" + name + "*.html");
        return List.copyOf(globs);
    }

    private static void requireGlob(String glob) throws Description.WrongException {
        try {
            FileSystems.getDefault().getPathMatcher("glob:" + glob);
        } catch (PatternSyntaxException e) {
            throw new Description.WrongException(
                    "output file \"%s\" is no pattern: %s".formatted(glob, e.getDescription()));
        }
    }

    private static List<String> formats(List<String> globs) {
        var formats = new LinkedHashSet<String>();
        for (String glob : globs) {
            int dot = glob.lastIndexOf('.');
            if (dot >= 0)
                formats.addAll(
                        List.of(glob.substring(dot + 1).replaceAll("[{}*]", "").split(",", -1)));
        }
        formats.remove("");
        return List.copyOf(formats);
    }

    private Run.Command command(boolean python, List<String> globs) {
        var words = new ArrayList<List<Template>>();
        if (python) words.add(List.of(literal("python3")));
        words.add(List.of(literal(file.toString())));
        Path folder = file.toAbsolutePath().getParent();
        Path root = folder == null ? null : folder.getParent();
        var variables = new LinkedHashMap<String, Template>();
        // A pipe is buffered otherwise, and progress would come at the end.
        variables.put("PYTHONUNBUFFERED", literal("1"));
        // A script that imports another one would leave compiled code in the folder.
        variables.put("PYTHONDONTWRITEBYTECODE", literal("1"));
        if (root != null) variables.put("TOOL_ROOT", literal(root.toString()));
        return new Run.Command(
                words,
                true,
                null,
                null,
                globs,
                Set.of(),
                variables,
                exits(),
                List.of(),
                python ? List.of(new Run.Requirement("python3", "python3", null)) : List.of());
    }

    private static Template literal(String text) {
        return new Template(List.of(new Template.Part.Text(text)));
    }

    /** A script that says it failed has failed; only what never ran, or asks for it, runs again. */
    private static Map<Integer, ErrorClass> exits() {
        var exits = new LinkedHashMap<Integer, ErrorClass>();
        for (int code = 1; code < 126; code++) exits.put(code, ErrorClass.PERMANENT);
        exits.put(75, ErrorClass.TRANSIENT);
        return exits;
    }

    /** Three tries a minute apart for what is nobody's fault, as the original's queue has them. */
    private static ToolPolicy policy(Duration timeout) {
        return ToolPolicy.defaults()
                .withTimeout(timeout)
                .withAttempts(3)
                .withBackoff(Duration.ofMinutes(1), Duration.ofMinutes(5))
                .withQueue(QUEUE);
    }

    /** The script's own text counts, so that a changed one is run; not what it reads. */
    private static ToolPolicy.Cache cache(Description said, String source)
            throws Description.WrongException {
        Optional<Duration> kept = said.cache();
        if (kept.isEmpty()) return ToolPolicy.Cache.NEVER;
        var reuse = new Reuse(kept.get(), false);
        return new ToolPolicy.Cache(reuse, KeyParts.sha256(source), List.of(), List.of());
    }

    static String text(Path file) throws IOException {
        if (Files.size(file) > BYTES_MAX)
            throw new IOException("it has more than %,d bytes".formatted(BYTES_MAX));
        // What is no UTF-8 (a program of machine code) gives signs that mean nothing.
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
