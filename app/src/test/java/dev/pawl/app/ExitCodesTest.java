package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.app.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page about exit codes says what the program does. */
final class ExitCodesTest {
    @Test
    void thePageListsEveryCode() throws Exception {
        var table = new StringBuilder("| Code | Name | Meaning |\n| ---: | --- | --- |\n");
        for (ExitCode code : ExitCode.values())
            table.append(
                    "| %d | %s | %s |\n".formatted(code.number(), code.wire(), code.meaning()));

        Path page = Path.of(System.getProperty("pawl.root"), "docs/reference/exit-codes.md");
        assertThat(Files.readString(page)).contains(table);
    }
}
