package dev.pawl.core;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Keeps files by the hash of their content. Thread-safe; every method blocks for its I/O. */
public interface Artifacts extends AutoCloseable {
    /**
     * Keeps a copy of the stream's content under {@code name}. When this returns the content is
     * whole and durable; a crash before leaves nothing that {@link #open} would find.
     *
     * @throws PawlException {@link ErrorCode#STORE_FULL} when there is no room
     */
    Artifact put(String name, String mediaType, InputStream content);

    /** The content with that hash, to be closed by the caller; empty when it isn't here. */
    Optional<InputStream> open(String sha256);

    /** A file to read the content from, for as long as the artifact is kept; never write to it. */
    Optional<Path> file(String sha256);

    /** Reads the content again and says whether size and hash are still right. */
    boolean verify(Artifact artifact);

    /**
     * Removes contents that were put before this moment and that {@code unneeded}, asked about many
     * at once, names. It is asked a second time about those it named, once nobody can find them any
     * more, and what it doesn't name again comes back. Up to 100,000 at a time.
     */
    Pruned prune(Instant before, UnaryOperator<Set<String>> unneeded);

    /** Why nothing can be kept at the moment; empty where nothing speaks against it. */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /** How much was removed. */
    record Pruned(int contents, long bytes) {}

    @Override
    void close();
}
