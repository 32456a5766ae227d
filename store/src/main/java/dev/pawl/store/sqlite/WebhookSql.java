package dev.pawl.store.sqlite;

/** The statements about webhooks; see {@link SqliteSql}. */
final class WebhookSql {
    private WebhookSql() {}

    static final String ADD =
            """
            INSERT INTO webhook
                   (id, url, secret, tenant, states, tool, queue, enabled, created_at, position)
            VALUES (:id, :url, :secret, :tenant, :states, :tool, :queue, :enabled, :created_at,
                    :position)
                ON CONFLICT DO NOTHING
            """;
    private static final String WEBHOOK =
            """
            SELECT id, url, tenant, states, tool, queue, enabled, created_at, position, failures,
                   held_until
              FROM webhook
            """;
    static final String FIND = WEBHOOK + " WHERE id = :id";
    static final String ALL = WEBHOOK + " ORDER BY created_at, id";
    static final String SECRET = "SELECT secret FROM webhook WHERE id = :id";
    static final String REMOVE = "DELETE FROM webhook WHERE id = :id";
    static final String DISABLE = "UPDATE webhook SET enabled = 0 WHERE id = :id";
    static final String ENABLE =
            """
            UPDATE webhook
               SET position = CASE enabled WHEN 1 THEN position ELSE :position END, enabled = 1,
                   failures = 0, held_until = NULL
             WHERE id = :id
            """;
    static final String ADVANCE =
            "UPDATE webhook SET position = :position WHERE id = :id AND position < :position";
    static final String HOLD = "UPDATE webhook SET held_until = :until WHERE id = :id";
    static final String SUCCEEDED =
            "UPDATE webhook SET failures = 0, held_until = NULL WHERE id = :id";
    static final String FAILED =
            """
            UPDATE webhook
               SET failures = failures + 1,
                   held_until = CASE WHEN failures + 1 >= :most THEN :until ELSE held_until END
             WHERE id = :id
            """;
    static final String LOG =
            """
            INSERT INTO webhook_delivery
                   (webhook, event, job, attempt, at, status, duration_ms, answer)
            SELECT id, :event, :job, :attempt, :at, :status, :duration, :answer
              FROM webhook WHERE id = :id
            """;
    static final String LOG_CUT =
            """
            DELETE FROM webhook_delivery
             WHERE webhook = :id
               AND number <= (SELECT number FROM webhook_delivery WHERE webhook = :id
                               ORDER BY number DESC LIMIT 1 OFFSET :most)
            """;
    static final String LOG_DROP = "DELETE FROM webhook_delivery WHERE webhook = :id";
    static final String DELIVERIES =
            """
            SELECT webhook, event, job, attempt, at, status, duration_ms, answer
              FROM webhook_delivery WHERE webhook = :id ORDER BY number DESC LIMIT :limit
            """;
}
