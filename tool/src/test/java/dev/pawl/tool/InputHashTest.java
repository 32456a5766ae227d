package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.ErrorClass;
import dev.pawl.core.InputKey;
import dev.pawl.core.PawlException;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class InputHashTest {
    private static final String A = "aa".repeat(32);
    private static final String B = "bb".repeat(32);

    private final Tool plain = tool("1", "{{input.doc}}");
    private final Tool naming = tool("1", "{{input.doc.name}}");

    @Test
    void whatIsEqualHasTheSameHash() {
        assertThat(hash(plain, "{\"n\":1.0,\"doc\":\"x\"}"))
                .isEqualTo(hash(plain, "{\"doc\":\"x\",\"n\":1}"))
                .isEqualTo(hash(plain, "{\"doc\":\"x\"}"))
                .matches("[0-9a-f]{64}");
    }

    @Test
    void integersThatADoubleWouldMergeStayApart() {
        assertThat(hash(plain, "{\"n\":9007199254740993}"))
                .isNotEqualTo(hash(plain, "{\"n\":9007199254740992}"));
    }

    @Test
    void theVersionCounts() {
        assertThat(hash(plain, "{}")).isNotEqualTo(hash(tool("2", "{{input.doc}}"), "{}"));
    }

    @Test
    void ofAFileTheContentCountsAndItsNameOnlyWhereTheToolShowsIt() {
        assertThat(hash(plain, file("a.txt", A))).isEqualTo(hash(plain, file("b.txt", A)));
        assertThat(hash(plain, file("a.txt", A))).isNotEqualTo(hash(plain, file("a.txt", B)));
        assertThat(hash(naming, file("a.txt", A))).isNotEqualTo(hash(naming, file("b.txt", A)));
    }

    @Test
    void theVersionCommandAndTheNamedVariablesCount() {
        var input = input(plain, "{}");
        String hash = InputHash.parts(plain, input, "", Map.of()).hash();

        assertThat(InputHash.parts(plain, input, "v2", Map.of()).hash()).isNotEqualTo(hash);
        assertThat(InputHash.parts(plain, input, "", Map.of("LANG", "C")).hash())
                .isNotEqualTo(hash);
        assertThat(InputHash.parts(plain, input, "", Map.of("LANG", "")).hash()).isNotEqualTo(hash);
        assertThat(InputHash.parts(plain, input, "", Map.of("OTHER", "x")).hash()).isEqualTo(hash);
    }

    @Test
    void partsReadBackAsTheyWereWritten() {
        KeyParts parts =
                InputHash.parts(plain, input(plain, file("a", A)), "v2", Map.of("LANG", "C"));

        KeyParts read = KeyParts.parse(parts.text());

        assertThat(read.text()).isEqualTo(parts.text());
        assertThat(read.hash()).isEqualTo(parts.hash());
        assertThat(InputHash.key(plain, input(plain, file("a", A)), "v2", Map.of("LANG", "C")))
                .isEqualTo(new InputKey(parts.hash(), parts.text()));
    }

    @Test
    void partsThatSayNoMoreThanTheSubmissionAreNotKeptTwice() {
        for (String json :
                List.of("{}", "{\"n\":1.50e3,\"doc\":\"\\u20ac \\\"\"}", "{\"n\":-0.0}")) {
            CompletedInput input = input(plain, json);
            InputKey key = InputHash.key(plain, input, "", Map.of("OTHER", "x"));

            assertThat(key.parts()).isEmpty();
            assertThat(InputHash.parts(plain.submission(input).key(key).build()))
                    .map(KeyParts::text)
                    .hasValue(InputHash.parts(plain, input, "", Map.of()).text());
        }
    }

    @Test
    void partsThatSayMoreAreReadFromTheKey() {
        for (InputKey key :
                List.of(
                        InputHash.key(plain, input(plain, "{}"), "v2", Map.of()),
                        InputHash.key(plain, input(plain, "{}"), "", Map.of("LANG", "C")),
                        InputHash.key(plain, input(plain, file("a", A)), "", Map.of()))) {
            Submission submission = plain.submission(input(plain, "{}")).key(key).build();

            assertThat(InputHash.parts(submission)).map(KeyParts::text).hasValue(key.parts());
        }
    }

    @Test
    void aHashThatIsNotOfTheToolAndItsInputHasNoParts() {
        Submission.Builder submission = plain.submission(input(plain, "{}"));

        assertThat(InputHash.parts(submission.key(new InputKey(A, "")).build())).isEmpty();
        assertThat(InputHash.parts(submission.reuse(Reuse.NEVER).key(InputKey.NONE).build()))
                .isEmpty();
    }

    @Test
    void differencesAreToldByPlaceBeforeAndAfter() {
        KeyParts before = InputHash.parts(plain, input(plain, file("a", A)), "", Map.of());
        KeyParts after =
                InputHash.parts(
                        tool("2", "x"),
                        input(plain, "{\"doc\":\"x\",\"n\":2}"),
                        "",
                        Map.of("LANG", "C"));

        assertThat(KeyParts.difference(before, after))
                .extracting(KeyParts.Difference::pointer)
                .containsExactly("/environment", "/input/doc", "/input/n", "/version");
        assertThat(KeyParts.difference(before, after).get(2))
                .isEqualTo(new KeyParts.Difference("/input/n", "1", "2"));
        assertThat(KeyParts.difference(before, before)).isEmpty();
    }

    @Test
    void aTextThatIsNoKeyIsRefused() {
        assertThatThrownBy(() -> KeyParts.parse("{}")).isInstanceOf(PawlException.class);
        assertThatThrownBy(() -> KeyParts.parse("")).isInstanceOf(PawlException.class);
    }

    @Test
    void theHashStaysTheSameFromReleaseToRelease() {
        assertThat(hash(plain, "{\"doc\":\"x\"}"))
                .isEqualTo("87630c16def46d137316aa07bbcef0ec9d1657f87cbbcd5717eb4636ab8743ae");
    }

    private static Tool tool(String version, String word) {
        JsonSchema schema =
                JsonSchema.of(
                        Json.yaml(
                                """
                                properties:
                                  doc: {type: string, format: file}
                                  n: {type: number, default: 1}
                                """));
        var reader = new TemplateReader(schema.tree(), Map.of());
        var good = (TemplateReader.Reading.Good) reader.read(word, TemplateReader.Use.WORD);
        var run =
                new Run.Command(
                        List.of(List.of(good.template())),
                        false,
                        null,
                        null,
                        List.of(),
                        java.util.Set.of(),
                        Map.of(),
                        Map.of(2, ErrorClass.USER),
                        List.of(),
                        List.of());
        var cache =
                new ToolPolicy.Cache(
                        new Reuse(Duration.ofDays(1), false), "", List.of(), List.of("LANG"));
        var policy =
                new ToolPolicy(
                        Duration.ofMinutes(1),
                        RetryPolicy.defaults(),
                        cache,
                        0,
                        "default",
                        0,
                        Duration.ZERO);
        return new Tool(
                new ToolId("draw", version),
                "",
                "",
                schema,
                JsonSchema.ANYTHING,
                run,
                policy,
                Tool.Examples.NONE,
                "test");
    }

    private static String hash(Tool tool, String json) {
        return InputHash.parts(tool, input(tool, json), "", Map.of()).hash();
    }

    private static CompletedInput input(Tool tool, String json) {
        return switch (tool.input().check(json)) {
            case Checked.Valid(var input) -> input;
            case Checked.Invalid(var errors) -> throw new AssertionError(errors);
        };
    }

    private static String file(String name, String sha256) {
        return "{\"doc\":" + new FileRef(name, sha256, 3, "").node() + "}";
    }
}
