package dev.pawl.store.postgres;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/**
 * What PostgreSQL's codes mean for a caller, with what to do.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
final class PostgresErrors {
    /** A lock that wasn't got in time. */
    static final String LOCKED = "55P03";

    private PostgresErrors() {}

    /** Whether the transaction may succeed when it is done again: it met another one. */
    static boolean metAnother(SQLException e) {
        return switch (state(e)) {
            case "40001", "40P01" -> true;
            default -> false;
        };
    }

    /** Whether a row was there already that a statement has added. */
    static boolean exists(PawlException e) {
        return e.getCause() instanceof SQLException sql && state(sql).equals("23505");
    }

    /** Whether what was wanted is in use by others, for longer than was waited. */
    static boolean busy(PawlException e) {
        return e.getCause() instanceof SQLException sql
                && switch (state(sql)) {
                    case LOCKED, "40P01" -> true;
                    default -> false;
                };
    }

    /** Whether a statement was given up that took long. */
    static boolean tooSlow(PawlException e) {
        return e.getCause() instanceof SQLException sql && tooSlow(sql);
    }

    static boolean tooSlow(SQLException e) {
        return state(e).equals("57014");
    }

    /** Whether the database, or the way to it, is what failed. */
    static boolean away(PawlException e) {
        if (!(e.getCause() instanceof SQLException sql)) return true;
        String state = state(sql);
        return state.isEmpty()
                || state.startsWith("08")
                || state.startsWith("57P")
                || state.startsWith("53")
                || state.equals("25006");
    }

    /** Whether this user may not do it. */
    static boolean forbidden(PawlException e) {
        return e.getCause() instanceof SQLException sql && state(sql).equals("42501");
    }

    /** Whether there are rows that a table must not have. */
    static boolean checkFails(PawlException e) {
        return e.getCause() instanceof SQLException sql && state(sql).equals("23514");
    }

    /** The same in a transaction of a caller's, who may have to do it again. */
    static PawlException inTransaction(SQLException e, PostgresOptions options) {
        SQLException cause = cause(e);
        if (metAnother(cause))
            return refused("the transaction met another one; roll it back and do it again", cause);
        if (state(cause).equals("25P02"))
            return refused("the transaction has failed before; roll it back", cause);
        // A constraint that the database looks at when it commits, or that a trigger has.
        if (state(cause).startsWith("23") || state(cause).startsWith("P0"))
            return refused("the database refuses the transaction: " + message(cause), cause);
        return of(e, options);
    }

    private static PawlException refused(String why, SQLException e) {
        return new PawlException(ErrorCode.NOT_POSSIBLE_NOW, why, e);
    }

    static PawlException of(SQLException e, PostgresOptions options) {
        SQLException cause = cause(e);
        String state = state(cause);
        return switch (state) {
            case "28000", "28P01" ->
                    unavailable("refuses the user or the password", "check them", cause, options);
            case "3D000" ->
                    unavailable("is not there", "create it or name another", cause, options);
            case "42501" ->
                    unavailable(
                            "refuses: " + message(cause), "grant the privilege", cause, options);
            case "53300" ->
                    unavailable(
                            "has no connection left (%s)".formatted(message(cause)),
                            "raise that limit or lower store.connections",
                            cause,
                            options);
            case "25006" ->
                    unavailable(
                            "can only be read: it is a standby, or default_transaction_read_only is"
                                    + " on",
                            "name the primary, or switch that off",
                            cause,
                            options);
            case "57014" ->
                    unavailable(
                            "gave up a statement: " + message(cause),
                            "raise statement_timeout",
                            cause,
                            options);
            case LOCKED ->
                    unavailable(
                            "gave up waiting for a lock: " + message(cause),
                            "raise lock_timeout",
                            cause,
                            options);
            case "26000", "42P05" ->
                    unavailable(
                            "has lost a prepared statement: a pooler stands in front",
                            "add prepareThreshold=0 to its URL",
                            cause,
                            options);
            case "53100" ->
                    new PawlException(
                            ErrorCode.STORE_FULL,
                            "no room for database %s; free some disk space"
                                    .formatted(options.where()),
                            cause);
            default -> other(cause, state, options);
        };
    }

    /** What has no code of its own. */
    private static PawlException other(SQLException cause, String state, PostgresOptions options) {
        String message = message(cause);
        if (message.contains("statement pooling"))
            return unavailable(
                    "is behind a pooler in statement mode, which knows no transactions",
                    "set its pool_mode to transaction",
                    cause,
                    options);
        if (cause instanceof SQLTransientConnectionException && state.isEmpty())
            return unavailable(
                    "has no connection free: all %d of this process are in use"
                            .formatted(options.connections()),
                    "raise store.connections",
                    cause,
                    options);
        if (state.equals("08004") && message.contains("password"))
            return unavailable("wants a password", "give one", cause, options);
        boolean away = state.startsWith("08") || state.startsWith("57P");
        return unavailable(away ? "can't be reached" : "failed", message, cause, options);
    }

    private static PawlException unavailable(
            String what, String hint, SQLException e, PostgresOptions options) {
        return new PawlException(
                ErrorCode.STORE_UNAVAILABLE,
                "database %s %s; %s".formatted(options.where(), what, hint),
                e);
    }

    /** The pool wraps what kept it from connecting. */
    private static SQLException cause(SQLException e) {
        if (e instanceof SQLTransientConnectionException
                && e.getCause() instanceof SQLException sql) return sql;
        return e;
    }

    private static String message(SQLException e) {
        return String.valueOf(e.getMessage())
                .replaceFirst("^(ERROR|FATAL): ", "")
                .replaceAll("\\s+", " ");
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }
}
