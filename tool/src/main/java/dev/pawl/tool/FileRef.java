package dev.pawl.tool;

import dev.pawl.core.Artifact;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file that stands in an input where the schema wants text: its content is kept by hash, the
 * input holds {@code {"$file": {"name", "sha256", "size", "mediaType"}}}.
 *
 * @param name its own name, without folders, as in {@code login.puml}
 * @param sha256 of its content: 64 lower-case hex digits
 * @param sizeBytes at least 0
 * @param mediaType may be empty
 */
public record FileRef(String name, String sha256, long sizeBytes, String mediaType) {
    static final String MARK = "$file";

    public FileRef {
        if (!isName(name))
            throw new IllegalArgumentException(
                    "file name \"%s\": want a name without folders".formatted(name));
        if (!sha256.matches("[0-9a-f]{64}"))
            throw new IllegalArgumentException("sha256 \"" + sha256 + "\": want 64 hex digits");
        if (sizeBytes < 0) throw new IllegalArgumentException("size is " + sizeBytes);
    }

    /** Whether a file may be called that. */
    public static boolean isName(String name) {
        return Artifact.validName(name) && name.indexOf('/') < 0;
    }

    /** The name without its last extension: {@code login} of {@code login.puml}. */
    public String stem() {
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /** How the file stands in an input. */
    public JsonNode node() {
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        file.put("name", name).put("sha256", sha256).put("size", sizeBytes);
        if (!mediaType.isEmpty()) file.put("mediaType", mediaType);
        return JsonNodeFactory.instance.objectNode().set(MARK, file);
    }

    /** The file that this value stands for; empty when it is another kind of value. */
    public static Optional<FileRef> of(JsonNode value) {
        JsonNode file = value.path(MARK);
        if (value.size() != 1 || !file.isObject()) return Optional.empty();
        try {
            return Optional.of(
                    new FileRef(
                            file.path("name").asString(""),
                            file.path("sha256").asString(""),
                            file.path("size").asLong(-1),
                            file.path("mediaType").asString("")));
        } catch (IllegalArgumentException notAFile) {
            return Optional.empty();
        }
    }

    /** Whether an input of this text may have files: false is sure, and costs no reading. */
    public static boolean mayBeIn(String json) {
        // An escape may stand for any character of the mark.
        return json.contains(MARK) || json.indexOf('\\') >= 0;
    }

    /** Every file of an input by its JSON pointer, in the input's order. */
    public static Map<String, FileRef> allIn(JsonNode input) {
        var found = new LinkedHashMap<String, FileRef>();
        collect(input, "", found);
        return found;
    }

    /**
     * A copy of the input with each file replaced by what {@code replacement} says, as its path for
     * a command's {@code PAWL_INPUT}. The input itself stays as it is.
     */
    public static JsonNode replaceAll(JsonNode input, Function<FileRef, JsonNode> replacement) {
        Optional<FileRef> file = of(input);
        if (file.isPresent()) return replacement.apply(file.get());
        if (input.isObject()) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            for (var member : input.properties())
                copy.set(member.getKey(), replaceAll(member.getValue(), replacement));
            return copy;
        }
        if (input.isArray()) {
            var copy = JsonNodeFactory.instance.arrayNode();
            for (JsonNode item : input.values()) copy.add(replaceAll(item, replacement));
            return copy;
        }
        return input;
    }

    private static void collect(JsonNode node, String pointer, Map<String, FileRef> found) {
        if (!node.isContainer()) return;
        Optional<FileRef> file = of(node);
        if (file.isPresent()) {
            found.put(pointer, file.get());
            return;
        }
        for (var member : node.properties())
            if (member.getValue().isContainer())
                collect(member.getValue(), Pointer.child(pointer, member.getKey()), found);
        if (node.isArray())
            for (int i = 0; i < node.size(); i++) collect(node.get(i), pointer + "/" + i, found);
    }
}
