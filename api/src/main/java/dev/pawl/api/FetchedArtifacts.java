package dev.pawl.api;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A remote worker's artifacts: those of a folder here, to which what a job's input names is fetched
 * from the server when it is first read. What is put stays here until {@link WorkerClient} uploads
 * it with the attempt's end.
 */
public record FetchedArtifacts(Artifacts here, WorkerClient server) implements Artifacts {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    @Override
    public Artifact put(String name, String mediaType, InputStream content) {
        return here.put(name, mediaType, content);
    }

    @Override
    public Optional<InputStream> open(String sha256) {
        Optional<InputStream> known = here.open(sha256);
        return known.isPresent() || !fetch(sha256) ? known : here.open(sha256);
    }

    @Override
    public Optional<Path> file(String sha256) {
        Optional<Path> known = here.file(sha256);
        return known.isPresent() || !fetch(sha256) ? known : here.file(sha256);
    }

    /** Answers whether the server had it. */
    private boolean fetch(String sha256) {
        if (!SHA256.matcher(sha256).matches()) return false;
        Optional<InputStream> found = server.file(sha256);
        if (found.isEmpty()) return false;
        try (InputStream in = found.get()) {
            Artifact kept = here.put(sha256, "", in);
            // What was cut short stays under its own hash, where nobody looks for it.
            if (kept.sha256().equals(sha256)) return true;
            throw cut(sha256, null);
        } catch (IOException e) {
            throw cut(sha256, e);
        }
    }

    private static PawlException cut(String sha256, @Nullable IOException cause) {
        String message = "file %s did not arrive whole".formatted(sha256);
        return cause == null
                ? new PawlException(ErrorCode.SERVER_UNREACHABLE, message)
                : new PawlException(ErrorCode.SERVER_UNREACHABLE, message, cause);
    }

    @Override
    public boolean verify(Artifact artifact) {
        return here.verify(artifact);
    }

    @Override
    public Pruned prune(Instant before, UnaryOperator<Set<String>> unneeded) {
        return here.prune(before, unneeded);
    }

    @Override
    public void close() {
        here.close();
    }
}
