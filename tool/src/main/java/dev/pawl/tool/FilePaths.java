package dev.pawl.tool;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Replaces what may be a file by a path, also where its text was given inline. */
final class FilePaths {
    private final SchemaTree schema;
    private final InputFiles files;

    private FilePaths(SchemaTree schema, InputFiles files) {
        this.schema = schema;
        this.files = files;
    }

    static JsonNode replaced(JsonNode input, SchemaTree schema, InputFiles files) {
        return new FilePaths(schema, files).replaced(input, "");
    }

    private JsonNode replaced(JsonNode value, String at) {
        Optional<FileRef> file = FileRef.of(value);
        if (file.isPresent())
            return JsonNodeFactory.instance.stringNode(files.stored(file.get()).toString());
        if (value.isString() && schema.isFile(Pointer.steps(at)))
            return JsonNodeFactory.instance.stringNode(
                    files.inline(Pointer.steps(at).getLast(), value.stringValue()).toString());
        if (value.isArray()) {
            var copy = JsonNodeFactory.instance.arrayNode();
            for (JsonNode item : value.values())
                copy.add(replaced(item, Pointer.child(at, copy.size())));
            return copy;
        }
        if (!value.isObject()) return value;
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        for (var member : value.properties())
            copy.set(
                    member.getKey(),
                    replaced(member.getValue(), Pointer.child(at, member.getKey())));
        return copy;
    }
}
