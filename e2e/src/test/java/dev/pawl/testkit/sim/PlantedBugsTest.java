package dev.pawl.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The simulation finds what it is there to find, and two claims side by side what that can't: each
 * bug of {@code e2e/src/test/planted}, planted alone, breaks the invariant that its patch names, on
 * the stage and with the seed that it names, and nothing breaks there without it. Where other
 * changes have made that seed another run, the failure names the seed to note instead.
 */
@Tag("process")
final class PlantedBugsTest {
    private static final Path ROOT = Path.of(System.getProperty("pawl.root", ".")).toAbsolutePath();

    @TempDir Path folder;
    private @Nullable Stages stages;

    @AfterEach
    void close() {
        if (stages != null) stages.close();
    }

    @TestFactory
    Stream<DynamicTest> eachIsFound() throws IOException {
        assumeThat(ROOT.resolve("e2e/src/test/planted")).exists();
        var on = new Stages(folder);
        stages = on;
        return PlantedBug.all(ROOT).stream()
                .map(bug -> DynamicTest.dynamicTest(bug.name(), () -> isFound(bug, on)));
    }

    private void isFound(PlantedBug bug, Stages on) throws IOException {
        long found = bug.find(ROOT, Files.createTempDirectory(folder, bug.name()), on);

        assertThat(found)
                .as(
                        "the seed that shows %s: note it in %s, as ./sim --planted does; -1 if none"
                                + " does",
                        bug.invariant(), bug.patch().getFileName())
                .isEqualTo(bug.seed());
        assertThat(on.brokenWithout(bug.stage(), found)).isEmpty();
    }
}
