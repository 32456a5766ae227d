package dev.pawl.store;

/** Every statement about callers: users, their sessions, keys. */
final class UserSql {
    static final String ADD =
            """
            INSERT INTO pawl.user_account (name, id, email, full_name, role, tenant, password, created_at)
            VALUES (:name, :id, :email, :full_name, :role, :tenant, :password, :created_at)
                ON CONFLICT DO NOTHING
            """;
    static final String ANY = "SELECT 1 FROM pawl.user_account LIMIT 1";

    private static final String COLUMNS =
            """
            SELECT u.name, u.id, u.email, u.full_name, u.role, u.tenant, u.created_at, u.disabled_at,
                   u.signed_in_at
            """;
    static final String FIND =
            COLUMNS + ", u.password FROM pawl.user_account u WHERE u.name = :name";
    static final String ALL = COLUMNS + " FROM pawl.user_account u ORDER BY u.created_at, u.name";
    static final String SET_ROLE =
            "UPDATE pawl.user_account SET role = :role, tenant = :tenant WHERE name = :name";
    static final String SET_PASSWORD =
            "UPDATE pawl.user_account SET password = :password WHERE name = :name";
    static final String DISABLE =
            "UPDATE pawl.user_account SET disabled_at = coalesce(disabled_at, :now) WHERE name ="
                    + " :name";
    static final String ENABLE =
            "UPDATE pawl.user_account SET disabled_at = NULL WHERE name = :name";
    static final String SIGNED_IN =
            "UPDATE pawl.user_account SET signed_in_at = :at WHERE name = :name";

    static final String SESSION_ADD =
            """
            INSERT INTO pawl.session (hash, "user", kind, created_at, expires_at)
            VALUES (:hash, :user, :kind, :created_at, :expires_at)
            """;

    /** Keeps the newest :kept of a user and kind. */
    static final String SESSION_CAP =
            """
            DELETE FROM pawl.session
             WHERE "user" = :user AND kind = :kind
               AND hash NOT IN (SELECT hash
                                  FROM pawl.session
                                 WHERE "user" = :user AND kind = :kind
                                 ORDER BY created_at DESC
                                 LIMIT :kept)
            """;

    static final String SESSION_FIND =
            COLUMNS
                    + """
                    , s.kind, s.created_at, s.expires_at
                     FROM pawl.session s JOIN pawl.user_account u ON u.name = s."user"
                    WHERE s.hash = :hash
                    """;
    static final String SESSION_END = "DELETE FROM pawl.session WHERE hash = :hash";
    static final String SESSION_END_ALL = "DELETE FROM pawl.session WHERE \"user\" = :user";
    static final String SESSION_PRUNE = "DELETE FROM pawl.session WHERE expires_at <= :now";

    static final String SECRET_ADD =
            "INSERT INTO pawl.secret (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING";
    static final String SECRET = "SELECT value FROM pawl.secret WHERE name = :name";

    // ---- Keys of callers

    static final String API_KEY_ADD =
            """
            INSERT INTO pawl.api_key (id, hash, name, role, tenant, created_at, expires_at)
            VALUES (:id, :hash, :name, :role, :tenant, :created_at, :expires_at)
                ON CONFLICT DO NOTHING
            """;
    private static final String API_KEY =
            """
            SELECT id, name, role, tenant, created_at, expires_at, revoked_at, used_at FROM pawl.api_key
            """;
    static final String API_KEY_FIND = API_KEY + " WHERE hash = :hash";
    static final String API_KEYS = API_KEY + " ORDER BY created_at, id";
    static final String API_KEY_REVOKE =
            "UPDATE pawl.api_key SET revoked_at = coalesce(revoked_at, :now) WHERE id = :id";
    static final String API_KEY_USED = "UPDATE pawl.api_key SET used_at = :at WHERE id = :id";

    private UserSql() {}
}
