package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs that some tests can't do without. */
final class Programs {
    private Programs() {}

    /** Skips the test out loud without Python, or fails where nothing may be missing. */
    static void requirePython() {
        boolean there =
                Stream.of(System.getenv("PATH").split(":", -1))
                        .anyMatch(dir -> Files.isExecutable(Path.of(dir, "python3")));
        if (there) return;
        assertThat(System.getenv("PAWL_REQUIRE")).as("python3 is missing").isNotEqualTo("all");
        Assumptions.abort("SKIPPED: python3 is missing (Debian: apt install python3)");
    }
}
