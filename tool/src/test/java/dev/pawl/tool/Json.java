package dev.pawl.tool;

import tools.jackson.databind.JsonNode;

/** Reads JSON and YAML that a test writes. */
final class Json {
    private Json() {}

    static JsonNode read(String json) {
        return node(StrictReader.json(json));
    }

    static JsonNode yaml(String yaml) {
        return node(StrictReader.yamlWithPlaces(yaml));
    }

    private static JsonNode node(StrictReader.Reading reading) {
        return switch (reading) {
            case StrictReader.Read(var node, var _) -> node;
            case StrictReader.Unreadable(var mistake) -> throw new AssertionError(mistake);
        };
    }
}
