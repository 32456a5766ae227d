package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Limit;
import dev.pawl.core.PawlException;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.testkit.NoArtifacts;
import dev.pawl.tool.Requests.Request;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RequestsTest {
    private static final String FILE =
            "{\"$file\":{\"name\":\"a\",\"sha256\":\"%s\",\"size\":1}}".formatted("0".repeat(64));

    @TempDir Path folder;
    private final Requests requests =
            new Requests(new NoArtifacts(_ -> false), (_, _) -> "v1", Map.of("LANG", "C"));

    @Test
    void aSubmissionHasTheDefaultsTheKeyAndTheToolsPolicy() throws Exception {
        Submission made = submission("{\"text\":\"a\"}", false);

        assertThat(made.input()).isEqualTo("{\"text\":\"a\",\"times\":1}");
        assertThat(made.key().hash()).hasSize(64);
        assertThat(made.key().parts()).contains("v1");
        assertThat(made.limit()).isEqualTo(new Limit("tool:echo@1", 2));
        assertThat(made.reuse()).isEqualTo(new Reuse(Duration.ofHours(1), false));
        assertThat(made.queue()).isEqualTo("slow");
    }

    @Test
    void aFreshOneIsReusedByNobodyButKeepsItsKey() throws Exception {
        Submission made = submission("{\"text\":\"a\"}", true);

        assertThat(made.reuse()).isEqualTo(Reuse.NEVER);
        assertThat(made.key()).isEqualTo(submission("{\"text\":\"a\"}", false).key());
    }

    @Test
    void everythingThatIsWrongIsTold() throws Exception {
        Request made = requests.of(tool(), Requests.parse("{\"times\":0}"), false, _ -> {});

        assertThat(((Request.Wrong) made).errors())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder("/times", "/text");
    }

    @Test
    void aFileThatIsNotKeptIsRefused() throws Exception {
        Request made =
                requests.of(
                        tool(), Requests.parse("{\"text\":%s}".formatted(FILE)), false, _ -> {});

        assertThat(((Request.Wrong) made).errors().getFirst().toString())
                .startsWith("/text names a file with SHA-256 000");
    }

    @Test
    void aWrongOptionIsTheCallersFault() throws Exception {
        Request made =
                requests.of(
                        tool(),
                        Requests.parse("{\"text\":\"a\"}"),
                        false,
                        builder -> builder.priority(40_000));

        assertThat(((Request.Wrong) made).errors().getFirst().message())
                .contains("priority is 40000");
    }

    @Test
    void aTextThatIsNoJsonIsRefused() {
        assertThatThrownBy(() -> Requests.parse("{\"a\":1,\"a\":2}"))
                .isInstanceOf(PawlException.class)
                .hasMessageContaining("comes twice");
    }

    private Submission submission(String json, boolean fresh) throws Exception {
        Request made =
                requests.of(tool(), Requests.parse(json), fresh, builder -> builder.queue("slow"));
        return ((Request.Ready) made).submission();
    }

    private Tool tool() throws Exception {
        Files.writeString(
                folder.resolve("echo.yaml"),
                """
                tool: echo@1
                input:
                  type: object
                  required: [text]
                  properties:
                    text: {type: string, contentMediaType: text/plain}
                    times: {type: integer, minimum: 1, default: 1}
                run: {command: [echo]}
                policy: {concurrency: 2, cache: {ttl: 1h, version_command: [echo, --version]}}
                """);
        Tools tools = Tools.of(List.of(folder), Map.of());
        assertThat(tools.problems()).isEmpty();
        return tools.all().getFirst();
    }
}
