package dev.pawl.app.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file can't be read or written, in a few words. */
public final class Reason {
    private Reason() {}

    /** As {@code it is not there} or the system's own {@code Read-only file system}. */
    public static String of(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "it is not there";
            case FileAlreadyExistsException _ -> "a file has that name";
            case NotDirectoryException _ -> "it is no folder";
            case DirectoryNotEmptyException _ -> "it is a folder";
            case AccessDeniedException _ -> "access is denied";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
