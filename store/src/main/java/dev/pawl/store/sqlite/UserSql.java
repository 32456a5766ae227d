package dev.pawl.store.sqlite;

/** Every statement about users and their sessions, one constant each. */
final class UserSql {
    static final String ADD =
            """
            INSERT INTO user_account (name, id, email, full_name, role, tenant, password, created_at)
            VALUES (:name, :id, :email, :full_name, :role, :tenant, :password, :created_at)
                ON CONFLICT DO NOTHING
            """;
    static final String ANY = "SELECT 1 FROM user_account LIMIT 1";

    private static final String COLUMNS =
            """
            SELECT u.name, u.id, u.email, u.full_name, u.role, u.tenant, u.created_at, u.disabled_at,
                   u.signed_in_at
            """;
    static final String FIND = COLUMNS + ", u.password FROM user_account u WHERE u.name = :name";
    static final String ALL = COLUMNS + " FROM user_account u ORDER BY u.created_at, u.name";
    static final String SET_ROLE =
            "UPDATE user_account SET role = :role, tenant = :tenant WHERE name = :name";
    static final String SET_PASSWORD =
            "UPDATE user_account SET password = :password WHERE name = :name";
    static final String DISABLE =
            "UPDATE user_account SET disabled_at = coalesce(disabled_at, :now) WHERE name = :name";
    static final String ENABLE = "UPDATE user_account SET disabled_at = NULL WHERE name = :name";
    static final String SIGNED_IN = "UPDATE user_account SET signed_in_at = :at WHERE name = :name";

    static final String SESSION_ADD =
            """
            INSERT INTO session (hash, user, kind, created_at, expires_at)
            VALUES (:hash, :user, :kind, :created_at, :expires_at)
            """;

    /** Keeps the newest :kept of a user and kind. */
    static final String SESSION_CAP =
            """
            DELETE FROM session
             WHERE hash IN (SELECT hash
                              FROM session
                             WHERE user = :user AND kind = :kind
                             ORDER BY created_at DESC
                             LIMIT -1 OFFSET :kept)
            """;

    static final String SESSION_FIND =
            COLUMNS
                    + """
                    , s.kind, s.created_at, s.expires_at
                     FROM session s JOIN user_account u ON u.name = s.user
                    WHERE s.hash = :hash
                    """;
    static final String SESSION_END = "DELETE FROM session WHERE hash = :hash";
    static final String SESSION_END_ALL = "DELETE FROM session WHERE user = :user";
    static final String SESSION_PRUNE = "DELETE FROM session WHERE expires_at <= :now";

    static final String SECRET_ADD =
            "INSERT INTO secret (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING";
    static final String SECRET = "SELECT value FROM secret WHERE name = :name";

    private UserSql() {}
}
