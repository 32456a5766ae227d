package dev.pawl.store.sqlite;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's result codes mean for a caller, with what to do. */
final class SqliteErrors {
    /** What triggers of {@link SqliteMove} say. */
    private static final Pattern MOVING =
            Pattern.compile("(%s|%s): ([^\\s)]+)".formatted(SqliteMove.MOVED, SqliteMove.MOVING));

    private SqliteErrors() {}

    private static PawlException moving(String what, String target, Path file, SQLException e) {
        return what.equals(SqliteMove.MOVED)
                ? SqliteMove.moved(file.toString(), target, e)
                : new PawlException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "the jobs of %s are about to move to %s; claims rest for some seconds"
                                .formatted(file, target),
                        e);
    }

    static PawlException of(SQLException e, Path file) {
        // Only the driver's own exception has the extended code.
        SQLiteErrorCode code =
                e instanceof SQLiteException known
                        ? known.getResultCode()
                        : SQLiteErrorCode.getErrorCode(e.getErrorCode());
        Matcher moving = MOVING.matcher(String.valueOf(e.getMessage()));
        if (moving.find()) return moving(moving.group(1), moving.group(2), file, e);
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
