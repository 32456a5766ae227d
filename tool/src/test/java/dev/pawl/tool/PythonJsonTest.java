package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.DoubleNode;

/** The expected texts are what CPython 3 printed. */
final class PythonJsonTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "4da4f9fc3c6da5d7, 1.1045419098831014e+66",
        "b8a1abcd1a6916c7, -6.647128420400007e-36",
        "7a97c643656412a9, 3.4524446051673457e+282",
        "1710cf5327ac435a, 1.4054875942029408e-197",
        "0512bd1311072231, 3.150362997740591e-284",
        "8ca5996666ceab36, -9.653651588683685e-248",
        "4a14876aeaff1a09, 7.50078271268796e+48",
        "fd724452ccea71ff, -1.866638964102222e+296",
        "0f1099c6c3e1b258, 4.078960746537913e-236",
        "8534f45738d048ec, -1.4091605671420456e-283",
        "5c3902b38963dc6e, 1.8178637718570305e+136",
        "c79d679346d4ac7a, -9.771351395048523e+36",
        "d3addccb2c33be0a, -1.2458175746315168e+95",
        "43000de01b2ed40e, 564856975907457.8",
        "0000000000000000, 0.0",
        "8000000000000000, -0.0",
        "0000000000000001, 5e-324",
        "0000000000000002, 1e-323",
        "0000000000000004, 2e-323",
        "0010000000000000, 2.2250738585072014e-308",
        "7fefffffffffffff, 1.7976931348623157e+308",
        "430c6bf526340000, 1000000000000000.0",
        "4341c37937e07fff, 9999999999999998.0",
        "4341c37937e08000, 1e+16",
        "4345ee2a2eb5a5c4, 1.2345678901234568e+16",
        "4480f0cf064dd592, 1e+22",
        "44b52d02c7e14af6, 1e+23",
        "44b52d02c7e14af6, 1e+23",
        "3f1a36e2eb1c432d, 0.0001",
        "3f1cd5f99c38b04b, 0.00011",
        "3ee4f8b588e368f1, 1e-05",
        "be15798ee2308c3a, -1.25e-09",
        "3fb999999999999a, 0.1",
        "3fd3333333333333, 0.3",
        "3fd3333333333334, 0.30000000000000004",
        "3ff0000000000000, 1.0",
        "bff8000000000000, -1.5",
        "40f86a0000000000, 100000.0",
        "40fe240c9fbe76c9, 123456.789",
        "3ef4f8b588e368f1, 2e-05",
    })
    void aDoubleHasPythonsText(String bits, String text) {
        double number = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

        assertThat(PythonJson.text(DoubleNode.valueOf(number))).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "1, 1",
        "1.0, 1.0",
        "1.50, 1.5",
        "1e5, 100000.0",
        "1E5, 100000.0",
        "1e16, 1e+16",
        "1e400, Infinity",
        "-1e400, -Infinity",
        "1e-400, 0.0",
        "-0, 0",
        "9007199254740993, 9007199254740993",
        "9007199254740993.0, 9007199254740992.0",
        "123456789012345678901234567890, 123456789012345678901234567890",
    })
    void aNumberIsReadAsPythonReadsIt(String json, String text) {
        assertThat(PythonJson.text(Json.read(json))).isEqualTo(text);
    }

    @Test
    void membersAreSortedByCodePointAndOnlyWhatMustBeIsEscaped() {
        String json =
                """
                {"\\ufffd": 1, "\\ud83d\\ude00": 2, "é": "café 😀 \\u2028",
                 "a\\"\\\\/": "\\b\\t\\n\\f\\r\\u0001\\u001f\\u007f</", "a": {}, "ab": [], "": null}
                """;

        assertThat(PythonJson.text(Json.read(json)))
                .isEqualTo(
                        "{\"\":null,\"a\":{},\"a\\\"\\\\/\":\"\\b\\t\\n\\f\\r\\u0001\\u001f\u007f</\",\"ab\":[],\"é\":\"café"
                            + " 😀 \u2028\",\"\ufffd\":1,\"😀\":2}");
    }

    @Test
    void halfASurrogatePairHasNoText() {
        var half = tools.jackson.databind.node.StringNode.valueOf("\ud83d");

        assertThatThrownBy(() -> PythonJson.text(half))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
