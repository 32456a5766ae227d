package dev.pawl.store;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds out which contents stored jobs name by their hash: in artifacts, inputs and outputs. */
final class Mentions {
    static final UUID FIRST = new UUID(0, 0);
    private static final int PAGE = 1_000;

    // Looks ahead, so that a hash is found inside of a longer run of digits too.
    private static final Pattern SHA256 = Pattern.compile("(?=([0-9a-f]{64}))");

    private Mentions() {}

    /**
     * Takes away from {@code left} what a page of rows names; answers where the next one begins.
     */
    static Optional<UUID> page(Db db, String sql, UUID after, Set<String> left)
            throws SQLException {
        UUID last = after;
        int count = 0;
        try (Rows rows = db.stmt(sql).set("after", after).set("limit", PAGE).query()) {
            for (; rows.next(); count++) {
                last = rows.uuid(1);
                Matcher found = SHA256.matcher(rows.text(2));
                while (found.find()) left.remove(found.group(1));
            }
        }
        return count < PAGE ? Optional.empty() : Optional.of(last);
    }
}
