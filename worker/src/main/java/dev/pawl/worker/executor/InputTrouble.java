package dev.pawl.worker.executor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;

/** Says what it means that a template could not be filled in. */
final class InputTrouble {
    private InputTrouble() {}

    static JobFailure failure(Path path, UncheckedIOException e) {
        IOException cause = e.getCause();
        if (cause instanceof CharacterCodingException)
            return JobFailure.user(String.valueOf(e.getMessage()));
        return DiskTrouble.failure(path, cause == null ? new IOException(e.getMessage()) : cause);
    }
}
