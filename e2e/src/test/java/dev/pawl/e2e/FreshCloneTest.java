package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer does first: clone, one command, and the same command again. */
@Tag("process")
final class FreshCloneTest {
    private static final String[] RUN = {
        "./pawl", "run", "plantuml", "--diagram", "@examples/login.puml"
    };

    @TempDir Path folder;

    @Test
    void aFreshCloneRunsItsFirstJobByOneCommandAndAnswersTheSecondFromTheCache() throws Exception {
        String root = Path.of(System.getProperty("pawl.root", "..")).toRealPath().toString();
        run(folder, "git", "clone", "--quiet", root, "clone");
        Path clone = folder.resolve("clone");

        String first = run(clone, RUN);
        String second = run(clone, RUN);

        assertThat(first).contains("built in", "succeeded", "login.png", "sha256");
        assertThat(second).contains("answered from the cache").doesNotContain("built in");
        List<Path> pictures = pictures(clone.resolve("pawl-data/out"));
        assertThat(pictures).hasSize(2);
        byte[] png = Files.readAllBytes(pictures.getFirst());
        assertThat(png).startsWith(0x89, 'P', 'N', 'G');
        assertThat(Files.readAllBytes(pictures.getLast())).isEqualTo(png);
    }

    private static List<Path> pictures(Path out) throws Exception {
        try (var files = Files.walk(out)) {
            return files.filter(f -> f.endsWith("login.png")).toList();
        }
    }

    /** Runs a command to its end; answers what it printed. */
    private String run(Path in, String... command) throws Exception {
        Path output = Files.createTempFile(folder, "run-", ".log");
        Process process =
                new ProcessBuilder(command)
                        .directory(in.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }
}
