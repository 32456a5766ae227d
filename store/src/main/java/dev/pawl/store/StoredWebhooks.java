package dev.pawl.store;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Webhook;
import dev.pawl.core.WebhookDelivery;
import dev.pawl.core.Webhooks;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The webhooks of a file. What most often changes nothing looks before it takes the write lock. */
final class StoredWebhooks implements Webhooks {
    private final SqlStore store;

    StoredWebhooks(SqlStore store) {
        this.store = store;
    }

    @Override
    public void add(Webhook webhook, String secret) {
        int added =
                store.write(tx ->
                        tx.stmt(WebhookSql.ADD)
                                .text("id", webhook.id())
                                .text("url", webhook.url())
                                .text("secret", secret)
                                .text("tenant", webhook.tenant())
                                .text("states", words(webhook.states()))
                                .text("tool", webhook.tool())
                                .text("queue", webhook.queue())
                                .set("enabled", webhook.enabled() ? 1 : 0)
                                .set("created_at", webhook.createdAt())
                                .set("position", EventLog.latest(tx.db()))
                                .update());
        if (added == 0)
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "webhook %s is there already".formatted(webhook.id()));
    }

    @Override
    public Optional<Webhook> find(String id) {
        return store.read(db -> find(db, id));
    }

    private static Optional<Webhook> find(Db db, String id) throws SQLException {
        try (Rows rows = db.stmt(WebhookSql.FIND).text("id", id).query()) {
            return rows.next() ? Optional.of(webhook(rows)) : Optional.empty();
        }
    }

    @Override
    public List<String> secrets(String id) {
        Instant now = store.now();
        return store.read(db -> {
            try (Rows rows = db.stmt(WebhookSql.SECRETS).text("id", id).set("now", now).query()) {
                if (!rows.next()) return List.of();
                return rows.isNull(2) ? List.of(rows.text(1)) : List.of(rows.text(1), rows.text(2));
            }
        });
    }

    @Override
    public boolean rotate(String id, String secret, Instant formerUntil) {
        return store.write(tx ->
                tx.stmt(WebhookSql.ROTATE)
                                .text("id", id)
                                .text("secret", secret)
                                .set("until", formerUntil)
                                .update()
                        > 0);
    }

    @Override
    public List<Webhook> all() {
        return store.read(db -> {
            var all = new ArrayList<Webhook>();
            try (Rows rows = db.stmt(WebhookSql.ALL).query()) {
                while (rows.next()) all.add(webhook(rows));
            }
            return all;
        });
    }

    @Override
    public boolean remove(String id) {
        return store.write(tx -> {
            tx.stmt(WebhookSql.LOG_DROP).text("id", id).update();
            return tx.stmt(WebhookSql.REMOVE).text("id", id).update() > 0;
        });
    }

    @Override
    public boolean enable(String id, boolean enabled) {
        return store.write(tx -> {
            if (!enabled) return tx.stmt(WebhookSql.DISABLE).text("id", id).update() > 0;
            long latest = EventLog.latest(tx.db());
            return tx.stmt(WebhookSql.ENABLE).text("id", id).set("position", latest).update() > 0;
        });
    }

    /** Lost with the machine it is looked at again, and each delivery found to be there. */
    @Override
    public void advance(Collection<String> ids, long position) {
        store.writeUnsynced(tx -> {
            for (String id : ids)
                tx.stmt(WebhookSql.ADVANCE).text("id", id).set("position", position).update();
            return true;
        });
    }

    @Override
    public Duration pass(String id, Duration probe) {
        if (find(id).flatMap(Webhook::heldUntil).isEmpty()) return Duration.ZERO;
        return store.write(tx -> {
            Instant until = find(tx.db(), id).flatMap(Webhook::heldUntil).orElse(Instant.EPOCH);
            if (until.equals(Instant.EPOCH)) return Duration.ZERO;
            if (until.isAfter(tx.now)) return Duration.between(tx.now, until);
            tx.stmt(WebhookSql.HOLD).text("id", id).set("until", tx.now.plus(probe)).update();
            return Duration.ZERO;
        });
    }

    @Override
    public void succeeded(String id) {
        Optional<Webhook> found = find(id);
        if (found.isEmpty() || (found.get().failures() == 0 && found.get().heldUntil().isEmpty()))
            return;
        store.write(tx -> tx.stmt(WebhookSql.SUCCEEDED).text("id", id).update());
    }

    @Override
    public void failed(String id, int most, Instant until) {
        store.write(tx ->
                tx.stmt(WebhookSql.FAILED)
                        .text("id", id)
                        .set("most", most)
                        .set("until", until)
                        .update());
    }

    @Override
    public void log(WebhookDelivery delivery) {
        store.writeUnsynced(tx -> {
            tx.stmt(WebhookSql.LOG)
                    .text("id", delivery.webhook())
                    .set("event", delivery.event())
                    .set("job", delivery.job().value())
                    .set("attempt", delivery.attempt())
                    .set("at", delivery.at())
                    .set("status", delivery.status())
                    .set("duration", delivery.duration().toMillis())
                    .text("answer", delivery.answer())
                    .update();
            return tx.stmt(WebhookSql.LOG_CUT)
                    .text("id", delivery.webhook())
                    .set("most", DELIVERIES_MAX)
                    .update();
        });
    }

    @Override
    public List<WebhookDelivery> deliveries(String id, int limit) {
        if (limit < 1 || limit > DELIVERIES_MAX)
            throw new IllegalArgumentException("limit is " + limit);
        return store.read(db -> {
            var found = new ArrayList<WebhookDelivery>();
            try (Rows rows =
                    db.stmt(WebhookSql.DELIVERIES).text("id", id).set("limit", limit).query()) {
                while (rows.next())
                    found.add(
                            new WebhookDelivery(
                                    rows.text(1),
                                    rows.number(2),
                                    new JobId(rows.uuid(3)),
                                    rows.integer(4),
                                    rows.instant(5),
                                    rows.integer(6),
                                    Duration.ofMillis(rows.number(7)),
                                    rows.text(8)));
            }
            return found;
        });
    }

    private static Webhook webhook(Rows rows) throws SQLException {
        return new Webhook(
                rows.text(1),
                rows.text(2),
                rows.text(3),
                states(rows.text(4)),
                rows.text(5),
                rows.text(6),
                rows.integer(7) == 1,
                rows.instant(8),
                rows.number(9),
                rows.integer(10),
                rows.isNull(11) ? Optional.empty() : Optional.of(rows.instant(11)));
    }

    private static String words(Set<JobState.Name> states) {
        return states.stream().sorted().map(JobState.Name::wire).collect(Collectors.joining(" "));
    }

    private static Set<JobState.Name> states(String words) {
        Set<JobState.Name> states = EnumSet.noneOf(JobState.Name.class);
        for (String word : words.split(" ", -1))
            states.add(JobState.Name.valueOf(word.toUpperCase(Locale.ROOT)));
        return states;
    }
}
