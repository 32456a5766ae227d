package dev.pawl.store;

/** The statements about webhooks; see {@link StoreSql}. */
final class WebhookSql {
    private WebhookSql() {}

    static final String ADD =
            """
            INSERT INTO pawl.webhook
                   (id, url, secret, tenant, states, tool, queue, enabled, created_at, position)
            VALUES (:id, :url, :secret, :tenant, :states, :tool, :queue, :enabled, :created_at,
                    :position)
                ON CONFLICT DO NOTHING
            """;
    private static final String WEBHOOK =
            """
            SELECT id, url, tenant, states, tool, queue, enabled, created_at, position, failures,
                   held_until
              FROM pawl.webhook
            """;
    static final String FIND = WEBHOOK + " WHERE id = :id";
    static final String ALL = WEBHOOK + " ORDER BY created_at, id";
    static final String SECRETS =
            """
            SELECT secret, CASE WHEN former_until > :now THEN former_secret END
              FROM pawl.webhook WHERE id = :id
            """;
    static final String ROTATE =
            """
            UPDATE pawl.webhook
               SET former_secret = secret, former_until = :until, secret = :secret
             WHERE id = :id
            """;
    static final String REMOVE = "DELETE FROM pawl.webhook WHERE id = :id";
    static final String DISABLE = "UPDATE pawl.webhook SET enabled = 0 WHERE id = :id";
    static final String ENABLE =
            """
            UPDATE pawl.webhook
               SET position = CASE enabled WHEN 1 THEN position ELSE :position END, enabled = 1,
                   failures = 0, held_until = NULL
             WHERE id = :id
            """;
    static final String ADVANCE =
            "UPDATE pawl.webhook SET position = :position WHERE id = :id AND position < :position";
    static final String HOLD = "UPDATE pawl.webhook SET held_until = :until WHERE id = :id";
    static final String SUCCEEDED =
            "UPDATE pawl.webhook SET failures = 0, held_until = NULL WHERE id = :id";
    static final String FAILED =
            """
            UPDATE pawl.webhook
               SET failures = failures + 1,
                   held_until = CASE WHEN failures + 1 >= :most THEN :until ELSE held_until END
             WHERE id = :id
            """;
    static final String LOG =
            """
            INSERT INTO pawl.webhook_delivery
                   (webhook, event, job, attempt, at, status, duration_ms, answer)
            SELECT id, :event, :job, :attempt, :at, :status, :duration, :answer
              FROM pawl.webhook WHERE id = :id
            """;
    static final String LOG_CUT =
            """
            DELETE FROM pawl.webhook_delivery
             WHERE webhook = :id
               AND number <= (SELECT number FROM pawl.webhook_delivery WHERE webhook = :id
                               ORDER BY number DESC LIMIT 1 OFFSET :most)
            """;
    static final String LOG_DROP = "DELETE FROM pawl.webhook_delivery WHERE webhook = :id";
    static final String DELIVERIES =
            """
            SELECT webhook, event, job, attempt, at, status, duration_ms, answer
              FROM pawl.webhook_delivery WHERE webhook = :id ORDER BY number DESC LIMIT :limit
            """;
}
