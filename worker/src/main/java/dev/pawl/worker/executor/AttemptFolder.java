package dev.pawl.worker.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder of one attempt of a command. Only {@code work} is the command's: what is beside it no
 * artifact pattern reaches.
 */
record AttemptFolder(Path path, Path work, Path files) {
    static AttemptFolder in(Path path) throws IOException {
        return new AttemptFolder(
                path,
                Files.createDirectory(path.resolve("work")),
                Files.createDirectory(path.resolve("files")));
    }

    /** Where the command finds its input. */
    Path input() {
        return path.resolve("input.json");
    }

    /** Where the command may write its output. */
    Path output() {
        return path.resolve("output.json");
    }

    /** The content of the standard input. */
    Path stdin() {
        return path.resolve("stdin");
    }

    /** What came from the standard output, when it becomes an artifact. */
    Path stdout() {
        return path.resolve("stdout");
    }
}
