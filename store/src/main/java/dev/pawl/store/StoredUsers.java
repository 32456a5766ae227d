package dev.pawl.store;

import dev.pawl.core.Role;
import dev.pawl.core.Session;
import dev.pawl.core.User;
import dev.pawl.core.Users;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Users and their sessions in a store's file. */
final class StoredUsers implements Users {
    private static final int AFTER_USER = 10;

    private final SqlStore store;

    StoredUsers(SqlStore store) {
        this.store = store;
    }

    @Override
    public boolean add(User user, String passwordHash) {
        return store.write(tx -> insert(tx, user, passwordHash));
    }

    @Override
    public Optional<User> register(User user, String passwordHash) {
        return store.write(tx -> {
            // Nobody else writes until the commit, so nobody else is the first as well.
            tx.alone("pawl.user_account");
            User kept = any(tx) ? user : user.withRole(Role.ADMIN, "");
            return insert(tx, kept, passwordHash) ? Optional.of(kept) : Optional.empty();
        });
    }

    private static boolean any(Tx tx) throws SQLException {
        try (Rows rows = tx.stmt(UserSql.ANY).query()) {
            return rows.next();
        }
    }

    private static boolean insert(Tx tx, User user, String passwordHash) throws SQLException {
        return tx.stmt(UserSql.ADD)
                        .set("name", user.name())
                        .set("id", user.id())
                        .set("email", user.email())
                        .set("full_name", user.fullName())
                        .set("role", user.role().wire())
                        .set("tenant", user.tenant())
                        .set("password", passwordHash)
                        .set("created_at", user.createdAt())
                        .update()
                > 0;
    }

    @Override
    public Optional<User> find(String name) {
        return known(name).map(Known::user);
    }

    @Override
    public Optional<Known> known(String name) {
        return store.read(db -> {
            try (Rows rows = db.stmt(UserSql.FIND).set("name", name).query()) {
                if (!rows.next()) return Optional.empty();
                return Optional.of(new Known(user(rows), rows.text(AFTER_USER)));
            }
        });
    }

    @Override
    public List<User> all() {
        return store.read(db -> {
            var all = new ArrayList<User>();
            try (Rows rows = db.stmt(UserSql.ALL).query()) {
                while (rows.next()) all.add(user(rows));
            }
            return all;
        });
    }

    @Override
    public boolean setRole(String name, Role role, String tenant) {
        return store.write(tx ->
                tx.stmt(UserSql.SET_ROLE)
                                .set("name", name)
                                .set("role", role.wire())
                                .set("tenant", tenant)
                                .update()
                        > 0);
    }

    @Override
    public boolean setPassword(String name, String passwordHash) {
        return store.write(tx -> {
            endAll(tx, name);
            return tx.stmt(UserSql.SET_PASSWORD)
                            .set("name", name)
                            .set("password", passwordHash)
                            .update()
                    > 0;
        });
    }

    @Override
    public boolean setDisabled(String name, boolean disabled) {
        return store.write(tx -> {
            if (!disabled) return tx.stmt(UserSql.ENABLE).set("name", name).update() > 0;
            endAll(tx, name);
            return tx.stmt(UserSql.DISABLE).set("name", name).set("now", tx.now).update() > 0;
        });
    }

    @Override
    public void begin(Session session, String sha256) {
        byte[] hash = HexFormat.of().parseHex(sha256);
        String name = session.user().name();
        String kind = session.kind().wire();
        store.write(tx -> {
            tx.stmt(UserSql.SESSION_PRUNE).set("now", tx.now).update();
            tx.stmt(UserSql.SESSION_CAP)
                    .set("user", name)
                    .set("kind", kind)
                    .set("kept", SESSIONS_MAX - 1L)
                    .update();
            tx.stmt(UserSql.SIGNED_IN).set("name", name).set("at", session.createdAt()).update();
            return tx.stmt(UserSql.SESSION_ADD)
                    .set("hash", hash)
                    .set("user", name)
                    .set("kind", kind)
                    .set("created_at", session.createdAt())
                    .set("expires_at", session.expiresAt())
                    .update();
        });
    }

    @Override
    public Optional<Session> session(String sha256) {
        byte[] hash = HexFormat.of().parseHex(sha256);
        return store.read(db -> {
            try (Rows rows = db.stmt(UserSql.SESSION_FIND).set("hash", hash).query()) {
                if (!rows.next()) return Optional.empty();
                String kind = rows.text(AFTER_USER).toUpperCase(Locale.ROOT);
                return Optional.of(
                        new Session(
                                user(rows),
                                Session.Kind.valueOf(kind),
                                rows.instant(AFTER_USER + 1),
                                rows.instant(AFTER_USER + 2)));
            }
        });
    }

    @Override
    public boolean end(String sha256) {
        byte[] hash = HexFormat.of().parseHex(sha256);
        return store.write(tx -> tx.stmt(UserSql.SESSION_END).set("hash", hash).update() > 0);
    }

    @Override
    public void endAll(String name) {
        store.write(tx -> endAll(tx, name));
    }

    private static int endAll(Tx tx, String name) throws SQLException {
        return tx.stmt(UserSql.SESSION_END_ALL).set("user", name).update();
    }

    @Override
    public String secret(String name, String fresh) {
        return store.write(tx -> {
            tx.stmt(UserSql.SECRET_ADD).set("name", name).set("value", fresh).update();
            try (Rows rows = tx.stmt(UserSql.SECRET).set("name", name).query()) {
                if (!rows.next()) throw new IllegalStateException("no secret " + name);
                return rows.text(1);
            }
        });
    }

    private static User user(Rows rows) throws SQLException {
        String role = rows.text(5);
        return new User(
                rows.text(2),
                rows.text(1),
                rows.text(3),
                rows.text(4),
                Role.ofWire(role).orElseThrow(() -> new IllegalStateException("role " + role)),
                rows.text(6),
                rows.instant(7),
                rows.isNull(8) ? Optional.empty() : Optional.of(rows.instant(8)),
                rows.isNull(9) ? Optional.empty() : Optional.of(rows.instant(9)));
    }
}
