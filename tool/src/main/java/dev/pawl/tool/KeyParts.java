package dev.pawl.tool;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.ToolId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an input hash is made of, by name, so that a miss can be explained.
 *
 * @param input with defaults, each file reduced to its content's hash (and its name where the tool
 *     uses the name)
 * @param program the program's version as the tool's policy gives it; empty for none
 * @param environment the variables that count, with their values
 */
public record KeyParts(
        ToolId tool, JsonNode input, String program, Map<String, String> environment) {
    public KeyParts {
        environment = java.util.Collections.unmodifiableMap(new TreeMap<>(environment));
    }

    /** What differs between two keys at one place; a side that has nothing there is empty. */
    public record Difference(String pointer, String before, String after) {}

    /** SHA-256 of {@link #text}: 64 lower-case hex digits. */
    public String hash() {
        return sha256(text());
    }

    /** The parts as canonical JSON text, which {@link #parse} reads back. */
    public String text() {
        return CanonicalJson.text(node());
    }

    /** Whether nothing counts but a tool and its input. */
    boolean isToolAndInput() {
        return program.isEmpty() && environment.isEmpty();
    }

    /**
     * The parts that {@link #text} wrote.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} when the text is something else
     */
    public static KeyParts parse(String text) {
        return switch (StrictReader.json(text)) {
            case StrictReader.Read(var node, var _) when node.path("tool").isString() -> {
                var environment = new TreeMap<String, String>();
                for (var member : node.path("environment").properties())
                    environment.put(member.getKey(), member.getValue().asString(""));
                yield new KeyParts(
                        new ToolId(
                                node.path("tool").stringValue(), node.path("version").asString("")),
                        node.path("input"),
                        node.path("program").asString(""),
                        environment);
            }
            case StrictReader.Read _, StrictReader.Unreadable _ ->
                    throw new PawlException(
                            ErrorCode.INPUT_INVALID,
                            "key parts \"%s\": want what this program wrote"
                                    .formatted(Texts.shortened(text)));
        };
    }

    /** Where {@code after} differs from {@code before}, each by its JSON pointer, sorted. */
    public static List<Difference> difference(KeyParts before, KeyParts after) {
        var found = new ArrayList<Difference>();
        compare("", before.node(), after.node(), found);
        return found;
    }

    /** SHA-256 of the text in UTF-8: 64 lower-case hex digits. */
    public static String sha256(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private JsonNode node() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("tool", tool.name()).put("version", tool.version()).set("input", input);
        if (!program.isEmpty()) node.put("program", program);
        if (!environment.isEmpty()) {
            ObjectNode variables = node.putObject("environment");
            environment.forEach(variables::put);
        }
        return node;
    }

    private static void compare(String at, JsonNode a, JsonNode b, List<Difference> found) {
        if (a.isObject() && b.isObject()) {
            var names = new TreeSet<>(a.propertyNames());
            names.addAll(b.propertyNames());
            for (String name : names)
                compare(Pointer.child(at, name), a.path(name), b.path(name), found);
        } else if (a.isArray() && b.isArray()) {
            for (int i = 0; i < Math.max(a.size(), b.size()); i++)
                compare(Pointer.child(at, i), a.path(i), b.path(i), found);
        } else if (!canonical(a).equals(canonical(b))) {
            found.add(new Difference(at, canonical(a), canonical(b)));
        }
    }

    private static String canonical(JsonNode node) {
        return node.isMissingNode() ? "" : CanonicalJson.text(node);
    }
}
