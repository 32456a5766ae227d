package dev.pawl.tool;

import java.math.BigDecimal;
import java.util.Comparator;
import tools.jackson.databind.JsonNode;

/**
 * JSON byte for byte as Python's {@code json.dumps(json.loads(text), sort_keys=True,
 * separators=(",", ":"), ensure_ascii=False)} writes it: members sorted by code point, {@code 1.0}
 * and {@code 1} kept apart, a number with a point or an exponent as Python writes its double. For
 * hashes that programs in Python made; Pawl's own are of {@link CanonicalJson}.
 */
public final class PythonJson {
    /** UTF-16 order, {@link String#compareTo}, differs beyond the basic plane. */
    private static final Comparator<String> BY_CODE_POINT =
            (a, b) -> {
                int at = 0;
                while (at < a.length() && at < b.length()) {
                    int one = a.codePointAt(at);
                    int other = b.codePointAt(at);
                    if (one != other) return Integer.compare(one, other);
                    at += Character.charCount(one);
                }
                return Integer.compare(a.length(), b.length());
            };

    private static final CanonicalJson.Writer WRITER =
            new CanonicalJson.Writer(BY_CODE_POINT, PythonJson::number);

    private PythonJson() {}

    /**
     * The text. To keep the sign of {@code -0.0}, read the value with doubles.
     *
     * @throws IllegalArgumentException when a string holds half a surrogate pair
     */
    public static String text(JsonNode node) {
        return WRITER.text(node);
    }

    private static String number(JsonNode node) {
        if (node.isInt()) return Integer.toString(node.intValue());
        if (node.isIntegralNumber()) return node.bigIntegerValue().toString();
        return repr(node.isBigDecimal() ? node.decimalValue().doubleValue() : node.doubleValue());
    }

    /** As Python's {@code repr} of a float: an exponent below 1e-4 and from 1e16 on. */
    static String repr(double number) {
        if (Double.isNaN(number)) return "NaN";
        if (Double.isInfinite(number)) return number > 0 ? "Infinity" : "-Infinity";
        boolean negative = number < 0 || 1 / number < 0;
        return (negative ? "-" : "") + (number == 0 ? "0.0" : positive(Math.abs(number)));
    }

    private static String positive(double number) {
        BigDecimal shortest = CanonicalNumber.shortest(number);
        String digits = shortest.unscaledValue().toString();
        int count = digits.length();
        int point = count - shortest.scale();
        if (point > 16 || point <= -4) {
            int exponent = point - 1;
            String fraction = count == 1 ? "" : "." + digits.substring(1);
            String sign = exponent < 0 ? "-" : "+";
            return "%s%se%s%02d".formatted(digits.charAt(0), fraction, sign, Math.abs(exponent));
        }
        if (point <= 0) return "0." + "0".repeat(-point) + digits;
        if (point >= count) return digits + "0".repeat(point - count) + ".0";
        return digits.substring(0, point) + "." + digits.substring(point);
    }
}
