package dev.pawl.tool;

import dev.pawl.core.ErrorClass;
import dev.pawl.tool.TemplateReader.Use;
import java.nio.file.FileSystems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads a tool file's {@code run}. */
final class RunReader {
    private static final List<String> KINDS = List.of("command", "http", "java", "external");
    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD");

    private final TemplateReader templates;

    RunReader(TemplateReader templates) {
        this.templates = templates;
    }

    Optional<Run> read(Section top) {
        if (!top.has("run")) {
            top.mistakeHere(
                    "\"run\" is missing", "write run: with command, http, java or external");
            return Optional.empty();
        }
        Optional<Section> section = top.section("run");
        if (section.isEmpty()) return Optional.empty();
        Section run = section.get();
        List<String> kinds = KINDS.stream().filter(run::has).toList();
        if (kinds.isEmpty() && run.misspells(KINDS)) return Optional.empty();
        if (kinds.size() != 1) {
            String found = kinds.isEmpty() ? "none" : String.join(" and ", kinds);
            top.mistake("run", "run has " + found, "want one of command, http, java, external");
            return Optional.empty();
        }
        return switch (kinds.getFirst()) {
            case "command" -> command(run);
            case "http" -> run.allow("http").section("http").flatMap(this::http);
            case "java" -> java(run);
            default -> external(run);
        };
    }

    private Optional<Run> java(Section run) {
        run.allow("java");
        Optional<String> handler = run.text("java").filter(name -> !name.isBlank());
        if (handler.isEmpty()) run.mistake("java", "java names no handler", "");
        return handler.map(Run.Java::new);
    }

    private Optional<Run> external(Section run) {
        run.allow("external");
        Optional<String> by = run.text("external").filter(text -> !text.isBlank());
        if (by.isEmpty()) run.mistake("external", "external doesn't say by what it is run", "");
        return by.map(Run.External::new);
    }

    private Optional<Run> command(Section run) {
        run.allow(
                "command",
                "arguments",
                "stdin",
                "stdout",
                "artifacts",
                "env",
                "exit",
                "errors",
                "requires");
        List<List<Template>> words = words(run);
        Optional<Section> env = run.section("env");
        env.ifPresent(e -> e.allow("pass", "set"));
        boolean flags = run.word("arguments", List.of("flags")).isPresent();
        Template stdin = template(run, "stdin", Use.CONTENT);
        Template stdout = template(run, "stdout", Use.NAME);
        List<String> globs = globs(run);
        Map<String, Template> variables =
                env.map(e -> templates(e, "set", Use.WORD)).orElse(Map.of());
        Map<Integer, ErrorClass> exits = classes(run, "exit", 0, 255);
        List<Run.Sign> signs = signs(run);
        List<Run.Requirement> requirements = requirements(run);
        if (words.isEmpty()) return Optional.empty();
        return Optional.of(
                new Run.Command(
                        words,
                        flags,
                        stdin,
                        stdout,
                        globs,
                        new LinkedHashSet<>(env.map(e -> e.texts("pass")).orElse(List.of())),
                        variables,
                        exits,
                        signs,
                        requirements));
    }

    private List<List<Template>> words(Section run) {
        if (!run.node("command").isArray() || run.list("command").isEmpty()) {
            run.mistake(
                    "command",
                    "command is " + Texts.shown(run.node("command")),
                    "want a list: the program, then each argument");
            return List.of();
        }
        var words = new ArrayList<List<Template>>();
        for (int i = 0; i < run.list("command").size(); i++) {
            JsonNode item = run.list("command").get(i);
            String at = Pointer.child(run.pointer("command"), i);
            var group = new ArrayList<Template>();
            for (JsonNode word : item.isArray() ? item.values() : List.of(item))
                if (word.isContainer())
                    run.mistakeAt(at, "is " + Texts.shown(word), "want text or a list of texts");
                else template(run, at, Template.shown(word), Use.WORD).ifPresent(group::add);
            words.add(group);
        }
        return words;
    }

    private Optional<Run> http(Section http) {
        http.allow(
                "method",
                "url",
                "headers",
                "body",
                "connect_timeout",
                "timeout",
                "transient",
                "statuses");
        if (!http.has("url")) http.mistakeHere("\"url\" is missing", "");
        String method = http.word("method", METHODS).orElse("POST");
        Template url = template(http, "url", Use.NAME);
        Map<String, Template> headers = templates(http, "headers", Use.NAME);
        Template body = template(http, "body", Use.CONTENT);
        var statuses = new LinkedHashMap<>(classes(http, "statuses", 100, 599));
        for (JsonNode status : http.list("transient")) {
            if (status.isIntegralNumber()) statuses.put(status.intValue(), ErrorClass.TRANSIENT);
            else http.mistake("transient", "transient has " + Texts.shown(status), "want statuses");
        }
        Duration connect = http.duration("connect_timeout", Duration.ofSeconds(10));
        Duration timeout = http.duration("timeout", Duration.ofMinutes(5));
        if (url == null) return Optional.empty();
        return Optional.of(new Run.Http(method, url, headers, body, connect, timeout, statuses));
    }

