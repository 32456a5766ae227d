package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.app.Typed.Ended;
import dev.pawl.app.cli.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pawl store copy} that can't begin says why in one line. */
final class CopyStoreTest {
    @TempDir Path folder;

    @Test
    void aFolderWithoutAFileIsRefused() {
        assertRefused(
                ExitCode.USAGE,
                "other/pawl.db is not there; --from wants a data folder",
                "--from",
                "other",
                "--to",
                "postgres://localhost/x");
    }

    @Test
    void aTargetIsNeeded() {
        made();

        assertRefused(ExitCode.USAGE, "want --to postgres://USER@HOST/DATABASE");
    }

    @Test
    void aTargetThatIsNoPostgresqlIsRefused() {
        made();

        assertRefused(ExitCode.USAGE, "--to: want postgres://USER@HOST", "--to", "pawl-data");
    }

    @Test
    void aTargetThatIsAwayIsToldAndTheFolderServesOn() {
        made();

        assertRefused(ExitCode.UNREACHABLE, "can't be reached", "--to", "postgres://127.0.0.1:1/x");

        assertThat(new Typed(folder).type("jobs", "list").code()).isEqualTo(ExitCode.SUCCEEDED);
    }

    @Test
    void abandoningWhereNoCopyIsUnderWayIsFine() {
        made();

        Ended ended = new Typed(folder).type("store", "copy", "--abandon");

        assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(ended.err()).contains("no copy of", "is under way any more");
    }

    private void made() {
        assertThat(new Typed(folder).type("migrate").code()).isEqualTo(ExitCode.SUCCEEDED);
    }

    private void assertRefused(ExitCode code, String text, String... flags) {
        var words = new ArrayList<>(List.of("store", "copy"));
        words.addAll(List.of(flags));

        Ended ended = new Typed(folder).type(words.toArray(String[]::new));

        assertThat(ended.code()).isEqualTo(code);
        assertThat(ended.err()).startsWith("pawl: ").contains(text);
        assertThat(ended.err().lines()).hasSize(1);
    }
}
