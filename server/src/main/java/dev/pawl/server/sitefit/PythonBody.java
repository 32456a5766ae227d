package dev.pawl.server.sitefit;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads JSON as Python's {@code json.loads} does: what has a point or an exponent is a double, a
 * whole number keeps every digit. Stricter in that a key that comes twice is refused.
 */
final class PythonBody {
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
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private PythonBody() {}

    /** What became of a body. */
    sealed interface Reading {
        record Read(JsonNode node) implements Reading {}

        record Unreadable(String reason) implements Reading {}
    }

    static Reading read(byte[] utf8) {
        try {
            JsonNode node = MAPPER.readTree(utf8);
            if (node == null || node.isMissingNode()) return new Reading.Unreadable("it is empty");
            return new Reading.Read(node);
        } catch (JacksonException e) {
            String reason = e.getOriginalMessage();
            return new Reading.Unreadable(reason.lines().findFirst().orElse("it can't be read"));
        }
    }
}
