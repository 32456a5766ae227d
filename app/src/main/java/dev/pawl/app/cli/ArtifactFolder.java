package dev.pawl.app.cli;

import dev.pawl.app.config.Reason;
import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A folder of the user's that artifacts are written to, under their names. */
record ArtifactFolder(Path folder) {
    /** Makes the folder, so that a job isn't run whose result could go nowhere. */
    void make() {
        try {
            Files.createDirectories(folder);
            if (Files.isWritable(folder)) return;
            throw refused("is not writable; make it so, or name another with --out", null);
        } catch (IOException e) {
            throw refused("can't be made (%s); name another with --out".formatted(Reason.of(e)), e);
        }
    }

    /**
     * Writes a copy, and closes what it is read from; a file that is there under that name is
     * replaced whole or not at all.
     */
    Path write(Artifact artifact, InputStream from) {
        Path file = folder.resolve(artifact.name());
        try (InputStream content = from) {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) Files.createDirectories(parent);
            Path part = file.resolveSibling(file.getFileName() + ".part");
            try {
                Files.copy(content, part, StandardCopyOption.REPLACE_EXISTING);
                Files.move(
                        part,
                        file,
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
            return file;
        } catch (IOException e) {
            throw refused(
                    "can't take %s (%s); the job is done, its artifacts are kept"
                            .formatted(artifact.name(), Reason.of(e)),
                    e);
        }
    }

    private PawlException refused(
            String why, @org.jspecify.annotations.Nullable IOException cause) {
        String message = "folder " + folder + " " + why;
        return cause == null
                ? new PawlException(ErrorCode.NOT_POSSIBLE_NOW, message)
                : new PawlException(ErrorCode.NOT_POSSIBLE_NOW, message, cause);
    }
}
