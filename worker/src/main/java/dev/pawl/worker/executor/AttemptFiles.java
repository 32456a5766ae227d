package dev.pawl.worker.executor;

import dev.pawl.core.Artifacts;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.InputFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The input's files as one attempt reads them: copies, so that a command can't change what is kept,
 * made when they are first asked for. Not thread-safe.
 */
final class AttemptFiles implements InputFiles {
    private final AttemptFolder folder;
    private final Artifacts artifacts;
    private final Map<String, Path> stored = new HashMap<>();
    private final Map<String, Path> inline = new HashMap<>();

    AttemptFiles(AttemptFolder folder, Artifacts artifacts) {
        this.folder = folder;
        this.artifacts = artifacts;
    }

    /**
     * @throws JobFailure when it is not kept any more, or its content is not what its hash says
     * @throws UncheckedIOException when it can't be written
     */
    @Override
    public Path stored(FileRef file) {
        return stored.computeIfAbsent(file.sha256(), _ -> copy(file));
    }

    @Override
    public Path inline(String field, String text) {
        return inline.computeIfAbsent(text, _ -> write(text));
    }

    private Path write(String text) {
        try {
            return Files.writeString(next(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path copy(FileRef file) {
        Path copy = next();
        MessageDigest digest = sha256();
        try (InputStream kept =
                        artifacts
                                .open(file.sha256())
                                .orElseThrow(() -> unusable(file, "is not kept any more"));
                InputStream in = new DigestInputStream(kept, digest);
                OutputStream out = Files.newOutputStream(copy)) {
            in.transferTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(file.sha256()))
            throw unusable(file, "is damaged");
        return copy;
    }

    private Path next() {
        return folder.files().resolve("file-" + (stored.size() + inline.size() + 1));
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
