package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FlagsTest {
    private static final Flags FLAGS =
            flags(
                    """
                    type: object
                    required: [diagram]
                    properties:
                      diagram: {type: string, contentMediaType: text/x-plantuml, description: the diagram}
                      format: {enum: [png, svg], default: png}
                      count: {type: integer}
                      ratio: {type: number}
                      fold_case: {type: boolean}
                      also: {type: array, items: {type: string}}
                      sizes: {type: array, items: {type: integer}}
                      docs: {type: array, items: {type: string, format: file}}
                      page: {type: object, required: [width], properties: {width: {type: integer}, unit: {type: string}}}
                      any: {}
                    """);

    @TempDir Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("login.puml"), "A->B");
        Files.writeString(folder.resolve("page.json"), "{\"width\": 5}");
        Files.writeString(folder.resolve("stdin"), "C->D");
    }

    @Test
    void eachPropertyIsAFlag() {
        assertThat(FLAGS.list())
                .extracting(Flag::name)
                .containsExactly(
                        "diagram",
                        "format",
                        "count",
                        "ratio",
                        "fold_case",
                        "also",
                        "sizes",
                        "docs",
                        "page",
                        "page.width",
                        "page.unit",
                        "any");
        Flag diagram = FLAGS.list().getFirst();
        assertThat(diagram.required()).isTrue();
        assertThat(diagram.file()).isTrue();
        assertThat(diagram.description()).isEqualTo("the diagram");
        assertThat(diagram.mediaType()).isEqualTo("text/x-plantuml");
        Flag format = FLAGS.list().get(1);
        assertThat(format.choices()).containsExactly("png", "svg");
        assertThat(format.defaultValue())
                .hasValueSatisfying(d -> assertThat(d.asString()).isEqualTo("png"));
        assertThat(format.placeholder()).isEqualTo("png|svg");
        assertThat(FLAGS.list().get(5).repeatable()).isTrue();
        assertThat(FLAGS.list().get(9).required()).isFalse();
    }

    @Test
    void textsAreReadAsTheSchemaWantsThem() {
        assertThat(
                        parse(
                                "--diagram",
                                "A->B",
                                "--format=svg",
                                "--count",
                                "3",
                                "--ratio=0.10",
                                "--fold-case",
                                "--also",
                                "5",
                                "--also",
                                "[x]",
                                "--sizes",
                                "1",
                                "--sizes",
                                "[2,3]",
                                "--page.width",
                                "7",
                                "--any",
                                "true"))
                .isEqualTo(
                        "{\"diagram\":\"A->B\",\"format\":\"svg\",\"count\":3,\"ratio\":0.10,"
                                + "\"fold_case\":true,\"also\":[\"5\",\"[x]\"],\"sizes\":[1,2,3],"
                                + "\"page\":{\"width\":7},\"any\":true}");
    }

    @Test
    void booleansMayBeSaidInEachWay() {
        assertThat(parse("--no-fold_case")).isEqualTo("{\"fold_case\":false}");
        assertThat(parse("--fold_case=false")).isEqualTo("{\"fold_case\":false}");
        assertThat(parse("--fold_case", "false", "--count", "1"))
                .isEqualTo("{\"fold_case\":false,\"count\":1}");
    }

    @Test
    void aFileIsKeptAndStandsInTheInput() {
        assertThat(parse("--diagram", "@login.puml"))
                .contains(
                        "\"name\":\"login.puml\"",
                        "\"size\":4",
                        "\"mediaType\":\"text/x-plantuml\"");
        assertThat(parse("--diagram", "@-")).contains("\"name\":\"diagram\"");
        assertThat(parse("--diagram", "@@startuml")).isEqualTo("{\"diagram\":\"@startuml\"}");
        assertThat(parse("--docs", "@login.puml", "--docs", "text")).contains("login.puml", "text");
    }

    @Test
    void objectsMayBeJsonTextAndDottedFlagsAdd() {
        assertThat(parse("--page", "@page.json", "--page.unit", "mm"))
                .isEqualTo("{\"page\":{\"width\":5,\"unit\":\"mm\"}}");
        assertThat(parse("--input", "{\"count\": 1, \"x\": 2}", "--count", "3"))
                .isEqualTo("{\"count\":3,\"x\":2}");
    }

    @Test
    void everyMistakeIsToldAtOnce() {
        assertThat(
                        wrong(
                                "stray",
                                "--fromat",
                                "png",
                                "--count",
                                "many",
                                "--ratio",
                                "1,5",
                                "--page",
                                "{",
                                "--diagram",
                                "@nope.puml",
                                "--format"))
                .hasSize(7)
                .anySatisfy(m -> assertThat(m).isEqualTo("\"stray\" is no flag; want --name value"))
                .anySatisfy(m ->
                        assertThat(m).isEqualTo("--fromat is not known; did you mean --format?"))
                .anySatisfy(
                        m -> assertThat(m).isEqualTo("--count is \"many\"; want a whole number"))
                .anySatisfy(m -> assertThat(m).isEqualTo("--ratio is \"1,5\"; want a number"))
                .anySatisfy(m -> assertThat(m).startsWith("--page is no JSON"))
                .anySatisfy(m ->
                        assertThat(m)
                                .isEqualTo(
                                        "--diagram: file \"nope.puml\": there is no such"
                                                + " file; write @@ for text that starts"
                                                + " with @"))
                .anySatisfy(m -> assertThat(m).isEqualTo("--format has no value"));
        assertThat(wrong("--count", "1", "--count", "2"))
                .containsExactly("--count comes 2 times; want once");
        assertThat(wrong("--docs", "@-", "--docs", "@-"))
                .containsExactly("--docs reads stdin, as a flag before it");
    }

    @Test
    void anInputIsFlagsOfACommand() {
        assertThat(
                        Arguments.flags(
                                Json.read(
                                        "{\"name\":\"a"
                                            + " b\",\"n\":1.50,\"loud\":true,\"quiet\":false,"
                                            + "\"none\":null,\"also\":[\"x\",\"y\"],\"o\":{\"k\":1}}")))
                .containsExactly(
                        "--name",
                        "a b",
                        "--n",
                        "1.50",
                        "--loud",
                        "--also",
                        "x",
                        "--also",
                        "y",
                        "--o",
                        "{\"k\":1}");
    }

    private String parse(String... arguments) {
        return switch (FLAGS.parse(List.of(arguments), new FolderFiles(folder))) {
            case Flags.Parsed.Input(var node) -> node.toString();
            case Flags.Parsed.Wrong(var messages) -> throw new AssertionError(messages);
        };
    }

    private List<String> wrong(String... arguments) {
        return switch (FLAGS.parse(List.of(arguments), new FolderFiles(folder))) {
            case Flags.Parsed.Wrong(var messages) -> messages;
            case Flags.Parsed.Input(var node) -> throw new AssertionError(node);
        };
    }

    private static Flags flags(String schema) {
        return Flags.of(JsonSchema.of(Json.yaml(schema)));
    }
}
