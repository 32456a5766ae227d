package dev.pawl.server.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.api.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Paths, and each type of value on its way there and back. */
final class BindingsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$                    |"
                        + " [{\"a\":{\"b\":1},\"l\":[{\"x\":1},{},{\"x\":2}],\"n\":null}]",
                "$.a.b                | [1]",
                "$['a'].b             | [1]",
                "$.l[*].x             | [1,2]",
                "$.l[*]               | [{\"x\":1},{},{\"x\":2}]",
                "$.n                  | [null]",
                "$.none.b             | []",
                "$.a[*]               | []"
            })
    void aPathFindsWhatStandsThere(String path, String found) {
        JsonNode inputs =
                Json.trusted("{\"a\":{\"b\":1},\"l\":[{\"x\":1},{},{\"x\":2}],\"n\":null}");

        assertThat(path(path).values(inputs).toString().replace(", ", ",")).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a.$",
                "$a",
                "$.",
                "$..a",
                "$.a[0]",
                "$.a[*][*]",
                "$.a[?(@.b)]",
                "$.a b"
            })
    void whatIsNoPathIsNotRead(String text) {
        assertThat(BoundPath.parse(text)).isEmpty();
    }

    @Test
    void aPathPutsValuesWhereItLeads() {
        var outputs = JsonNodeFactory.instance.objectNode();

        path("$.results[*].score").put(outputs, nodes("1", "2"));
        path("$.results[*].metrics.area").put(outputs, nodes("3", "4"));
        path("$.results[*].tags").put(outputs, nodes());
        path("$.meta.units.length").put(outputs, nodes("\"m\""));
        path("$.meta.seed").put(outputs, nodes());
        path("$.names[*]").put(outputs, nodes("\"a\""));
        path("$.none[*].x").put(outputs, nodes());

        assertThat(outputs)
                .isEqualTo(
                        Json.trusted(
                                """
                                {"results": [{"score": 1, "metrics": {"area": 3}},
                                             {"score": 2, "metrics": {"area": 4}}],
                                 "meta": {"units": {"length": "m"}}, "names": ["a"], "none": []}
                                """));
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        var outputs = JsonNodeFactory.instance.objectNode();
        path("$.results[*].score").put(outputs, nodes("1", "2"));
        path("$.seed").put(outputs, nodes("1"));

        assertThatThrownBy(() -> path("$.results[*].id").put(outputs, nodes("1")))
                .hasMessage("1 values, where another parameter gave 2");
        assertThatThrownBy(() -> path("$.results[*].score.x").put(outputs, nodes("1", "2")))
                .hasMessage("score has another value already");
        assertThatThrownBy(() -> path("$.seed[*]").put(outputs, nodes("1")))
                .hasMessage("seed has another value already");
        assertThatThrownBy(() -> path("$.result").put(outputs, nodes("1", "2")))
                .hasMessage("2 values for one place; a list's path ends in [*]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "number         | 0.10           | System.Double | 0.10",
                "number         | 7              | System.Double | 7",
                "integer        | 7              | System.Int32  | 7",
                "integer        | 7.0            | System.Int32  | 7",
                "integer        | -2147483648    | System.Int32  | -2147483648",
                "string         | \"a \\\"b\\\"\"| System.String | \"a \\\"b\\\"\"",
                "json_string    | {\"a\":[1.50]} | System.String | \"{\\\"a\\\":[1.50]}\"",
                "json_string    | \"a\"          | System.String | \"\\\"a\\\"\""
            })
    void eachTypeIsSentAsJsonText(String type, String value, String netType, String data) {
        JsonNode sent = Grasshopper.values(bindings(type), object(value)).getFirst();

        assertThat(sent.path("ParamName").stringValue()).isEqualTo("p");
        JsonNode item = sent.path("InnerTree").path("{0}").path(0);
        assertThat(item.path("type").stringValue()).isEqualTo(netType);
        assertThat(item.path("data").stringValue()).isEqualTo(data);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "number         | \"5\"             | is no number",
                "integer        | 7.5               | is no whole number",
                "integer        | 1e999999999       | is no whole number",
                "integer        | 2147483648        | is beyond the 32 bits",
                "integer        | true              | is no whole number",
                "geometry.curve | 5                 | want a list of two points",
                "geometry.curve | [[0,0]]           | want a list of two points",
                "geometry.curve | [[0,0],[1]]       | element 1 is no point",
                "geometry.curve | [[0,0],[1,\"2\"]] | element 1 is no point",
                "geometry.curve | {\"a\":[0,0],\"b\":[1,1]} | want a list of two points"
            })
    void whatATypeCannotHoldIs422(String type, String value, String message) {
        assertThatThrownBy(() -> Grasshopper.values(bindings(type), object(value)))
                .isInstanceOfSatisfying(
                        ComputeProblem.class, e -> assertThat(e.status()).isEqualTo(422))
                .hasMessageContaining(message);
    }

    @Test
    void anInputThatIsNotThereIsLeftOut() {
        assertThat(Grasshopper.values(bindings("number"), Json.trusted("{}"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "number         | 92.50                   | 92.50",
                "number         | 7                       | 7",
                "integer        | 7.0                     | 7",
                "string         | \"a\"                   | \"a\"",
                "json_string    | \"{\\\"a\\\": [1.50]}\" | {\"a\":[1.50]}",
                "json_string    | {\"a\": 1}              | {\"a\":1}",
                "geometry.curve | {\"version\":10000}     | {\"version\":10000}"
            })
    void eachTypeComesBack(String type, String data, String value) {
        assertThat(Grasshopper.outputs(bindings(type), answer(data)).path("out").toString())
                .isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "number         | \"a\"",
                "number         | Infinity",
                "integer        | 7.5",
                "string         | 5",
                "json_string    | \"{\"",
                "geometry.curve | \"a\"",
                "number         | null"
            })
    void whatIsNotOfTheTypeIs500(String type, String data) {
        assertThatThrownBy(() -> Grasshopper.outputs(bindings(type), answer(data)))
                .isInstanceOfSatisfying(
                        ComputeProblem.class, e -> assertThat(e.status()).isEqualTo(500))
                .hasMessageStartingWith("The definition's p: ");
    }

    /** The expected text is what rhino3dm 8.35.0 encodes of the same points. */
    @Test
    void aCurveIsThatOfRhino3dm() {
        JsonNode sent =
                Grasshopper.values(
                                bindings("geometry.curve"),
                                object("[[0, 0], [20, 0], [20, 30.5, 0], [0, 30]]"))
                        .getFirst();

        JsonNode item = sent.path("InnerTree").path("{0}").path(0);
        assertThat(item.path("type").stringValue()).isEqualTo("Rhino.Geometry.PolylineCurve");
        assertThat(item.path("data").stringValue())
                .isEqualTo(
                        "{\"version\":10000,\"archive3dm\":60,\"opennurbs\":-1869833980,\"data\":\""
                            + "+n8CAOkAAAAAAAAA+/8CABQAAAAAAAAA5tTXTkfp0xG/5QAQgwEi8E6cu9v8/wIAsQAA"
                            + "AAAAAAAQBQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADRAAAAAAAAAAAAA"
                            + "AAAAAAAAAAAAAAAAADRAAAAAAACAPkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAPkAAAAAA"
                            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUAAAAAAAAAAAAAAAAAAAAAAPA/AAAA"
                            + "AAAAAEAAAAAAAAAIQAAAAAAAABBAAwAAAIp71lv/fwKAAAAAAAAAAAA=\"}");
    }

    private static BoundPath path(String text) {
        return BoundPath.parse(text).orElseThrow();
    }

    private static List<JsonNode> nodes(String... json) {
        return List.of(json).stream().map(Json::trusted).toList();
    }

    private static Bindings bindings(String word) {
        Bindings.Type type = Bindings.Type.of(word).orElseThrow();
        return new Bindings(
                List.of(new Bindings.Bound("p", path("$.in"), type)),
                List.of(new Bindings.Bound("p", path("$.out"), type)),
                Path.of("none"));
    }

    private static JsonNode object(String value) {
        return Json.trusted("{\"in\": %s}".formatted(value));
    }

    private static JsonNode answer(String data) {
        var answer = JsonNodeFactory.instance.objectNode();
        var tree = answer.putArray("values").addObject().put("ParamName", "p");
        tree.putObject("InnerTree").putArray("{0}").addObject().put("data", data);
        return answer;
    }
}
