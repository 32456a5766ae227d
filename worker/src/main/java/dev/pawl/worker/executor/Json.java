package dev.pawl.worker.executor;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the executors read and write it: every digit of a number is kept. */
final class Json {
    static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private Json() {}

    /** Reads what has been checked before. */
    static JsonNode read(String text) {
        return MAPPER.readTree(text);
    }

    /** What became of bytes from outside. */
    sealed interface Reading {
        record Value(String text, JsonNode node) implements Reading {}

        record Invalid(String why) implements Reading {}
    }

    static Reading read(byte[] bytes) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            JsonNode node = MAPPER.readTree(text);
            if (node.isMissingNode()) return new Reading.Invalid("it is empty");
            return new Reading.Value(text.strip(), node);
        } catch (CharacterCodingException e) {
            return new Reading.Invalid("it is not UTF-8");
        } catch (JacksonException e) {
            var at = e.getLocation();
            return new Reading.Invalid(
                    "line %d, column %d: %s"
                            .formatted(at.getLineNr(), at.getColumnNr(), e.getOriginalMessage()));
        }
    }
}
