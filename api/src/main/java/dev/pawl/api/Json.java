package dev.pawl.api;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes the JSON of the API. Numbers keep every digit, a key that comes twice is
 * refused, a field that has nothing to say is left out, a moment is text in UTC. Thread-safe.
 */
public final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(202)
                                                    .maxNumberLength(1_001)
                                                    .maxStringLength(Integer.MAX_VALUE)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private static final JsonMapper DOUBLES =
            MAPPER.rebuild().disable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private Json() {}

    /** What became of a text. */
    public sealed interface Reading {
        record Read(JsonNode node) implements Reading {}

        record Unreadable(String reason) implements Reading {}
    }

    /** Reads one JSON value; blanks around it are fine, anything else is not. */
    public static Reading read(byte[] utf8) {
        return read(utf8, MAPPER);
    }

    /**
     * The same, as most programs read JSON: what has a point or an exponent is the nearest double,
     * a whole number keeps every digit.
     */
    public static Reading readDoubles(byte[] utf8) {
        return read(utf8, DOUBLES);
    }

    private static Reading read(byte[] utf8, JsonMapper mapper) {
        try {
            JsonNode node = mapper.readTree(utf8);
            if (node == null || node.isMissingNode()) return new Reading.Unreadable("it is empty");
            return new Reading.Read(node);
        } catch (JacksonException e) {
            var at = e.getLocation();
            String place =
                    at == null
                            ? ""
                            : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
            // It names a source that it was told not to show.
            String reason =
                    e.getOriginalMessage().replaceAll(" \\(start marker at [^)]*\\)[^)]*\\)", "");
            return new Reading.Unreadable(reason + place);
        }
    }

    /** JSON that this program or its store wrote. */
    public static JsonNode trusted(String json) {
        return MAPPER.readTree(json);
    }

    public static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    static Fields object() {
        return new Fields(JsonNodeFactory.instance.objectNode());
    }

    /** Collects an object's fields in their order; what has nothing to say is left out. */
    record Fields(ObjectNode node) {
        Fields put(String name, String value) {
            if (!value.isEmpty()) node.put(name, value);
            return this;
        }

        Fields put(String name, Instant value) {
            node.put(name, value.toString());
            return this;
        }

        Fields put(String name, long value) {
            node.put(name, value);
            return this;
        }

        Fields put(String name, double value) {
            node.put(name, value);
            return this;
        }

        Fields put(String name, boolean value) {
            node.put(name, value);
            return this;
        }

        Fields put(String name, JsonNode value) {
            node.set(name, value);
            return this;
        }

        Fields put(String name, Optional<?> value) {
            value.ifPresent(v -> node.put(name, v.toString()));
            return this;
        }

        /** A list of texts; left out when it is empty. */
        Fields put(String name, Collection<?> values) {
            if (values.isEmpty()) return this;
            var list = node.putArray(name);
            values.forEach(value -> list.add(value.toString()));
            return this;
        }

        /** A list of documents, which is there even when it is empty. */
        Fields list(String name, Collection<? extends JsonNode> values) {
            node.putArray(name).addAll(values);
            return this;
        }
    }
}