    private List<String> globs(Section run) {
        List<String> globs = run.texts("artifacts");
        for (String glob : globs) {
            try {
                FileSystems.getDefault().getPathMatcher("glob:" + glob);
            } catch (PatternSyntaxException e) {
                run.mistake("artifacts", "\"" + glob + "\" is no pattern", e.getDescription());
            }
            if (glob.startsWith("/") || Arrays.asList(glob.split("/")).contains(".."))
                run.mistake(
                        "artifacts",
                        "\"" + glob + "\" leads outside the working folder",
                        "write it relative, without ..");
        }
        return globs;
    }

    private static Map<Integer, ErrorClass> classes(Section section, String key, int min, int max) {
        var found = new LinkedHashMap<Integer, ErrorClass>();
        Optional<Section> classes = section.section(key);
        if (classes.isEmpty()) return found;
        for (String code : section.map(key).keySet()) {
            boolean number = code.matches("\\d{1,3}");
            if (!number || Integer.parseInt(code) < min || Integer.parseInt(code) > max)
                classes.get()
                        .mistake(
                                code,
                                key + " \"" + code + "\"",
                                "want a number from %d to %d".formatted(min, max));
            else
                errorClass(classes.get(), code)
                        .ifPresent(kind -> found.put(Integer.parseInt(code), kind));
        }
        return found;
    }

    /** The classes that a tool may report; the others are Pawl's own. */
    private static Optional<ErrorClass> errorClass(Section section, String key) {
        List<String> names =
                List.of(
                                ErrorClass.TRANSIENT,
                                ErrorClass.PERMANENT,
                                ErrorClass.USER,
                                ErrorClass.CONFIGURATION,
                                ErrorClass.INFRASTRUCTURE,
                                ErrorClass.TIMEOUT)
                        .stream()
                        .map(ErrorClass::wire)
                        .toList();
        return section.word(key, names).map(ErrorClass::ofWire);
    }

    private static List<Run.Sign> signs(Section run) {
        var signs = new ArrayList<Run.Sign>();
        for (Section sign : run.sections("errors")) {
            sign.allow("log", "stdout", "stdin", "class", "message", "install");
            List<Run.Stream> streams =
                    Arrays.stream(Run.Stream.values()).filter(s -> sign.has(key(s))).toList();
            if (streams.size() != 1)
                sign.mistakeHere(
                        "an error needs one of log, stdout, stdin", "write log: with a pattern");
            if (!sign.has("class")) sign.mistakeHere("\"class\" is missing", "as in class: user");
            Run.Stream stream = streams.isEmpty() ? Run.Stream.LOG : streams.getFirst();
            Optional<Pattern> pattern = sign.pattern(key(stream));
            Optional<ErrorClass> kind = errorClass(sign, "class");
            if (pattern.isPresent() && kind.isPresent())
                signs.add(
                        new Run.Sign(
                                stream,
                                pattern.get(),
                                kind.get(),
                                sign.text("message").orElse(""),
                                sign.texts("install")));
        }
        return signs;
    }

    private static String key(Run.Stream stream) {
        return stream.name().toLowerCase(Locale.ROOT);
    }

    private static List<Run.Requirement> requirements(Section run) {
        var found = new ArrayList<Run.Requirement>();
        for (Section requirement : run.sections("requires")) {
            requirement.allow("program", "package", "when_stdin");
            Optional<String> program = requirement.text("program").filter(p -> !p.isBlank());
            if (program.isEmpty()) requirement.mistakeHere("\"program\" is missing", "");
            @Nullable Pattern when = requirement.pattern("when_stdin").orElse(null);
            String debian = requirement.text("package").orElse(program.orElse(""));
            program.ifPresent(p -> found.add(new Run.Requirement(p, debian, when)));
        }
        return found;
    }

    private Map<String, Template> templates(Section section, String key, Use use) {
        var found = new LinkedHashMap<String, Template>();
        section.map(key)
                .forEach((name, text) ->
                        template(section, Pointer.child(section.pointer(key), name), text, use)
                                .ifPresent(t -> found.put(name, t)));
        return found;
    }

    private @Nullable Template template(Section section, String key, Use use) {
        return section.text(key)
                .flatMap(text -> template(section, section.pointer(key), text, use))
                .orElse(null);
    }

    private Optional<Template> template(Section section, String at, String text, Use use) {
        return switch (templates.read(text, use)) {
            case TemplateReader.Reading.Good(var template) -> Optional.of(template);
            case TemplateReader.Reading.Bad(var reason, var hint) -> {
                section.mistakeAt(at, reason, hint);
                yield Optional.empty();
            }
        };
    }
}
