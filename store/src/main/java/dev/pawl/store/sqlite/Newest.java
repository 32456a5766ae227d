package dev.pawl.store.sqlite;

import dev.pawl.store.Db;
import dev.pawl.store.Rows;
import dev.pawl.store.Stmt;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * The newest ids of several indexed places, merged: of a tool's lanes, or of the tables in which a
 * state's jobs stand. Each place costs at most a page of its index.
 */
final class Newest {
    static final UUID LAST = new UUID(-1, -1);

    /** Ids are ordered as the database does, by their bytes; UUID's own order is a signed one. */
    private static final Comparator<UUID> BY_BYTES =
            (a, b) -> {
                int high =
                        Long.compareUnsigned(
                                a.getMostSignificantBits(), b.getMostSignificantBits());
                return high != 0
                        ? high
                        : Long.compareUnsigned(
                                a.getLeastSignificantBits(), b.getLeastSignificantBits());
            };

    private final Db db;
    private final UUID after;
    private final int limit;
    private final List<UUID> ids = new ArrayList<>();

    Newest(Db db, String after, int limit) {
        this.db = db;
        this.after = after.isEmpty() ? LAST : UUID.fromString(after);
        this.limit = limit;
    }

    /** A statement with what bounds the page; the caller binds the rest. */
    Stmt stmt(String sql) throws SQLException {
        return db.stmt(sql).set("after", after).set("limit", limit);
    }

    void add(Stmt place) throws SQLException {
        try (Rows rows = place.query()) {
            while (rows.next()) ids.add(rows.uuid(1));
        }
    }

    /** The page. */
    List<UUID> ids() {
        return ids.stream().sorted(BY_BYTES.reversed()).limit(limit).toList();
    }

    /** The lanes of a tool, as name or name@version, and of a queue; empty text for all. */
    static List<Integer> lanes(Db db, String tool, String queue) throws SQLException {
        int at = tool.indexOf('@');
        var lanes = new ArrayList<Integer>();
        try (Rows rows =
                db.stmt(SqliteSql.LANES_OF)
                        .text("tool", at < 0 ? tool : tool.substring(0, at))
                        .text("version", at < 0 ? "" : tool.substring(at + 1))
                        .text("queue", queue)
                        .query()) {
            while (rows.next()) lanes.add(rows.integer(1));
        }
        return lanes;
    }
}
