package dev.pawl.store.sqlite;

import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A test's database file. Migrating takes longer than a test: each begins with a copy of one empty
 * database.
 */
record EmptyFile(Path file) {
    private static final byte[] EMPTY = migrated();

    /** An empty database in this folder. */
    static EmptyFile in(Path folder) {
        try {
            return new EmptyFile(Files.write(folder.resolve("pawl.db"), EMPTY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SqliteOptions options() {
        return SqliteOptions.of(file);
    }

    List<String> violations() {
        try (var store = SqliteStore.open(options(), new SystemTime())) {
            return store.violations();
        }
    }

    private static byte[] migrated() {
        try {
            Path folder = Files.createTempDirectory("pawl-empty");
            Path file = folder.resolve("pawl.db");
            SqliteStore.open(SqliteOptions.of(file), new SystemTime()).close();
            byte[] empty = Files.readAllBytes(file);
            try (var left = Files.list(folder)) {
                for (Path one : left.toList()) Files.delete(one);
            }
            Files.delete(folder);
            return empty;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
