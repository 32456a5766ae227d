package dev.pawl.app.cli;

import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Maps, lists, texts, numbers and truth values as JSON on one line. An empty {@link Optional} is
 * left out of its object, an {@link Instant} is text in UTC, a {@link Raw} stands as it is.
 */
final class JsonText {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonText() {}

    /** A value that is JSON text already; nothing where it is empty. */
    record Raw(String json) {}

    static String of(Map<String, ?> object) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, object);
        } catch (UncheckedIOException e) {
            throw new IllegalStateException("writing to memory", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case Map<?, ?> map -> {
                json.writeStartObject();
                map.forEach((name, member) -> member(json, String.valueOf(name), member));
                json.writeEndObject();
            }
            case Collection<?> items -> {
                json.writeStartArray();
                for (Object item : items) write(json, item);
                json.writeEndArray();
            }
            case Boolean truth -> json.writeBoolean(truth);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case Raw(var raw) -> json.writeRawValue(raw);
            default -> json.writeString(value.toString());
        }
    }

    private static void member(JsonGenerator json, String name, @Nullable Object value) {
        Object there = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (there == null || (there instanceof Raw raw && raw.json().isEmpty())) return;
        json.writeName(name);
        write(json, there);
    }
}
