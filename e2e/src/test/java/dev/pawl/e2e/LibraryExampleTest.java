package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of Pawl as a library does what it says, run as a reader would run it. */
@Tag("process")
final class LibraryExampleTest {
    @TempDir Path folder;

    @Test
    void jobsRunInsideAProgramOfOnesOwn() throws Exception {
        Path source =
                Path.of(System.getProperty("pawl.root", ".."))
                        .resolve("examples/library/MailJobs.java");
        Path output = folder.resolve("output");

        Process program =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                PawlProcess.classpath(),
                                source.toString(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();

        assertThat(program.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(output))
                .contains("{sent=ada@example.org}", "{sent=edith@example.org}", "all sent");
        assertThat(program.exitValue()).isZero();
    }
}
