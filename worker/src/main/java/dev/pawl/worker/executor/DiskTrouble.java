package dev.pawl.worker.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a full disk from a command's own failure. */
final class DiskTrouble {
    private static final long NEARLY_FULL_BYTES = 64 * 1024;
    private static final String NO_SPACE = "No space left on device";

    private DiskTrouble() {}

    static JobFailure failure(Path path, IOException e) {
        String message = String.valueOf(e.getMessage());
        return JobFailure.infrastructure(
                message.contains(NO_SPACE)
                        ? "disk is full: %s (%s bytes free); free some"
                                .formatted(path, freeBytes(path))
                        : "%s: %s %s".formatted(path, e.getClass().getSimpleName(), message));
    }

    /** Whether a command that failed most likely did so for want of disk. */
    static boolean behind(Path folder, String lastWords) {
        if (lastWords.contains(NO_SPACE)) return true;
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            return free < NEARLY_FULL_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    static String freeBytes(Path path) {
        try {
            return Long.toString(Files.getFileStore(path).getUsableSpace());
        } catch (IOException e) {
            return "unknown";
        }
    }
}
