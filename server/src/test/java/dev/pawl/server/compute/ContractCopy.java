package dev.pawl.server.compute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Copies of shipped contracts, to be changed. */
public final class ContractCopy {
    private ContractCopy() {}

    /** A copy of {@code sitefit:1.1.0} under another name; its manifest is empty. */
    public static Path ofDebug(Path folder, String name, String version) throws IOException {
        Path to = folder.resolve(name).resolve(version);
        Path from = Shipped.CONTRACTS.resolve("sitefit/1.1.0");
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(copy);
                else Files.copy(file, copy);
            }
        }
        Files.writeString(to.resolve("manifest.json"), "{}");
        return to;
    }
}
