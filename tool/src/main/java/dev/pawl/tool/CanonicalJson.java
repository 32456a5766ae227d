package dev.pawl.tool;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * JSON in the one form that equal values share: RFC 8785 (members sorted by UTF-16 code units, no
 * white space, shortest escapes, numbers as in ECMAScript), but for numbers that no double holds,
 * see {@link CanonicalNumber}. Writing the canonical form again changes nothing.
 */
public final class CanonicalJson {
    private static final HexFormat HEX = HexFormat.of();
    private static final Writer WRITER =
            new Writer(Comparator.naturalOrder(), CanonicalNumber::text);

    private CanonicalJson() {}

    /**
     * The canonical text.
     *
     * @throws IllegalArgumentException when a string holds half a surrogate pair, or a number is
     *     NaN or infinite: neither has a canonical form
     */
    public static String text(JsonNode node) {
        return WRITER.text(node);
    }

    /** The canonical text in UTF-8. */
    public static byte[] bytes(JsonNode node) {
        return text(node).getBytes(StandardCharsets.UTF_8);
    }

    /** Writes values without white space, in one of the ways that equal values share. */
    record Writer(Comparator<String> order, Function<JsonNode, String> number) {
        String text(JsonNode node) {
            var out = new StringBuilder();
            write(node, out);
            return out.toString();
        }

        private void write(JsonNode node, StringBuilder out) {
            switch (node.getNodeType()) {
                case OBJECT -> writeObject(node, out);
                case ARRAY -> writeArray(node, out);
                case STRING -> writeString(node.stringValue(), out);
                case NUMBER -> out.append(number.apply(node));
                case BOOLEAN -> out.append(node.booleanValue());
                case NULL -> out.append("null");
                case BINARY, MISSING, POJO ->
                        throw new IllegalArgumentException(node.getNodeType() + " is not JSON");
            }
        }

        private void writeObject(JsonNode node, StringBuilder out) {
            var members = new ArrayList<>(node.properties());
            members.sort(Map.Entry.comparingByKey(order));
            out.append('{');
            String comma = "";
            for (var member : members) {
                out.append(comma);
                writeString(member.getKey(), out);
                out.append(':');
                write(member.getValue(), out);
                comma = ",";
            }
            out.append('}');
        }

        private void writeArray(JsonNode node, StringBuilder out) {
            out.append('[');
            String comma = "";
            for (JsonNode item : node.values()) {
                out.append(comma);
                write(item, out);
                comma = ",";
            }
            out.append(']');
        }
    }

    /** A text in quotes with the shortest escapes. */
    private static void writeString(String text, StringBuilder out) {
        out.append('"');
        int written = 0;
        boolean surrogates = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            surrogates |= Character.isSurrogate(c);
            if (c >= ' ' && c != '"' && c != '\\') continue;
            out.append(text, written, i);
            writeEscaped(c, out);
            written = i + 1;
        }
        if (surrogates) requireWholeSurrogates(text);
        out.append(text, written, text.length()).append('"');
    }

    private static void writeEscaped(char c, StringBuilder out) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\b' -> out.append("\\b");
            case '\t' -> out.append("\\t");
            case '\n' -> out.append("\\n");
            case '\f' -> out.append("\\f");
            case '\r' -> out.append("\\r");
            default -> out.append("\\u").append(HEX.toHexDigits(c));
        }
    }

    private static void requireWholeSurrogates(String text) {
        if (!Texts.isWholeUnicode(text))
            throw new IllegalArgumentException("a string holds half a surrogate pair");
    }
}
