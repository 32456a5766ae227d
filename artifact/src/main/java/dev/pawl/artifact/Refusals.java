package dev.pawl.artifact;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says what a disk's refusal means. */
final class Refusals {
    private Refusals() {}

    static PawlException of(Path path, IOException e) {
        if (noRoom(e))
            return new PawlException(
                    ErrorCode.STORE_FULL,
                    "no room below %s (%s bytes free); free some, or name another folder"
                            .formatted(path, freeBytes(path)),
                    e);
        return new PawlException(
                ErrorCode.STORE_UNAVAILABLE,
                "artifact folder: %s: %s".formatted(path, reason(e)),
                e);
    }

    /** Java has no type for it; the words are the C library's for ENOSPC and EDQUOT. */
    private static boolean noRoom(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left on device")
                || message.contains("Disk quota exceeded")
                || message.contains("not enough space");
    }

    private static String freeBytes(Path path) {
        try {
            return Long.toString(Files.getFileStore(path).getUsableSpace());
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + " " + e.getMessage();
    }
}
