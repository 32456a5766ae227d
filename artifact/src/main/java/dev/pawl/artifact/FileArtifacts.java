package dev.pawl.artifact;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Artifacts as files below one folder, which several processes may share.
 *
 * <p>Why a content that {@link #put} returned is whole and durable, and no other is ever found:
 *
 * <ul>
 *   <li>It is written to {@code writing/}, which nobody reads, and hashed on the way.
 *   <li>It is forced to disk before its rename to {@code blobs/ab/cdef…}, and the folder after it:
 *       the name never stands for less than the content.
 *   <li>A rename replaces: two writers of the same content leave one whole file, and one that went
 *       bad on disk is made good again by the next put of its content.
 *   <li>{@link Pruning} takes a content away before it looks for the last time whether somebody
 *       needs it, and brings it back then.
 *   <li>What a crash leaves in {@code writing/} is removed by a later start, when it is older than
 *       {@link #ABANDONED_AFTER}: younger ones may be another process's.
 * </ul>
 */
public final class FileArtifacts implements Artifacts {
    /** A file that has been written to for longer than this has no writer any more. */
    static final Duration ABANDONED_AFTER = Duration.ofHours(1);

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int BUFFER_BYTES = 64 * 1024;

    /** Less room than that is told as trouble. */
    private static final long ROOM_MIN_BYTES = 1 << 20;

    private final Path blobs;
    private final Path writing;
    private final Disk disk;
    private final Set<Path> durableFolders = ConcurrentHashMap.newKeySet();

    /**
     * Opens the folder, made where it is missing, and removes what crashed writers left.
     *
     * @throws PawlException {@link ErrorCode#STORE_UNAVAILABLE} when it can't be written to
     */
    public FileArtifacts(Path folder, Time time) {
        this(folder, time, FileOutputStream::new);
    }

    /** Opens a file for writing; a test's disk is full when it likes. */
    interface Disk {
        FileOutputStream open(File file) throws IOException;
    }

    FileArtifacts(Path folder, Time time, Disk disk) {
        this.blobs = folder.toAbsolutePath().resolve("blobs");
        this.writing = blobs.resolveSibling("writing");
        this.disk = disk;
        try {
            Files.createDirectories(blobs);
            Files.createDirectories(writing);
            Folders.force(folder);
            removeAbandoned(time.instant().minus(ABANDONED_AFTER));
        } catch (IOException e) {
            throw Refusals.of(folder, e);
        }
        if (!Files.isWritable(writing))
            throw new PawlException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "artifact folder %s is not writable; make it so, or name another"
                            .formatted(folder));
    }

    @Override
    public Artifact put(String name, String mediaType, InputStream content) {
        if (!Artifact.validName(name))
            throw new IllegalArgumentException("artifact name \"" + name + "\"");
        Path file = null;
        try {
            file = Files.createTempFile(writing, "", ".blob");
            Written written = write(file, content);
            Path shard = shardOf(written.sha256());
            makeDurable(shard);
            Files.move(
                    file,
                    pathOf(written.sha256()),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            Folders.force(shard);
            return new Artifact(name, written.sizeBytes(), written.sha256(), mediaType);
        } catch (IOException e) {
            removeQuietly(file);
            throw Refusals.of(blobs, e);
        } catch (RuntimeException | Error e) {
            removeQuietly(file);
            throw e;
        }
    }

    @Override
    public Optional<InputStream> open(String sha256) {
        if (!SHA256.matcher(sha256).matches()) return Optional.empty();
        try {
            return Optional.of(Files.newInputStream(pathOf(sha256)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw Refusals.of(pathOf(sha256), e);
        }
    }

    @Override
    public Optional<Path> file(String sha256) {
        if (!SHA256.matcher(sha256).matches()) return Optional.empty();
        return Optional.of(pathOf(sha256)).filter(Files::isRegularFile);
    }

    /** What can't be read to its end isn't right either. */
    @Override
    public boolean verify(Artifact artifact) {
        MessageDigest digest = sha256();
        long sizeBytes = 0;
        var buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(pathOf(artifact.sha256()))) {
            for (int n; (n = in.read(buffer)) >= 0; sizeBytes += n) digest.update(buffer, 0, n);
        } catch (IOException e) {
            return false;
        }
        return sizeBytes == artifact.sizeBytes() && hex(digest).equals(artifact.sha256());
    }

    @Override
    public Pruned prune(Instant before, UnaryOperator<Set<String>> unneeded) {
        try {
            return new Pruning(blobs, writing).prune(before, unneeded);
        } catch (IOException e) {
            throw Refusals.of(blobs, e);
        }
    }

    /** Holds nothing open. */
    @Override
    public Optional<String> trouble() {
        for (Path folder : List.of(blobs, writing))
            if (!Files.isDirectory(folder) || !Files.isWritable(folder))
                return Optional.of("folder %s is gone or can't be written".formatted(folder));
        try {
            long room = Files.getFileStore(writing).getUsableSpace();
            return room >= ROOM_MIN_BYTES
                    ? Optional.empty()
                    : Optional.of("disk is full: %d bytes left at %s".formatted(room, writing));
        } catch (IOException e) {
            return Optional.of(e.toString());
        }
    }

    @Override
    public void close() {}

    private record Written(long sizeBytes, String sha256) {}

    private Written write(Path file, InputStream content) throws IOException {
        MessageDigest digest = sha256();
        long sizeBytes = 0;
        var buffer = new byte[BUFFER_BYTES];
        // Not a FileChannel: an interrupt would close it, and what a stopped attempt made is kept.
        try (FileOutputStream out = disk.open(file.toFile())) {
            for (int n; (n = read(content, buffer)) >= 0; sizeBytes += n) {
                digest.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
            out.getFD().sync();
        }
        return new Written(sizeBytes, hex(digest));
    }

    /** Keeps the source's trouble apart from the disk's. */
    private static int read(InputStream content, byte[] buffer) {
        try {
            return content.read(buffer);
        } catch (IOException e) {
            throw new PawlException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "content to keep can't be read: " + e.getMessage(),
                    e);
        }
    }

    private void makeDurable(Path shard) throws IOException {
        if (durableFolders.contains(shard)) return;
        Files.createDirectories(shard);
        Folders.force(blobs);
        durableFolders.add(shard);
    }

    private void removeAbandoned(Instant before) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(writing)) {
            for (Path file : files) {
                try {
                    if (Files.getLastModifiedTime(file).toInstant().isBefore(before))
                        Files.deleteIfExists(file);
                } catch (NoSuchFileException _) {
                    // Another process finished or removed it meanwhile.
                }
            }
        }
    }

    private Path pathOf(String sha256) {
        return shardOf(sha256).resolve(sha256.substring(2));
    }

    private Path shardOf(String sha256) {
        return blobs.resolve(sha256.substring(0, 2));
    }

    private static void removeQuietly(@Nullable Path file) {
        try {
            if (file != null) Files.deleteIfExists(file);
        } catch (IOException _) {
            // A later start removes it.
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
