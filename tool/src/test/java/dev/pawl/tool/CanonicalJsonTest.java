package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.JsonNodeFactory;

final class CanonicalJsonTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "0000000000000000, 0",
        "8000000000000000, 0",
        "0000000000000001, 5e-324",
        "8000000000000001, -5e-324",
        "7fefffffffffffff, 1.7976931348623157e+308",
        "ffefffffffffffff, -1.7976931348623157e+308",
        "4340000000000000, 9007199254740992",
        "c340000000000000, -9007199254740992",
        "4430000000000000, 295147905179352830000",
        "44b52d02c7e14af5, 9.999999999999997e+22",
        "44b52d02c7e14af6, 1e+23",
        "44b52d02c7e14af7, 1.0000000000000001e+23",
        "444b1ae4d6e2ef4e, 999999999999999700000",
        "444b1ae4d6e2ef4f, 999999999999999900000",
        "444b1ae4d6e2ef50, 1e+21",
        "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
        "3eb0c6f7a0b5ed8d, 0.000001",
        "41b3de4355555553, 333333333.3333332",
        "41b3de4355555554, 333333333.33333325",
        "41b3de4355555555, 333333333.3333333",
        "41b3de4355555556, 333333333.3333334",
        "41b3de4355555557, 333333333.33333343",
        "becbf647612f3696, -0.0000033333333333333333",
        "43143ff3c1cb0959, 1424953923781206.2",
    })
    void theNumbersOfRfc8785AppendixBHaveItsTexts(String bits, String text) {
        double number = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

        assertThat(CanonicalJson.text(DoubleNode.valueOf(number))).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "9007199254740992, 9007199254740992",
        "9007199254740993, 9007199254740993",
        "9007199254740993.0, 9007199254740993",
        "295147905179352830000, 295147905179352830000",
        "295147905179352825856, 295147905179352825856",
        "1.0, 1",
        "-0.0, 0",
        "10e-1, 1",
        "100, 100",
        "1e21, 1e+21",
        "123456789012345678901234, 1.23456789012345678901234e+23",
        "1e400, 1e+400",
        "10e399, 1e+400",
        "-15e-401, -1.5e-400",
        "0.1, 0.1",
        "0.10, 0.1",
        "0.1000000000000000055, 0.1000000000000000055",
        "333333333.33333329, 333333333.3333333",
        "4.9406564584124654e-324, 4.9406564584124654e-324",
        "2e-323, 2e-323",
    })
    void aNumberKeepsWhatADoubleWouldLose(String written, String text) {
        assertThat(canonical(written)).isEqualTo(text);
    }

    @Test
    void theStructuresOfRfc8785HaveItsTexts() {
        assertThat(
                        canonical(
                                """
                                {
                                  "numbers": [333333333.33333329, 1E30, 4.50,
                                              2e-3, 0.000000000000000000000000001],
                                  "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                                  "literals": [null, true, false]
                                }
                                """))
                .isEqualTo(
                        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,"
                                + "0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
        assertThat(canonical("[56,{\"d\":true,\"10\":null,\"1\":[ ]}]"))
                .isEqualTo("[56,{\"1\":[],\"10\":null,\"d\":true}]");
        assertThat(
                        canonical(
                                "{\"peach\":\"This sorting order\",\"péché\":\"is wrong according"
                                        + " to French\",\"pêche\":\"but canonicalization"
                                        + " MUST\",\"sin\":\"ignore locale\"}"))
                .startsWith("{\"peach\":")
                .containsSubsequence("peach", "péché", "pêche", "sin");
    }

    @Test
    void keysAreSortedByUtf16CodeUnits() {
        assertThat(
                        canonical(
                                "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage"
                                    + " Return\",\"\\ufb33\":\"Hebrew Letter Dalet With"
                                    + " Dagesh\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning"
                                    + " Face\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin Small"
                                    + " Letter O With Diaeresis\"}"))
                .containsSubsequence(
                        "Carriage Return",
                        "One",
                        "Control",
                        "Latin Small",
                        "Euro",
                        "Emoji",
                        "Hebrew");
    }

    @Test
    void halfASurrogatePairHasNoCanonicalForm() {
        var half = JsonNodeFactory.instance.stringNode("a\ud83d");

        assertThatThrownBy(() -> CanonicalJson.text(half)).hasMessageContaining("surrogate");
    }

    @Test
    void notANumberHasNoCanonicalForm() {
        assertThatThrownBy(() -> CanonicalJson.text(DoubleNode.valueOf(Double.NaN)))
                .hasMessageContaining("NaN");
    }

    private static String canonical(String json) {
        return CanonicalJson.text(Json.read(json));
    }
}
