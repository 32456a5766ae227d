package dev.pawl.server.sitefit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.api.Json;
import dev.pawl.core.ToolId;
import dev.pawl.server.compute.Shipped;
import dev.pawl.tool.PythonJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The expected hashes are what CPython 3 printed for {@code sha256(json.dumps(inputs,
 * sort_keys=True, separators=(",", ":"), ensure_ascii=False) + definition + version)}.
 */
final class InputsHashTest {
    static Stream<Arguments> vectors() {
        return Stream.of(
                Arguments.of(
                        "{}",
                        "sitefit@1.0.0",
                        "318f678f04d4ba7dccef0fc752f9b57fb4d527ef2874a61cc549b496fa3d8dbc"),
                Arguments.of(
                        "{\"value\":42}",
                        "sitefit@1.1.0",
                        "4bcb2f9de414a1188f09316fe46e2869fa80051fc04a1c031fe97a6c7fff042a"),
                Arguments.of(
                        "{\"value\": 42.0}",
                        "sitefit@1.1.0",
                        "51116d435c16791b5daacb583b88f88cb7a7c778c0b19ccd027fbf3f4b8998e8"),
                Arguments.of(
                        "{\"b\":[1,1.0,1e16,1e-5,-0.0,-0,5e-324,123456789012345678901234567890],"
                                + "\"a\":{\"z\":null,\"y\":true,\"x\":false}}",
                        "sitefit@1.0.0",
                        "5eeffcef168262f3d2d8b8f57de296ed4977c56c25e7194b820470d521dd4afc"),
                Arguments.of(
                        "{\"\\ufffd\": 1, \"\\ud83d\\ude00\": 2, \"\\u00e9\": \"caf\\u00e9"
                                + " \\ud83d\\ude00 \\u2028\", \"a\\\"\\\\/\":"
                                + " \"\\b\\t\\n\\f\\r\\u0001\\u001f\\u007f</\"}",
                        "sitefit@1.0.0",
                        "29e88a6b3dc07b9b11cb69f118f276ea40d2fb5a2d511cd44a0067433cb1af9a"),
                Arguments.of(
                        """
                        {"crs": "EPSG:5514",
                         "parcel": {"coordinates": [[0, 0], [24.5, 0], [24.5, 30], [0, 30]]},
                         "house": {"coordinates": [[0, 0], [10, 0], [10, 8], [0, 8]]},
                         "seed": 7}
                        """,
                        "sitefit@1.0.0",
                        "76d95dc7508fbeedcf1a661857e885b567c9fc8a6e2040b743739d664266d2df"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void itIsThatOfPython(String json, String contract, String hash) {
        var inputs = ((Json.Reading.Read) read(json)).node();

        assertThat(InputsHash.of(PythonJson.text(inputs), ToolId.parse(contract))).isEqualTo(hash);
    }

    /** The original's own reference, and the form that it is of. */
    @Test
    void itIsThatOfTheOriginalAndOfNoOtherForm() {
        var contract = new ToolId("sitefit", "1.0.0");
        String form = PythonJson.text(Shipped.MINIMAL);

        assertThat(InputsHash.of(form, contract)).isEqualTo(Shipped.MINIMAL_HASH);
        for (int at = 0; at < form.length(); at++) {
            var changed = new StringBuilder(form);
            changed.setCharAt(at, (char) (form.charAt(at) ^ 1));
            assertThat(InputsHash.of(changed.toString(), contract))
                    .isNotEqualTo(Shipped.MINIMAL_HASH);
        }
        for (String other : List.of("sitefit@1.0.1", "sitefis@1.0.0"))
            assertThat(InputsHash.of(form, ToolId.parse(other))).isNotEqualTo(Shipped.MINIMAL_HASH);
    }

    private static Json.Reading read(String json) {
        return Json.readDoubles(json.getBytes(StandardCharsets.UTF_8));
    }
}
