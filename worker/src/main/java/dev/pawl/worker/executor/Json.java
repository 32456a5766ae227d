package dev.pawl.worker.executor;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as handlers get and give it: every digit of a number is kept. */
public final class Json {
    static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    /**
     * Reads what was checked when it was submitted. What a parser would share with others costs
     * more here than what it allocates: inputs are short, and each is read on a thread of its own.
     */
    private static final JsonMapper CHECKED =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .addModule(new PlainRecords())
                    .build();

    private Json() {}

    /** Reads values of this type from texts that were checked before. Thread-safe. */
    static <T> Function<String, T> reader(Class<T> type) {
        ObjectReader reader = CHECKED.readerFor(type);
        return text -> {
            try (JsonParser parser = reader.createParser(text.toCharArray())) {
                return reader.readValue(parser);
            }
        };
    }

    /**
     * A value as Jackson writes it.
     *
     * @throws JacksonException when it can't be written
     */
    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /**
     * The value that the text says.
     *
     * @throws JacksonException when it is no such value
     */
    public static <T> T value(String text, Class<T> type) {
        return MAPPER.readValue(text, type);
    }

    /** The JSON pointer of what couldn't be read; empty for the whole. */
    static String pointer(JacksonException e) {
        var pointer = new StringBuilder();
        for (var step : e.getPath())
            pointer.append('/')
                    .append(
                            step.getPropertyName() == null
                                    ? Integer.toString(step.getIndex())
                                    : step.getPropertyName());
        return pointer.toString();
    }

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
