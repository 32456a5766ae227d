package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shipped plantuml with and without Graphviz's {@code dot}. */
@Tag("process")
@Timeout(300)
final class GraphvizTest {
    private static final String GRAPH = "@startdot\ndigraph g {\n  a -> b\n}\n@enddot\n";
    private static final String CLASSES = "@startuml\nclass A\nA --> B : uses\nB <|-- C\n@enduml\n";

    @TempDir Path folder;

    @Test
    void aGraphIsDrawnByDot() throws Exception {
        requireDot();

        try (var run = draw(GRAPH, System.getenv("PATH"))) {
            assertThat(run.ends()).as(run::said).isZero();
        }

        assertThat(Files.readAllBytes(folder.resolve("out/d.png")))
                .startsWith(0x89, 'P', 'N', 'G')
                .hasSizeGreaterThan(1_000);
    }

    @Test
    void withoutDotAGraphIsRefusedNamingThePackage() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        try (var run = draw(GRAPH, empty.toString())) {
            assertThat(run.ends()).as(run::said).isEqualTo(5);
            assertThat(run.printed())
                    .contains("program \"dot\" is not installed here; install graphviz")
                    .contains("is cancelled");
        }
    }

    @Test
    void withoutDotAClassDiagramIsDrawnAllTheSame() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        try (var run = draw(CLASSES, empty.toString())) {
            assertThat(run.ends()).as(run::said).isZero();
        }

        assertThat(Files.readAllBytes(folder.resolve("out/d.png")))
                .startsWith(0x89, 'P', 'N', 'G')
                .hasSizeGreaterThan(1_000);
    }

    private PawlProcess draw(String diagram, String path) throws Exception {
        Files.writeString(folder.resolve("d.puml"), diagram);
        String tools = Path.of(System.getProperty("pawl.root", "..")).toRealPath() + "/tools";
        return PawlProcess.start(
                folder,
                Files.createFile(folder.resolve("nothing")),
                List.of("-Dpawl.tools=" + tools),
                Map.of("PATH", path),
                "dev.pawl.app.Main",
                List.of("run", "plantuml", "--diagram", "@d.puml", "--out", "out"));
    }

    private static void requireDot() {
        boolean there =
                Stream.of(System.getenv("PATH").split(":", -1))
                        .anyMatch(dir -> Files.isExecutable(Path.of(dir, "dot")));
        if (there) return;
        assertThat(System.getenv("PAWL_REQUIRE")).as("dot is missing").isNotEqualTo("all");
        Assumptions.abort("SKIPPED: dot is missing (Debian: apt install graphviz)");
    }
}
