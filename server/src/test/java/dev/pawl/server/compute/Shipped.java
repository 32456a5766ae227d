package dev.pawl.server.compute;

import dev.pawl.api.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** The contracts that ship as examples. */
public final class Shipped {
    /** Tests run in their module's folder, or in the checkout's. */
    public static final Path CONTRACTS =
            Path.of(System.getProperty("pawl.root", ".."), "examples/sitefit/contracts")
                    .toAbsolutePath()
                    .normalize();

    /** The example that the original's reference vector is of. */
    public static final JsonNode MINIMAL = example("minimal");

    /** What the original computed for it, with definition sitefit and version 1.0.0. */
    public static final String MINIMAL_HASH =
            "7827f41e4f4b5dbd8fe5e83494c9cfbb57b75c8166b46f80bf19c552a0ccd7f7";

    private Shipped() {}

    static JsonNode example(String name) {
        return read(CONTRACTS.resolve("sitefit/1.0.0/examples/valid/" + name + ".json"));
    }

    /** A file's JSON. */
    public static JsonNode read(Path file) {
        try {
            return Json.trusted(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
