package dev.pawl.store.sqlite;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's result codes mean for a caller, with what to do. */
final class SqliteErrors {
    private SqliteErrors() {}

    static PawlException of(SQLException e, Path file) {
        // Only the driver's own exception has the extended code.
        SQLiteErrorCode code =
                e instanceof SQLiteException known
                        ? known.getResultCode()
                        : SQLiteErrorCode.getErrorCode(e.getErrorCode());
        if (code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE) return full(e, file);
        // The low byte is the primary code (https://www.sqlite.org/rescode.html).
        return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xff)) {
            case SQLITE_FULL -> full(e, file);
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                    new PawlException(
                            ErrorCode.STORE_CORRUPT,
                            "database %s is damaged or none (%s); restore a copy, or move it away to start afresh"
                                    .formatted(file, code.name()),
                            e);
            case SQLITE_BUSY, SQLITE_LOCKED ->
                    new PawlException(
                            ErrorCode.STORE_UNAVAILABLE,
                            "another process keeps database %s locked; try again".formatted(file),
                            e);
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH ->
                    new PawlException(
                            ErrorCode.STORE_UNAVAILABLE,
                            "database %s can't be opened for writing (%s); check its owner and mode"
                                    .formatted(file, code.name()),
                            e);
            case SQLITE_IOERR ->
                    new PawlException(
                            ErrorCode.STORE_UNAVAILABLE,
                            "database %s can't be read or written (%s); check the disk"
                                    .formatted(file, code.name()),
                            e);
            default ->
                    new PawlException(
                            ErrorCode.STORE_UNAVAILABLE,
                            "database %s: %s".formatted(file, e.getMessage()),
                            e);
        };
    }

    private static PawlException full(SQLException e, Path file) {
        return new PawlException(
                ErrorCode.STORE_FULL,
                "no room for database %s; free some disk space".formatted(file),
                e);
    }
}
