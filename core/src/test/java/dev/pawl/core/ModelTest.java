package dev.pawl.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The records that check themselves. */
final class ModelTest {
    private static final ToolId TOOL = new ToolId("draw", "1");

    @ParameterizedTest
    @ValueSource(strings = {"../a", "a/../b", "/a", "a//b", "", ".", "a\\b", "a\nb", "a/"})
    void anArtifactsNameNeverLeadsOutside(String name) {
        assertThatThrownBy(() -> new Artifact(name, 1, "ab".repeat(32), "text/plain"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("relative path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"login.png", "img/a b.svg", "Füße/图.txt", "..a", "a..b"})
    void anArtifactMayHaveAnyOtherName(String name) {
        assertThat(new Artifact(name, 0, "ab".repeat(32), "text/plain").name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Draw@1", "draw", "@1", "draw@", "dr aw@1", "draw@1@2", "draw@-1"})
    void aToolIsNamedByLowerCaseNameAndVersion(String text) {
        assertThatThrownBy(() -> ToolId.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSubmissionNamesWhatIsWrongWithIt() {
        assertThatThrownBy(() -> Submission.of(TOOL, "{}").queue(" ").build())
                .hasMessageContaining("queue \" \"");
        assertThatThrownBy(() -> Submission.of(TOOL, "{}").priority(40_000).build())
                .hasMessageContaining("priority is 40000");
        assertThatThrownBy(() -> Submission.of(TOOL, "{}").ttl(Duration.ofSeconds(-1)).build())
                .hasMessageContaining("ttl is");
        assertThatThrownBy(() ->
                        Submission.of(TOOL, "{}")
                                .reuse(new Reuse(Duration.ofDays(1), false))
                                .build())
                .hasMessageContaining("input hash");
    }

    @Test
    void aLongMessageIsCut() {
        var error = new JobError(ErrorClass.USER, "x".repeat(10_000));

        assertThat(error.message()).hasSize(JobError.CHARS_MAX).endsWith("…");
    }
}
