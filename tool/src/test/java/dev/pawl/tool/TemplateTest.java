package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.tool.TemplateReader.Use;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

final class TemplateTest {
    private static final SchemaTree SCHEMA =
            new SchemaTree(
                    Json.yaml(
                            """
                            properties:
                              doc: {type: string, contentMediaType: text/plain}
                              format: {type: string}
                              n: {type: number}
                              list: {type: array, items: {type: string}}
                              page: {type: object, properties: {size: {type: integer}}}
                              free: {type: object}
                            """));

    @TempDir Path folder;
    private FolderFiles files;

    @BeforeEach
    void keepFilesHere() {
        files = new FolderFiles(folder);
    }

    @Test
    void valuesOfTheInputAndTheJobAreFilledIn() {
        String input = "{\"format\":\"png\",\"n\":1.50,\"page\":{\"size\":3},\"free\":{\"x\":[7]}}";

        assertThat(text("-t{{input.format}} {{ input.n }} {{input.page.size}}", input))
                .isEqualTo("-tpng 1.50 3");
        assertThat(text("{{input.free.x.0}} {{job.id}}#{{job.attempt}}", input))
                .isEqualTo("7 job-1#2");
        assertThat(text("{{java}} {{{{input.n}}", input)).isEqualTo("/bin/java {{input.n}}");
    }

    @Test
    void aFileHasANameAContentAndAPath() throws IOException {
        FileRef file = files.keep("login.v2.puml", "A->B");
        JsonNode input = JsonNodeFactory.instance.objectNode().set("doc", file.node());

        assertThat(template("{{input.doc.name}}.png", Use.NAME).text(values(input)))
                .isEqualTo("login.v2.png");
        assertThat(template("{{input.doc.filename}}", Use.NAME).text(values(input)))
                .isEqualTo("login.v2.puml");
        assertThat(template("{{input.doc}}", Use.WORD).text(values(input)))
                .isEqualTo(folder.resolve(file.sha256()).toString());
        assertThat(read(template("<{{input.doc}}>", Use.CONTENT), input)).isEqualTo("<A->B>");
    }

    @Test
    void inlineTextIsNamedAfterItsFieldAndHasAPathToo() throws IOException {
        JsonNode input = Json.read("{\"doc\":\"ä\"}");

        assertThat(template("{{input.doc.name}}.png", Use.NAME).text(values(input)))
                .isEqualTo("doc.png");
        assertThat(template("{{input.doc}}", Use.WORD).text(values(input)))
                .isEqualTo(folder.resolve("doc.txt").toString());
        assertThat(read(template("{{input.doc}}", Use.CONTENT), input)).isEqualTo("ä");
    }

    @Test
    void aWordWhoseValueIsNotThereIsLeftOut() {
        assertThat(words("--format={{input.format}}", "{}")).isEmpty();
        assertThat(words("--format={{input.format}}", "{\"format\":null}")).isEmpty();
        assertThat(words("plain", "{}")).containsExactly("plain");
        assertThat(words("", "{}")).containsExactly("");
    }

    @Test
    void aListAloneIsAWordForEachItem() {
        String input = "{\"list\":[\"a b\",\"$(c)\"]}";

        assertThat(words("{{input.list}}", input)).containsExactly("a b", "$(c)");
        assertThat(words("-l{{input.list}}", input)).containsExactly("-l[\"a b\",\"$(c)\"]");
        assertThat(words("{{input.list}}", "{\"list\":[]}")).isEmpty();
    }

    @Test
    void aValueInAUrlIsEncoded() {
        var values = values(Json.read("{\"format\":\"a/b c?d=é\"}"));

        assertThat(template("http://x/{{input.format}}", Use.NAME).urlText(values))
                .isEqualTo("http://x/a%2Fb%20c%3Fd%3D%C3%A9");
    }

    private String text(String template, String input) {
        return template(template, Use.WORD).text(values(Json.read(input)));
    }

    private java.util.List<String> words(String template, String input) {
        return template(template, Use.WORD).words(values(Json.read(input)));
    }

    private String read(Template template, JsonNode input) throws IOException {
        try (var stream = template.open(values(input))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private TemplateValues values(JsonNode input) {
        return new TemplateValues(input, "job-1", 2, files);
    }

    private static Template template(String text, Use use) {
        return switch (new TemplateReader(SCHEMA, Map.of("java", "/bin/java")).read(text, use)) {
            case TemplateReader.Reading.Good(var template) -> template;
            case TemplateReader.Reading.Bad(var reason, var _) -> throw new AssertionError(reason);
        };
    }
}
