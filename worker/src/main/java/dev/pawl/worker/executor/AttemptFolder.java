package dev.pawl.worker.executor;

import dev.pawl.core.Artifacts;
import dev.pawl.tool.FileRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The folder of one attempt of a command. Only {@code work} is the command's: what is beside it no
 * artifact pattern reaches.
 */
record AttemptFolder(Path path, Path work) {
    static AttemptFolder in(Path path) throws IOException {
        return new AttemptFolder(path, Files.createDirectory(path.resolve("work")));
    }

    /** Where the command finds its input. */
    Path input() {
        return path.resolve("input.json");
    }

    /** Where the command may write its output. */
    Path output() {
        return path.resolve("output.json");
    }

    /** The content of what is written to the standard input. */
    Path stdin() {
        return path.resolve("stdin");
    }

    /** What came from the standard output, when it becomes an artifact. */
    Path stdout() {
        return path.resolve("stdout");
    }

    /**
     * Copies of the input's files, under their own names, so that a command can neither change nor
     * see what is kept.
     */
    Map<FileRef, Path> copies(Collection<FileRef> files, Artifacts artifacts) throws IOException {
        var copies = new HashMap<FileRef, Path>();
        for (FileRef file : files) {
            if (copies.containsKey(file)) continue;
            Path folder = path.resolve("files").resolve(Integer.toString(copies.size()));
            Path copy = Files.createDirectories(folder).resolve(file.name());
            copy(file, artifacts, copy);
            copies.put(file, copy);
        }
        return copies;
    }

    /** Copies a kept file, and refuses one whose content is not what its hash says. */
    private static void copy(FileRef file, Artifacts artifacts, Path to) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream kept =
                        artifacts
                                .open(file.sha256())
                                .orElseThrow(() -> unusable(file, "is not kept any more"));
                InputStream in = new DigestInputStream(kept, digest);
                OutputStream out = Files.newOutputStream(to)) {
            in.transferTo(out);
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(file.sha256()))
            throw unusable(file, "is damaged");
    }

    private static JobFailure unusable(FileRef file, String why) {
        return JobFailure.infrastructure(
                "input file \"%s\" (sha256 %s) %s; submit it again"
                        .formatted(file.name(), file.sha256(), why));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
