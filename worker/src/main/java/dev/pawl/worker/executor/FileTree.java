package dev.pawl.worker.executor;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Removes a folder with all that is in it; follows no link. */
final class FileTree {
    private FileTree() {}

    static void delete(Path folder) throws IOException {
        try {
            Files.walkFileTree(folder, new Deleting());
        } catch (NoSuchFileException _) {
            // It is gone, which is what was wanted.
        }
    }

    private static final class Deleting extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            // A command may have made its folders read-only; one unreadable fails to be visited.
            if (!Files.isWritable(folder)) open(folder);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException why) throws IOException {
            if (why instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
            if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) || !open(file)) throw why;
            delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException broken)
                throws IOException {
            if (broken != null) throw broken;
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }

        /** Whether the folder was closed to its owner and isn't any more. */
        private static boolean open(Path folder) {
            try {
                var all = PosixFilePermissions.fromString("rwx------");
                if (Files.getPosixFilePermissions(folder).containsAll(all)) return false;
                Files.setPosixFilePermissions(folder, all);
                return true;
            } catch (IOException | UnsupportedOperationException e) {
                return false;
            }
        }
    }
}
