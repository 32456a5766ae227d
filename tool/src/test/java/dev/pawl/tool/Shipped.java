package dev.pawl.tool;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The tools that come with Pawl, and the examples, as they stand in the repository. */
final class Shipped {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    static final String PLANTUML =
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> entry.contains("plantuml-mit"))
                    .findFirst()
                    .orElseThrow();

    private Shipped() {}

    static Tools tools() {
        return Tools.of(
                List.of(ROOT.resolve("tools"), ROOT.resolve("examples/tools")),
                Map.of("classpath.plantuml", PLANTUML));
    }

    static Tool tool(String name) {
        return switch (tools().find(name)) {
            case Lookup.Found(var tool) -> tool;
            case Lookup.Unknown(var message, var _) -> throw new AssertionError(message);
        };
    }
}
