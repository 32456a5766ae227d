package dev.pawl.server.toolrunner;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A parameter of a script: what it takes as {@code --name value}.
 *
 * @param defaultValue what the script takes without it, for people; null where nobody says. It is
 *     left to the script: given again, a list would have it twice
 * @param choices the values there are; empty for any
 * @param repeats whether a list may be given, which repeats the flag
 */
record Parameter(
        String name,
        Type type,
        boolean required,
        JsonNode defaultValue,
        String description,
        List<JsonNode> choices,
        boolean repeats) {
    /** What a value is. A boolean is a flag without a value. */
    enum Type {
        STRING,
        INTEGER,
        NUMBER,
        BOOLEAN;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Parameter {
        choices = List.copyOf(choices);
    }

    /** The JSON Schema of a tool with these parameters. */
    static ObjectNode schema(List<Parameter> parameters) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("type", "object").put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        var required = new ArrayList<String>();
        for (Parameter parameter : parameters) {
            properties.set(parameter.name, parameter.schema());
            if (parameter.required) required.add(parameter.name);
        }
        if (!required.isEmpty()) {
            ArrayNode names = schema.putArray("required");
            required.forEach(names::add);
        }
        return schema;
    }

    /** One value or, where it repeats, a list of them. */
    private ObjectNode schema() {
        if (!repeats) return one(!required).put("description", description);
        ObjectNode either = JsonNodeFactory.instance.objectNode().put("description", description);
        either.putObject("if").put("type", "array");
        either.putObject("then").set("items", one(false));
        either.set("else", one(!required));
        return either;
    }

    /** A value; null says nothing, as a parameter that isn't given. */
    private ObjectNode one(boolean orNull) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        if (choices.isEmpty()) {
            if (orNull) schema.putArray("type").add(type.wire()).add("null");
            else schema.put("type", type.wire());
            return schema;
        }
        ArrayNode values = schema.putArray("enum");
        choices.forEach(values::add);
        if (orNull) values.addNull();
        return schema;
    }
}
