package dev.pawl.artifact;

import dev.pawl.core.Artifacts.Pruned;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Removes contents that nobody needs while others put and read.
 *
 * <p>A content is moved away, looked at once more, and only then deleted: if it was put again just
 * before the move, it is young, and if a job came to name it, it is needed; either way it is moved
 * back. Who puts it after the move has made a file of its own, which is not touched. Who looks for
 * it in between is told that it isn't here, and puts it again.
 */
final class Pruning {
    private static final int AT_ONCE_MAX = 100_000;

    private final Path blobs;
    private final Path away;

    /**
     * @param away a folder on the same disk, where nobody looks for contents
     */
    Pruning(Path blobs, Path away) {
        this.blobs = blobs;
        this.away = away;
    }

    Pruned prune(Instant before, UnaryOperator<Set<String>> unneeded) throws IOException {
        Set<String> old = putBefore(before);
        if (old.isEmpty()) return new Pruned(0, 0);
        var moved = new HashMap<String, Path>();
        try {
            for (String sha256 : unneeded.apply(old)) {
                Path file = away.resolve(sha256 + ".pruned");
                if (moveAway(sha256, file, before)) moved.put(sha256, file);
            }
            if (moved.isEmpty()) return new Pruned(0, 0);
            return delete(moved, unneeded.apply(Set.copyOf(moved.keySet())));
        } finally {
            for (var left : moved.entrySet()) moveBack(left.getValue(), left.getKey());
        }
    }

    private Set<String> putBefore(Instant before) throws IOException {
        var old = new HashSet<String>();
        try (DirectoryStream<Path> shards = Files.newDirectoryStream(blobs)) {
            for (Path shard : shards)
                try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
                    for (Path file : files) {
                        if (old.size() == AT_ONCE_MAX) return old;
                        if (isOlder(file, before))
                            old.add(shard.getFileName().toString() + file.getFileName());
                    }
                }
        }
        return old;
    }

    private boolean moveAway(String sha256, Path to, Instant before) throws IOException {
        try {
            Files.move(path(sha256), to, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException _) {
            // Another process prunes too.
            return false;
        }
        if (isOlder(to, before)) return true;
        moveBack(to, sha256);
        return false;
    }

    /** Deletes those that are still not needed, and takes them out of the map. */
    private static Pruned delete(Map<String, Path> moved, Set<String> unneeded) throws IOException {
        int contents = 0;
        long bytes = 0;
        for (String sha256 : unneeded) {
            Path file = moved.remove(sha256);
            if (file == null) continue;
            bytes += Files.size(file);
            Files.delete(file);
            contents++;
        }
        return new Pruned(contents, bytes);
    }

    /** Over one that was put meanwhile: the content is the same. */
    private void moveBack(Path file, String sha256) throws IOException {
        Files.move(
                file,
                path(sha256),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        Folders.force(shard(sha256));
    }

    private static boolean isOlder(Path file, Instant before) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(before);
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    private Path path(String sha256) {
        return shard(sha256).resolve(sha256.substring(2));
    }

    private Path shard(String sha256) {
        return blobs.resolve(sha256.substring(0, 2));
    }
}
