package dev.pawl.store.original;

import java.util.List;

/** What differs between the databases that an original runs on. Constant fragments of SQL. */
enum Dialect {
    /** Ids are of type uuid, times of type timestamp, in UTC, or timestamptz. */
    POSTGRES(
            "CAST(EXTRACT(EPOCH FROM %s) * 1000 AS bigint)",
            "CAST(? AS uuid)", "= ANY (CAST(? AS uuid[]))", "00000000-0000-0000-0000-000000000000"),

    /** Ids are text, times text in UTC. */
    SQLITE(
            "CAST(round(unixepoch(%s, 'subsec') * 1000) AS INTEGER)",
            "?", "IN (SELECT value FROM json_each(?))", " ");

    private final String millis;

    /** The last id of the page before. */
    final String after;

    /** Whether an id is one of a page's. */
    final String among;

    /** Before every id. */
    final String first;

    Dialect(String millis, String after, String among, String first) {
        this.millis = millis;
        this.after = after;
        this.among = among;
        this.first = first;
    }

    /** A time as milliseconds since 1970; null where it isn't one. */
    String millis(String column) {
        return millis.formatted(column);
    }

    /** Ids as one parameter; what is no UUID, and so might be to be quoted, isn't. */
    String ids(List<String> all) {
        List<String> ids = all.stream().filter(id -> id.matches("[0-9a-fA-F-]+")).toList();
        return switch (this) {
            case POSTGRES -> "{" + String.join(",", ids) + "}";
            case SQLITE -> "[\"" + String.join("\",\"", ids) + "\"]";
        };
    }
}
