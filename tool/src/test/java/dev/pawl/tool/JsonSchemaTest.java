package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.PawlException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonSchemaTest {
    private static final JsonSchema DIAGRAM =
            schema(
                    """
                    type: object
                    additionalProperties: false
                    required: [diagram]
                    properties:
                      diagram: {type: string, minLength: 3, contentMediaType: text/x-plantuml, description: the diagram}
                      format: {enum: [png, svg], default: png}
                      scale: {type: number, exclusiveMinimum: 0}
                    """);
    private static final String SHA = "ab".repeat(32);

    @Test
    void defaultsAreFilledIn() {
        assertThat(valid(DIAGRAM, "{\"diagram\": \"A->B\"}"))
                .isEqualTo("{\"diagram\":\"A->B\",\"format\":\"png\"}");
    }

    @Test
    void everyErrorIsToldAtOnceWithItsPlaceItsValueAndWhatIsWanted() {
        assertThat(errors(DIAGRAM, "{\"diagramm\": \"A->B\", \"format\": \"gif\", \"scale\": 0}"))
                .containsExactlyInAnyOrder(
                        new FieldError("/diagram", "is missing; want string (the diagram)"),
                        new FieldError("/diagramm", "is not known; did you mean \"diagram\"?"),
                        new FieldError("/format", "is \"gif\"; want one of \"png\", \"svg\""),
                        new FieldError("/scale", "is 0; want more than 0"));
    }

    @Test
    void aWrongTypeNamesTheRightOne() {
        assertThat(errors(DIAGRAM, "{\"diagram\": 5}"))
                .containsExactly(new FieldError("/diagram", "is 5; want string or a file"));
        assertThat(errors(DIAGRAM, "[]")).containsExactly(new FieldError("", "is []; want object"));
        assertThat(errors(DIAGRAM, "{\"diagram\": \"x\"}"))
                .containsExactly(new FieldError("/diagram", "has 1 characters; want at least 3"));
    }

    @Test
    void pointersEscapeTildeAndSlash() {
        assertThat(errors(DIAGRAM, "{\"diagram\": \"A->B\", \"a/b~c\": 1}"))
                .singleElement()
                .extracting(FieldError::pointer)
                .isEqualTo("/a~1b~0c");
    }

    @Test
    void branchesAreToldTogether() {
        var schema = schema("properties: {n: {anyOf: [{type: string}, {enum: [1, 2]}]}}");

        assertThat(errors(schema, "{\"n\": true}"))
                .containsExactly(new FieldError("/n", "is true; want string, or one of 1, 2"));
    }

    @Test
    void whatCannotBeReadGivesOneClearError() {
        assertThat(errors(DIAGRAM, "{\"diagram\": \"a\", \"diagram\": \"b\"}"))
                .singleElement()
                .satisfies(e -> assertThat(e.message()).contains("comes twice", "line 1"));
        assertThat(errors(DIAGRAM, "{\"scale\": NaN}").getFirst().message()).contains("NaN");
        assertThat(errors(DIAGRAM, "{\"a\":".repeat(300)).getFirst().message())
                .contains("deeper than 200 levels");
        assertThat(errors(DIAGRAM, "{oops").getFirst().message()).contains("can't be read as JSON");
    }

    @Test
    void anInputBeyondTheLimitIsRefusedWithItsSize() {
        String large = "{\"diagram\": \"" + "ä".repeat(600_000) + "\"}";

        assertThat(errors(DIAGRAM, large).getFirst().message())
                .contains("1,200,015 bytes")
                .contains("1,048,576")
                .contains("as a file");
    }

    @Test
    void defaultsReachNestedObjectsItemsReferencesAndAllOf() {
        var schema =
                schema(
                        """
                        allOf:
                          - properties: {a: {default: 1}}
                        properties:
                          page: {$ref: '#/$defs/page'}
                          made: {default: {}, $ref: '#/$defs/page'}
                          rows: {type: array, items: {properties: {n: {default: 0}}}}
                          pair: {prefixItems: [{properties: {x: {default: 1}}}]}
                          map: {additionalProperties: {properties: {z: {default: true}}}}
                          either: {anyOf: [{default: 5}]}
                        $defs:
                          page: {type: object, properties: {size: {type: integer, default: 10}}}
                        """);

        assertThat(
                        valid(
                                schema,
                                "{\"page\":{},\"rows\":[{},{\"n\":2}],\"pair\":[{},{}],\"map\":{\"k\":{}}}"))
                .isEqualTo(
                        "{\"page\":{\"size\":10},\"rows\":[{\"n\":0},{\"n\":2}],\"pair\":[{\"x\":1},{}],"
                            + "\"map\":{\"k\":{\"z\":true}},\"made\":{\"size\":10},\"a\":1}");
    }

    @Test
    void defaultsWithoutEndAreRefused() {
        assertThatThrownBy(() ->
                        schema(
                                "properties: {a: {$ref: '#/$defs/a'}}\n"
                                        + "$defs: {a: {default: {}, properties: {a: {$ref:"
                                        + " '#/$defs/a'}}}}"))
                .hasMessageContaining("without end");
    }

    @Test
    void aTextThatLacksNoDefaultIsStoredAsItStands() {
        assertThat(valid(DIAGRAM, "{\"scale\":2.50,\"format\":\"svg\",\"diagram\":\"A\\u002d>B\"}"))
                .isEqualTo("{\"scale\":2.50,\"format\":\"svg\",\"diagram\":\"A\\u002d>B\"}");
        assertThat(valid(DIAGRAM, "{\"scale\":2.50,\"diagram\":\"A\\u002d>B\"}"))
                .isEqualTo("{\"scale\":2.50,\"diagram\":\"A->B\",\"format\":\"png\"}");
    }

    @Test
    void theInputGivenStaysAsItIs() {
        var input = Json.read("{\"diagram\": \"A->B\"}");

        DIAGRAM.check(input);

        assertThat(input.has("format")).isFalse();
    }

    @Test
    void aFileStandsWhereTheSchemaWantsTextOfAMediaType() {
        String file = file("login.puml", SHA);

        assertThat(valid(DIAGRAM, "{\"diagram\": " + file + "}")).contains("login.puml");
        assertThat(input(DIAGRAM, "{\"diagram\": " + file + "}").files())
                .isEqualTo(Map.of("/diagram", new FileRef("login.puml", SHA, 12, "")));
    }

    @Test
    void aFileIsRefusedElsewhere() {
        var free = schema("properties: {note: {type: string}}");

        assertThat(errors(free, "{\"x\": {\"y\": " + file("a", SHA) + "}}"))
                .containsExactly(
                        new FieldError("/x/y", "is a file; the schema doesn't take one here"));
        assertThat(errors(free, "{\"note\": " + file("a", SHA) + "}"))
                .anySatisfy(e -> assertThat(e.message()).contains("want string"));
    }

    @Test
    void aFileWithAPathForANameOrAHashThatIsNoneIsRefused() {
        assertThat(errors(DIAGRAM, "{\"diagram\": " + file("../x", SHA) + "}"))
                .extracting(FieldError::pointer)
                .containsExactly("/diagram/$file/name");
        assertThat(errors(DIAGRAM, "{\"diagram\": " + file("x", "abc") + "}"))
                .extracting(FieldError::pointer)
                .containsExactly("/diagram/$file/sha256");
    }

    @Test
    void numbersKeepTheirDigits() {
        var schema = schema("properties: {n: {type: integer, minimum: 1}}");

        assertThat(valid(schema, "{\"n\": 9007199254740993}")).contains("9007199254740993");
        assertThat(valid(schema, "{\"n\": 1e400}")).contains("1000");
        assertThat(errors(schema, "{\"n\": 1.5}").getFirst().message()).contains("want integer");
    }

    @Test
    void draft7IsUsedWhereTheSchemaSaysSo() {
        var schema =
                schema(
                        """
                        $schema: http://json-schema.org/draft-07/schema#
                        properties: {pair: {items: [{type: string}, {type: integer}], additionalItems: false}}
                        """);

        assertThat(errors(schema, "{\"pair\": [\"a\", \"b\"]}").getFirst().message())
                .isEqualTo("is \"b\"; want integer");
    }

    @Test
    void aSchemaWithMistakesIsRefusedWithAllOfThem() {
        assertThatThrownBy(() -> schema("{type: strng, properties: {a: {minimum: x}}}"))
                .hasMessageContaining("/type is \"strng\"")
                .hasMessageContaining("/properties/a/minimum is \"x\"; want number");
        assertThatThrownBy(() -> schema("$schema: http://json-schema.org/draft-04/schema#"))
                .hasMessageContaining("draft-07");
        assertThatThrownBy(() -> schema("{$ref: '#/$defs/nope'}")).hasMessageContaining("nope");
        assertThatThrownBy(() -> schema("{properties: {a: {pattern: '['}}}"))
                .hasMessageContaining("/properties/a/pattern is \"[\"; want a regex");
        assertThatThrownBy(() -> schema("properties: {a: {enum: [x], default: y}}"))
                .hasMessageContaining("/properties/a/default is \"y\"; want \"x\"");
    }

    @Test
    void nothingOutsideTheSchemaIsFetched() {
        for (String ref : List.of("https://example.com/x.json", "file:///etc/hosts", "other.json"))
            assertThatThrownBy(() -> schema("{$ref: '" + ref + "'}"))
                    .isInstanceOf(PawlException.class)
                    .hasMessageContaining("is outside this schema");
    }

    private static String file(String name, String sha256) {
        return "{\"$file\":{\"name\":\"%s\",\"sha256\":\"%s\",\"size\":12}}"
                .formatted(name, sha256);
    }

    private static JsonSchema schema(String yaml) {
        return JsonSchema.of(Json.yaml(yaml));
    }

    private static CompletedInput input(JsonSchema schema, String json) {
        return switch (schema.check(json)) {
            case Checked.Valid(var input) -> input;
            case Checked.Invalid(var errors) -> throw new AssertionError(errors);
        };
    }

    private static String valid(JsonSchema schema, String json) {
        return input(schema, json).text();
    }

    private static List<FieldError> errors(JsonSchema schema, String json) {
        return switch (schema.check(json)) {
            case Checked.Invalid(var errors) -> errors;
            case Checked.Valid(var input) -> throw new AssertionError(input);
        };
    }
}
