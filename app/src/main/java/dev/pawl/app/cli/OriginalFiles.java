package dev.pawl.app.cli;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The files that an original's jobs left, below one folder: what its database names elsewhere is
 * not read, for a name is only what somebody once wrote into a table.
 */
record OriginalFiles(@Nullable Path folder) {
    /** How long after a job's end its files may still have been written. */
    private static final Duration SLACK = Duration.ofMinutes(5);

    /** What a name led to. */
    sealed interface Look {
        record Found(Path file, String name) implements Look {}

        record NotTaken(String why) implements Look {}
    }

    /**
     * Looks for one.
     *
     * @param below a folder that the original says names are relative to; empty for none
     * @param ended when the job ended: a file that was changed later is another job's
     */
    Look look(String name, String below, Instant ended) {
        if (folder == null) return new Look.NotTaken("no --files says where files are");
        try {
            Path root = folder.toRealPath();
            Path plain = Path.of(name);
            Path asked = root.resolve(below.isEmpty() ? plain : Path.of(below).resolve(plain));
            if (!Files.isRegularFile(asked)) return new Look.NotTaken("it is not there");
            Path file = asked.toRealPath();
            if (!file.startsWith(root)) return new Look.NotTaken("it is not below " + folder);
            if (Files.getLastModifiedTime(file).toInstant().isAfter(ended.plus(SLACK)))
                return new Look.NotTaken("it was changed after the job had ended");
            String kept = plain.isAbsolute() ? file.getFileName().toString() : name;
            if (!Artifact.validName(kept))
                return new Look.NotTaken("no file is kept by such a name");
            return new Look.Found(file, kept);
        } catch (IOException | InvalidPathException e) {
            return new Look.NotTaken("it can't be read: " + e.getMessage());
        }
    }

    /** Keeps a copy. */
    static Artifact put(Artifacts artifacts, Look.Found found) throws IOException {
        String type = URLConnection.guessContentTypeFromName(found.name);
        try (InputStream content = Files.newInputStream(found.file)) {
            return artifacts.put(
                    found.name, type == null ? "application/octet-stream" : type, content);
        }
    }
}
