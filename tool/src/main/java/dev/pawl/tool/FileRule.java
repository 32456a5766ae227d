package dev.pawl.tool;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lets a schema accept a file where it wants text that may be one: such a subschema S becomes "if
 * it is an object, then a {@link FileRef}, else S". What S says of the text (length, pattern) isn't
 * asked of a file: its content isn't at hand.
 */
final class FileRule {
    /** Keywords whose value is data, not a schema. */
    private static final Set<String> DATA = Set.of("default", "const", "enum", "examples");

    /** Keywords whose value maps names to schemas. */
    private static final Set<String> NAMED =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");

    private static final JsonNode FILE =
            ((StrictReader.Read)
                            StrictReader.json(
                                    """
                                    {
                                      "type": "object", "required": ["$file"],
                                      "additionalProperties": false,
                                      "properties": {"$file": {
                                        "type": "object", "required": ["name", "sha256", "size"],
                                        "additionalProperties": false,
                                        "properties": {
                                          "name": {"type": "string", "minLength": 1,
                                                   "maxLength": 255,
                                                   "pattern": "^(?!\\\\.{1,2}$)[^/\\\\\\\\\\\\x00-\\\\x1f\\\\x7f]+$"},
                                          "sha256": {"type": "string",
                                                     "pattern": "^[0-9a-f]{64}$"},
                                          "size": {"type": "integer", "minimum": 0},
                                          "mediaType": {"type": "string"}
                                        }
                                      }}
                                    }
                                    """))
                    .node();

    private FileRule() {}

    /** The schema with the rule added wherever text may be a file; itself where nowhere. */
    static JsonNode added(JsonNode schema) {
        if (schema instanceof ArrayNode list) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            for (JsonNode part : list.values()) copy.add(added(part));
            return copy;
        }
        if (!(schema instanceof ObjectNode object)) return schema;
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        for (var member : object.properties()) {
            String key = member.getKey();
            if (DATA.contains(key)) copy.set(key, member.getValue());
            else if (NAMED.contains(key)) copy.set(key, addedToEach(member.getValue()));
            else copy.set(key, added(member.getValue()));
        }
        return SchemaTree.isFile(schema) ? fileOr(copy) : copy;
    }

    /** The schemas directly within a schema, by JSON pointer from it. */
    static Map<String, JsonNode> subschemas(JsonNode schema) {
        var found = new LinkedHashMap<String, JsonNode>();
        for (var member : schema.properties()) {
            String key = member.getKey();
            JsonNode value = member.getValue();
            String pointer = Pointer.child("", key);
            if (DATA.contains(key)) continue;
            if (NAMED.contains(key))
                for (var named : value.properties())
                    found.put(Pointer.child(pointer, named.getKey()), named.getValue());
            else if (value.isObject()) found.put(pointer, value);
            else
                for (int i = 0; i < value.size(); i++)
                    if (value.get(i).isObject()) found.put(pointer + "/" + i, value.get(i));
        }
        return found;
    }

    private static JsonNode addedToEach(JsonNode named) {
        if (!named.isObject()) return named;
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        for (var member : named.properties()) copy.set(member.getKey(), added(member.getValue()));
        return copy;
    }

    private static JsonNode fileOr(JsonNode text) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        rule.putObject("if").put("type", "object");
        rule.set("then", FILE);
        rule.set("else", text);
        return rule;
    }
}
