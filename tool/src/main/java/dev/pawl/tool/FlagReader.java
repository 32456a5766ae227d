package dev.pawl.tool;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BigIntegerNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads flags' texts into an input, noting what is wrong. */
final class FlagReader {
    private static final String STDIN = "-";

    private final ArgumentFiles files;
    private final List<String> wrong;
    private boolean stdinTaken;

    FlagReader(ArgumentFiles files, List<String> wrong) {
        this.files = files;
        this.wrong = wrong;
    }

    /** The object that {@code --input} says, to add to; an empty one without it. */
    ObjectNode whole(List<String> texts) {
        if (texts.isEmpty()) return JsonNodeFactory.instance.objectNode();
        if (texts.size() > 1) wrong.add("--input comes " + texts.size() + " times; want once");
        Optional<JsonNode> node = json("input", texts.getLast());
        if (node.isEmpty()) return JsonNodeFactory.instance.objectNode();
        if (node.get() instanceof ObjectNode object) return object;
        wrong.add("--input is " + Texts.shown(node.get()) + "; want a JSON object");
        return JsonNodeFactory.instance.objectNode();
    }

    void set(Flag flag, List<String> texts, ObjectNode input) {
        if (!flag.repeatable() && texts.size() > 1) {
            wrong.add("--%s comes %d times; want once".formatted(flag.name(), texts.size()));
            return;
        }
        Optional<ObjectNode> parent = parent(flag, input);
        if (parent.isEmpty()) return;
        String name = flag.path().getLast();
        if (!flag.repeatable()) {
            value(flag, texts.getFirst()).ifPresent(value -> put(flag, name, value, parent.get()));
            return;
        }
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (String text : texts) addItems(flag, text, items);
        parent.get().set(name, items);
    }

    /** A flag within an object that came as JSON text adds to it. */
    private static void put(Flag flag, String name, JsonNode value, ObjectNode parent) {
        if (flag.kind() == Flag.Kind.JSON
                && value instanceof ObjectNode given
                && parent.path(name) instanceof ObjectNode there)
            given.properties().forEach(member -> there.set(member.getKey(), member.getValue()));
        else parent.set(name, value);
    }

    private void addItems(Flag flag, String text, ArrayNode items) {
        boolean wholeList = text.startsWith("[") && flag.kind() != Flag.Kind.TEXT;
        Optional<JsonNode> value = wholeList ? json(flag.name(), text) : value(flag, text);
        if (value.isEmpty()) return;
        if (wholeList && value.get().isArray()) value.get().values().forEach(items::add);
        else items.add(value.get());
    }

    private Optional<ObjectNode> parent(Flag flag, ObjectNode input) {
        ObjectNode here = input;
        for (String step : flag.path().subList(0, flag.path().size() - 1)) {
            JsonNode next = here.path(step);
            if (next.isMissingNode()) next = here.putObject(step);
            if (!(next instanceof ObjectNode object)) {
                wrong.add("--%s: %s is no object".formatted(flag.name(), step));
                return Optional.empty();
            }
            here = object;
        }
        return Optional.of(here);
    }

    private Optional<JsonNode> value(Flag flag, String text) {
        if (flag.file()) return fileOrText(flag, text);
        return switch (flag.kind()) {
            case TEXT -> Optional.of(JsonNodeFactory.instance.stringNode(text));
            case INTEGER, NUMBER -> number(flag, text);
            case BOOLEAN -> truth(flag, text);
            case JSON -> json(flag.name(), text);
            case ANY -> Optional.of(any(text));
        };
    }

    private Optional<JsonNode> fileOrText(Flag flag, String text) {
        if (text.startsWith("@@"))
            return Optional.of(JsonNodeFactory.instance.stringNode(text.substring(1)));
        if (!text.startsWith("@")) return Optional.of(JsonNodeFactory.instance.stringNode(text));
        String path = text.substring(1);
        if (!mayOpen(flag.name(), path)) return Optional.empty();
        try (InputStream content = files.open(path)) {
            return Optional.of(files.keep(fileName(flag, path), flag.mediaType(), content).node());
        } catch (IOException | IllegalArgumentException e) {
            wrong.add(unreadable(flag.name(), path, e));
            return Optional.empty();
        }
    }

    private static String fileName(Flag flag, String path) {
        if (path.equals(STDIN)) return flag.path().getLast();
        Path name = Path.of(path).getFileName();
        return name == null ? flag.path().getLast() : name.toString();
    }

    private Optional<JsonNode> json(String flag, String text) {
        String json = text;
        if (text.startsWith("@")) {
            String path = text.substring(1);
            if (!mayOpen(flag, path)) return Optional.empty();
            try (InputStream content = files.open(path)) {
                json = new String(content.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException | IllegalArgumentException e) {
                wrong.add(unreadable(flag, path, e));
                return Optional.empty();
            }
        }
        return switch (StrictReader.json(json)) {
            case StrictReader.Read(var node, var _) -> Optional.of(node);
            case StrictReader.Unreadable(var mistake) -> {
                wrong.add(
                        "--%s is no JSON: %s (line %d, column %d)"
                                .formatted(
                                        flag,
                                        mistake.reason(),
                                        mistake.place().line(),
                                        mistake.place().column()));
                yield Optional.empty();
            }
        };
    }

    private boolean mayOpen(String flag, String path) {
        if (path.isEmpty()) {
            wrong.add("--" + flag + " names no file after @");
            return false;
        }
        if (!path.equals(STDIN)) return true;
        if (stdinTaken) wrong.add("--" + flag + " reads stdin, as a flag before it");
        boolean free = !stdinTaken;
        stdinTaken = true;
        return free;
    }

    private static String unreadable(String flag, String path, Exception e) {
        String why = e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
        return "--%s: file \"%s\": %s; write @@ for text that starts with @"
                .formatted(flag, Texts.shortened(path), why);
    }

    private Optional<JsonNode> number(Flag flag, String text) {
        Optional<JsonNode> number = numberIn(text);
        if (number.isEmpty())
            wrong.add(
                    "--%s is \"%s\"; want a %s"
                            .formatted(
                                    flag.name(),
                                    Texts.shortened(text),
                                    flag.kind() == Flag.Kind.INTEGER ? "whole number" : "number"));
        return number;
    }

    private Optional<JsonNode> truth(Flag flag, String text) {
        if (text.equals("true") || text.equals("false"))
            return Optional.of(JsonNodeFactory.instance.booleanNode(text.equals("true")));
        wrong.add(
                "--%s is \"%s\"; want true or false".formatted(flag.name(), Texts.shortened(text)));
        return Optional.empty();
    }

    private static JsonNode any(String text) {
        return switch (text) {
            case "true" -> JsonNodeFactory.instance.booleanNode(true);
            case "false" -> JsonNodeFactory.instance.booleanNode(false);
            case "null" -> JsonNodeFactory.instance.nullNode();
            default -> numberIn(text).orElseGet(() -> JsonNodeFactory.instance.stringNode(text));
        };
    }

    private static Optional<JsonNode> numberIn(String text) {
        if (!text.matches("-?\\d{1,500}(\\.\\d{1,400})?([eE][+-]?\\d{1,3})?"))
            return Optional.empty();
        var number = new BigDecimal(text);
        if (text.matches("-?\\d{1,9}"))
            return Optional.of(JsonNodeFactory.instance.numberNode(number.intValueExact()));
        return Optional.of(
                number.scale() == 0
                        ? BigIntegerNode.valueOf(number.toBigIntegerExact())
                        : DecimalNode.valueOf(number));
    }
}
