package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.app.Typed.Ended;
import dev.pawl.app.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data folder that can't be used is told in one line, with what to do. */
final class BadDaysTest {
    @TempDir Path folder;

    @Test
    void aDataFolderThatCannotBeMade() throws Exception {
        Files.writeString(folder.resolve("file"), "");

        Ended ended = new Typed(folder).type("jobs", "list", "--data", "file/data");

        assertThat(ended.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertOneLine(ended, "can't be made (Not a directory)", "--data");
    }

    @Test
    void doctorSaysThatADataFolderCouldNotBeMade() throws Exception {
        Files.writeString(folder.resolve("file"), "");

        Ended ended = new Typed(folder).type("doctor", "--data", "file/data");

        assertThat(ended.code()).isEqualTo(ExitCode.FAULT);
        assertThat(ended.out()).contains("can't be made: " + folder.resolve("file"), "--data");
    }

    @Test
    void aConfigurationThatIsNotThere() {
        Ended ended = new Typed(folder).type("jobs", "list", "--config", "no.yaml");

        assertThat(ended.code()).isEqualTo(ExitCode.USAGE);
        assertOneLine(ended, "no.yaml can't be read (it is not there)");
    }

    @Test
    void aDatabaseThatIsNone() throws Exception {
        Files.createDirectories(folder.resolve("pawl-data"));
        Files.writeString(folder.resolve("pawl-data/pawl.db"), "no database at all ".repeat(100));

        Ended ended = new Typed(folder).type("jobs", "list");

        assertThat(ended.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertOneLine(ended, "pawl.db is damaged or none (SQLITE_NOTADB)", "restore a copy");
    }

    @Test
    void aConfigurationWithAnUnknownKey() {
        Ended ended =
                new Typed(folder)
                        .file("pawl.yaml", "store:\n  synchronus: full\n")
                        .type("jobs", "list");

        assertThat(ended.code()).isEqualTo(ExitCode.USAGE);
        assertOneLine(ended, "store.synchronus", "pawl.yaml:2", "did you mean store.synchronous?");
    }

    @Test
    void noTraceWithoutDebug() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        var user = new Typed(folder);

        assertThat(user.type("jobs", "list", "--data", "file/x").err()).doesNotContain("\tat ");
        assertThat(user.type("jobs", "list", "--data", "file/x", "--debug").err())
                .contains("\tat ");
    }

    private static void assertOneLine(Ended ended, String... parts) {
        assertThat(ended.err()).startsWith("pawl: ").contains(parts);
        assertThat(ended.err().lines()).hasSize(1);
    }
}
