package dev.pawl.server.toolrunner;

import dev.pawl.tool.DurationText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What a script's author says of it in YAML: in a file beside it, or in its header comment after a
 * line {@code # pawl:}.
 *
 * @param node an object
 */
record Description(JsonNode node) {
    private static final String BEGIN = "pawl:";
    private static final Description NONE = new Description(JsonNodeFactory.instance.objectNode());

    private static final YAMLMapper YAML = YAMLMapper.builder().build();
    private static final Set<String> KEYS =
            Set.of(
                    "display_name",
                    "description",
                    "category",
                    "parameters",
                    "output_files",
                    "icon",
                    "color",
                    "tags",
                    "complexity",
                    "estimated_time",
                    "timeout",
                    "cache");
    private static final Set<String> PARAMETER_KEYS =
            Set.of("name", "type", "required", "default", "description", "choices", "repeats");

    /** It can't be understood; the message says what of it. Doesn't leave this package. */
    static final class WrongException extends Exception {
        private static final long serialVersionUID = 1;

        WrongException(String message) {
            super(message);
        }
    }

    /** That of {@code NAME.yaml} beside {@code NAME.py}; empty when there is no such file. */
    static Optional<Description> beside(Path script) throws IOException, WrongException {
        Optional<Path> file = fileBeside(script);
        if (file.isEmpty()) return Optional.empty();
        return Optional.of(of(ScriptReader.text(file.get()), file.get().getFileName().toString()));
    }

    /** Where {@link #beside} reads. */
    static Optional<Path> fileBeside(Path script) {
        String name = script.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        return Stream.of(".yaml", ".yml")
                .map(extension -> script.resolveSibling(name + extension))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** The comment that a script begins with, up to what is for this program. */
    static String header(String source) {
        List<String> text = headerLines(source).takeWhile(line -> !line.equals(BEGIN)).toList();
        return String.join("\n", text).strip();
    }

    private static Stream<String> headerLines(String source) {
        return source.lines()
                .takeWhile(line -> line.startsWith("#") || line.isBlank())
                .filter(line -> line.startsWith("#") && !line.startsWith("#!"))
                .map(line -> line.replaceFirst("^# ?", ""));
    }

    /** That of the comment that a script begins with; nothing where it has none. */
    static Description inHeader(String source) throws WrongException {
        List<String> header = headerLines(source).toList();
        int begin = header.indexOf(BEGIN);
        if (begin < 0) return NONE;
        Stream<String> said =
                header.stream().skip(begin + 1L).takeWhile(line -> line.startsWith(" "));
        return of(String.join("\n", said.toList()), "header");
    }

    private static Description of(String yaml, String where) throws WrongException {
        JsonNode node;
        try {
            node = YAML.readTree(yaml);
        } catch (JacksonException e) {
            throw new WrongException(where + " is no YAML: " + e.getOriginalMessage());
        }
        if (!node.isObject()) throw new WrongException(where + " has no keys; want " + keys(KEYS));
        requireKnown(node, KEYS, where);
        return new Description(node);
    }

    private static void requireKnown(JsonNode node, Set<String> known, String where)
            throws WrongException {
        for (String key : node.propertyNames())
            if (!known.contains(key))
                throw new WrongException(
                        "%s says \"%s\"; known are %s".formatted(where, key, keys(known)));
    }

    private static String keys(Set<String> known) {
        return String.join(", ", new TreeSet<>(known));
    }

    Optional<String> text(String key) throws WrongException {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) return Optional.empty();
        if (value.isContainer()) throw new WrongException(key + " is no text");
        return Optional.of(value.asString());
    }

    List<String> texts(String key) throws WrongException {
        JsonNode value = node.path(key);
        if (value.isMissingNode()) return List.of();
        if (!value.isArray()) throw new WrongException(key + " is no list");
        var texts = new ArrayList<String>();
        for (JsonNode item : value.values()) {
            if (item.isContainer()) throw new WrongException(key + " has what is no text in it");
            texts.add(item.asString());
        }
        return texts;
    }

    Duration timeout() throws WrongException {
        return time("timeout").orElse(Duration.ofHours(1));
    }

    /** How long a result answers the same call again; empty for not at all. */
    Optional<Duration> cache() throws WrongException {
        return time("cache");
    }

    private Optional<Duration> time(String key) throws WrongException {
        Optional<String> text = text(key);
        if (text.isEmpty()) return Optional.empty();
        Optional<Duration> time = DurationText.parse(text.get()).filter(Duration::isPositive);
        if (time.isEmpty())
            throw new WrongException(
                    "%s is \"%s\"; want a time as 90s or 1h30m".formatted(key, text.get()));
        return time;
    }

    /** Empty when it says nothing of them; an empty list says that there are none. */
    Optional<List<Parameter>> parameters() throws WrongException {
        if (!node.has("parameters")) return Optional.empty();
        if (!node.path("parameters").isArray()) throw new WrongException("parameters is no list");
        var parameters = new ArrayList<Parameter>();
        for (JsonNode each : node.path("parameters").values()) parameters.add(parameter(each));
        return Optional.of(parameters);
    }

    private static Parameter parameter(JsonNode node) throws WrongException {
        var said = new Description(node);
        String name = said.text("name").orElse("");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*"))
            throw new WrongException("a parameter is called \"%s\"".formatted(name));
        requireKnown(node, PARAMETER_KEYS, "parameter " + name);
        String type = said.text("type").orElse("string");
        Optional<Parameter.Type> known =
                Stream.of(Parameter.Type.values())
                        .filter(t -> t.wire().equals(type.toLowerCase(Locale.ROOT)))
                        .findFirst();
        if (known.isEmpty())
            throw new WrongException(
                    "parameter %s is of type \"%s\"; want string, integer, number or boolean"
                            .formatted(name, type));
        JsonNode standard = node.path("default");
        return new Parameter(
                name,
                known.get(),
                node.path("required").booleanValue(false),
                standard.isMissingNode() ? JsonNodeFactory.instance.nullNode() : standard,
                said.text("description").orElse(""),
                List.copyOf(node.path("choices").values()),
                node.path("repeats").booleanValue(false));
    }
}
