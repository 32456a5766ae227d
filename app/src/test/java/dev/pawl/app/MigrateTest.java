package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.app.Typed.Ended;
import dev.pawl.app.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pawl migrate} on a data folder. */
final class MigrateTest {
    @TempDir Path folder;

    @Test
    void aDryRunTellsTheMigrationsAndMakesNoFile() {
        Ended ended = new Typed(folder).type("migrate", "--dry-run");

        assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(ended.out())
                .startsWith("database " + folder.resolve("pawl-data/pawl.db") + " has schema none;")
                .contains("would run 1 jobs\n", "would run 11 meta\n")
                .doesNotContain("CREATE TABLE");
        assertThat(Files.exists(folder.resolve("pawl-data"))).isFalse();
    }

    @Test
    void theStatementsAreShownToWhoAsks() {
        Ended ended = new Typed(folder).type("migrate", "--dry-run", "--show-sql");

        assertThat(ended.out()).contains("would run 11 meta\n-- What", "CREATE TABLE meta (");
    }

    @Test
    void itRunsThemOnce() {
        var user = new Typed(folder);

        Ended first = user.type("migrate");
        Ended second = user.type("migrate");

        assertThat(first.code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(first.out()).contains("has schema none;", "\nran 1 jobs\n", "\nran 11 meta\n");
        assertThat(second.code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(second.out()).contains("nothing is to be done").doesNotContain("ran 1 ");
        assertThat(user.type("jobs", "list").code()).isEqualTo(ExitCode.SUCCEEDED);
    }

    @Test
    void programsGetOneObject() {
        Ended ended = new Typed(folder).type("migrate", "--dry-run", "--json");

        assertThat(ended.out().lines()).hasSize(1);
        assertThat(ended.out())
                .contains("\"found\":0", "\"dry_run\":true", "{\"version\":1,\"name\":\"jobs\"}")
                .doesNotContain("\"sql\"");
    }

    @Test
    void aDatabaseOfAnotherProgramIsOneLine() throws Exception {
        Files.createDirectories(folder.resolve("pawl-data"));
        Files.writeString(folder.resolve("pawl-data/pawl.db"), "no database at all ".repeat(100));

        Ended ended = new Typed(folder).type("migrate", "--dry-run");

        assertThat(ended.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(ended.err()).startsWith("pawl: ").contains("damaged or none");
        assertThat(ended.err().lines()).hasSize(1);
    }

    @Test
    void aServerIsNotMigratedFromHere() {
        Ended ended = new Typed(folder).type("migrate", "--server", "http://localhost:1");

        assertThat(ended.code()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("migrate works on a data folder");
    }
}
