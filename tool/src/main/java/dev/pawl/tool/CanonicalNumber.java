package dev.pawl.tool;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import tools.jackson.databind.JsonNode;

/**
 * A number's canonical text. Layout is that of ECMAScript's Number::toString (RFC 8785, 3.2.2.3);
 * the digits are those of the nearest double's shortest text <em>when the double holds the number
 * as written</em>, else all digits that were written.
 *
 * <p>A double holds a number as written when
 *
 * <ul>
 *   <li>its shortest text is that number: 0.1, 1.0, 1e23, 9007199254740992, not 9007199254740993;
 *   <li>or the number is no integer, has at most 17 digits, which is what programs print to keep a
 *       double, and is not so small that doubles lose digits: 333333333.33333329, as in RFC 8785.
 * </ul>
 *
 * <p>So two different integers never share a text, nor do two numbers of more digits than a double
 * has.
 */
final class CanonicalNumber {
    private static final int DOUBLE_DIGITS_MAX = 17;

    private CanonicalNumber() {}

    static String text(JsonNode node) {
        if (node.isDouble() || node.isFloat()) return text(node.doubleValue());
        if (node.isInt() || node.isShort()) return Integer.toString(node.intValue());
        return text(node.decimalValue());
    }

    static String text(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number))
            throw new IllegalArgumentException(number + " is not JSON");
        return number == 0 ? "0" : layout(shortest(number));
    }

    static String text(BigDecimal number) {
        if (number.signum() == 0) return "0";
        double nearest = number.doubleValue();
        return holds(nearest, number) ? text(nearest) : layout(number.stripTrailingZeros());
    }

    private static boolean holds(double nearest, BigDecimal number) {
        if (Double.isInfinite(nearest) || nearest == 0) return false;
        if (shortest(nearest).compareTo(number) == 0) return true;
        BigDecimal bare = number.stripTrailingZeros();
        return bare.scale() > 0
                && bare.precision() <= DOUBLE_DIGITS_MAX
                && Math.abs(nearest) >= Double.MIN_NORMAL;
    }

    /**
     * The fewest digits that read back as this double, and of those the nearest. {@link
     * Double#toString(double)} gives them since JDK 19, except that it never gives fewer than two.
     */
    static BigDecimal shortest(double number) {
        BigDecimal digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        if (digits.precision() != 2) return digits;
        BigDecimal one = digits.round(new MathContext(1, RoundingMode.HALF_EVEN));
        return one.doubleValue() == number ? one.stripTrailingZeros() : digits;
    }

    private static String layout(BigDecimal number) {
        String sign = number.signum() < 0 ? "-" : "";
        String digits = number.unscaledValue().abs().toString();
        int count = digits.length();
        int point = count - number.scale();
        if (count <= point && point <= 21) return sign + digits + "0".repeat(point - count);
        if (0 < point && point <= 21)
            return sign + digits.substring(0, point) + "." + digits.substring(point);
        if (-6 < point && point <= 0) return sign + "0." + "0".repeat(-point) + digits;
        String fraction = count == 1 ? "" : "." + digits.substring(1);
        String exponent = (point > 0 ? "+" : "-") + Math.abs(point - 1);
        return sign + digits.charAt(0) + fraction + "e" + exponent;
    }
}
