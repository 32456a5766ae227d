package dev.pawl.testkit.sim;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** Files that nobody reads: only whether they are whole matters here. */
final class SimArtifacts implements Artifacts {
    private final World world;

    SimArtifacts(World world) {
        this.world = world;
    }

    @Override
    public Artifact put(String name, String mediaType, InputStream content) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<InputStream> open(String sha256) {
        return Optional.empty();
    }

    @Override
    public Optional<Path> file(String sha256) {
        return Optional.empty();
    }

    /** One in twenty is damaged. */
    @Override
    public boolean verify(Artifact artifact) {
        return world.random.nextInt(20) > 0;
    }

    @Override
    public void close() {}
}
