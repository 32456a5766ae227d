package dev.pawl.testkit;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Keeps no content: for tests in which artifacts are only names and hashes. */
public final class NoArtifacts implements Artifacts {
    private final Predicate<Artifact> whole;

    /** Whatever is asked for is whole. */
    public NoArtifacts() {
        this(_ -> true);
    }

    /**
     * @param whole what {@link #verify} answers
     */
    public NoArtifacts(Predicate<Artifact> whole) {
        this.whole = whole;
    }

    /** Refuses: a test that puts a file wants it kept, and has taken the wrong fake. */
    @Override
    public Artifact put(String name, String mediaType, InputStream content) {
        throw new AssertionError(
                name + ": this fake keeps nothing; take FileArtifacts where a test puts a file");
    }

    @Override
    public Optional<InputStream> open(String sha256) {
        return Optional.empty();
    }

    @Override
    public Optional<Path> file(String sha256) {
        return Optional.empty();
    }

    @Override
    public boolean verify(Artifact artifact) {
        return whole.test(artifact);
    }

    @Override
    public Pruned prune(Instant before, UnaryOperator<Set<String>> unneeded) {
        return new Pruned(0, 0);
    }

    @Override
    public void close() {}
}
