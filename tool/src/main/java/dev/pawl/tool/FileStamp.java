package dev.pawl.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What tells that a file has changed, without reading it.
 *
 * @param key which file it is, where the file system says so
 */
public record FileStamp(FileTime modified, long sizeBytes, @Nullable Object key) {
    /** That of a file which can't be looked at. */
    static final FileStamp NONE = new FileStamp(FileTime.fromMillis(0), -1, null);

    /** Looks at the file. */
    public static FileStamp of(Path file) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileStamp(found.lastModifiedTime(), found.size(), found.fileKey());
    }
}
