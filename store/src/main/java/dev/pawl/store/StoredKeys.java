package dev.pawl.store;

import dev.pawl.core.ApiKey;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Role;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The keys of a server's callers. */
final class StoredKeys {
    private StoredKeys() {}

    static int add(Tx tx, ApiKey key, byte[] hash) throws SQLException {
        boolean expires = !key.expiresAt().equals(Instant.MAX);
        int added =
                tx.stmt(UserSql.API_KEY_ADD)
                        .set("id", key.id())
                        .set("hash", hash)
                        .set("name", key.name())
                        .set("role", key.role().wire())
                        .set("tenant", key.tenant())
                        .set("created_at", key.createdAt())
                        .set("expires_at", expires ? key.expiresAt() : null)
                        .update();
        if (added == 0)
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW, "key %s is there already".formatted(key.id()));
        return added;
    }

    static Optional<ApiKey> find(Db db, String sha256) throws SQLException {
        byte[] hash = HexFormat.of().parseHex(sha256);
        try (Rows rows = db.stmt(UserSql.API_KEY_FIND).set("hash", hash).query()) {
            return rows.next() ? Optional.of(key(rows)) : Optional.empty();
        }
    }

    static List<ApiKey> all(Db db) throws SQLException {
        var keys = new ArrayList<ApiKey>();
        try (Rows rows = db.stmt(UserSql.API_KEYS).query()) {
            while (rows.next()) keys.add(key(rows));
        }
        return keys;
    }

    private static ApiKey key(Rows rows) throws SQLException {
        String role = rows.text(3);
        return new ApiKey(
                rows.text(1),
                rows.text(2),
                Role.ofWire(role).orElseThrow(() -> new IllegalStateException("role " + role)),
                rows.text(4),
                rows.instant(5),
                rows.isNull(6) ? Instant.MAX : rows.instant(6),
                rows.isNull(7) ? Optional.empty() : Optional.of(rows.instant(7)),
                rows.isNull(8) ? Optional.empty() : Optional.of(rows.instant(8)));
    }
}
