package dev.pawl.artifact;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes the names in a folder durable. */
final class Folders {
    private static final boolean FORCEABLE = !System.getProperty("os.name").startsWith("Windows");

    private Folders() {}

    /** Forces the folder's entries to disk, also while the thread is interrupted. */
    static void force(Path folder) throws IOException {
        if (!FORCEABLE) return;
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
