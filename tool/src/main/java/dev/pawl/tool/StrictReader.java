package dev.pawl.tool;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BigIntegerNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * JSON and YAML text, read so that nothing is lost or guessed: numbers keep every digit; a key that
 * comes twice, NaN, half a surrogate pair, more than {@value #DEPTH_MAX} levels, a number of more
 * than {@value #DIGITS_MAX} digits, a second document and a YAML alias are refused with their
 * place.
 */
final class StrictReader {
    static final int DEPTH_MAX = 200;
    static final int DIGITS_MAX = 1_000;

    private static final StreamReadConstraints LIMITS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX + 2)
                    .maxNumberLength(DIGITS_MAX + 1)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build();
    private static final TokenStreamFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(LIMITS)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build();
    private static final TokenStreamFactory YAML =
            YAMLFactory.builder()
                    .streamReadConstraints(LIMITS)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build();

    /** What became of a text. */
    sealed interface Reading {}

    /**
     * The value, and where each part of it stands, by JSON pointer; an object's member stands where
     * its key does. No places are noted for JSON input.
     */
    record Read(JsonNode node, Map<String, Place> places) implements Reading {}

    record Unreadable(Mistake mistake) implements Reading {}

    /** Line and column, the first is 1. */
    record Place(int line, int column) {
        static final Place START = new Place(1, 1);
    }

    record Mistake(String pointer, Place place, String reason) {}

    private final JsonParser parser;
    private final boolean noting;
    private final Map<String, Place> places = new HashMap<>();

    private StrictReader(JsonParser parser, boolean noting) {
        this.parser = parser;
        this.noting = noting;
    }

    static Reading json(String text) {
        return read(JSON, text, false);
    }

    static Reading jsonWithPlaces(String text) {
        return read(JSON, text, true);
    }

    static Reading yamlWithPlaces(String text) {
        return read(YAML, text, true);
    }

    private static Reading read(TokenStreamFactory format, String text, boolean noting) {
        try (JsonParser parser = format.createParser(ObjectReadContext.empty(), text)) {
            return new StrictReader(parser, noting).document();
        } catch (Refused e) {
            return new Unreadable(e.mistake);
        } catch (JacksonException e) {
            return new Unreadable(new Mistake("", place(e.getLocation()), reason(e)));
        }
    }

    private Reading document() {
        if (parser.nextToken() == null) throw refused("", "it is empty");
        JsonNode node = value("", 0);
        if (parser.nextToken() != null) throw refused("", "something follows the end of the value");
        return new Read(node, places);
    }

    private JsonNode value(String pointer, int depth) {
        if (depth > DEPTH_MAX)
            throw refused(pointer, "it is nested deeper than " + DEPTH_MAX + " levels");
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias())
            throw refused(pointer, "an alias (*name) can't be used here; write the value out");
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(pointer, depth);
            case START_ARRAY -> array(pointer, depth);
            case VALUE_STRING ->
                    JsonNodeFactory.instance.stringNode(whole(pointer, parser.getString()));
            case VALUE_NUMBER_INT -> integer(pointer);
            case VALUE_NUMBER_FLOAT -> decimal(pointer);
            case VALUE_TRUE -> JsonNodeFactory.instance.booleanNode(true);
            case VALUE_FALSE -> JsonNodeFactory.instance.booleanNode(false);
            case VALUE_NULL -> JsonNodeFactory.instance.nullNode();
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw refused(pointer, "a value of this kind can't be used here");
        };
    }

    private JsonNode object(String pointer, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_OBJECT; t = parser.nextToken()) {
            String name = whole(pointer, parser.currentName());
            String child = noting || depth < 3 ? Pointer.child(pointer, name) : pointer;
            if (object.has(name))
                throw refused(Pointer.child(pointer, name), "the key \"" + name + "\" comes twice");
            note(child);
            parser.nextToken();
            object.set(name, value(child, depth + 1));
        }
        return object;
    }

    private JsonNode array(String pointer, int depth) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            String child = noting ? Pointer.child(pointer, array.size()) : pointer;
            note(child);
            array.add(value(child, depth + 1));
        }
        return array;
    }

    private JsonNode integer(String pointer) {
        return switch (parser.getNumberType()) {
            case INT -> JsonNodeFactory.instance.numberNode(parser.getIntValue());
            case LONG -> JsonNodeFactory.instance.numberNode(parser.getLongValue());
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> {
                BigInteger number = parser.getBigIntegerValue();
                requireShort(pointer, new BigDecimal(number));
                yield BigIntegerNode.valueOf(number);
            }
        };
    }

    private JsonNode decimal(String pointer) {
        if (parser.isNaN()) throw refused(pointer, "NaN and infinity are no numbers");
        BigDecimal number = parser.getDecimalValue();
        requireShort(pointer, number);
        return DecimalNode.valueOf(number);
    }

    /** Written out in full, a number like 1e999999999 would take all memory. */
    private void requireShort(String pointer, BigDecimal number) {
        if (number.precision() > DIGITS_MAX || Math.abs((long) number.scale()) > DIGITS_MAX)
            throw refused(pointer, "a number has more than " + DIGITS_MAX + " digits");
    }

    private String whole(String pointer, String text) {
        if (!Texts.isWholeUnicode(text))
            throw refused(pointer, "a text holds half a surrogate pair: it is no Unicode");
        return text;
    }

    private void note(String pointer) {
        if (noting) places.put(pointer, place(parser.currentTokenLocation()));
    }

    private Refused refused(String pointer, String reason) {
        return new Refused(new Mistake(pointer, place(parser.currentTokenLocation()), reason));
    }

    private static Place place(@Nullable TokenStreamLocation location) {
        if (location == null) return Place.START;
        return new Place(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
    }

    private static String reason(JacksonException e) {
        String message = e.getOriginalMessage();
        if (message.contains("nesting depth"))
            return "it is nested deeper than " + DEPTH_MAX + " levels";
        if (message.contains("Number value length"))
            return "a number has more than " + DIGITS_MAX + " digits";
        return message.lines().findFirst().orElse("it can't be read");
    }

    /** Leaves the recursion; never leaves this class. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Mistake mistake;

        Refused(Mistake mistake) {
            super(mistake.reason, null, false, false);
            this.mistake = mistake;
        }
    }
}
