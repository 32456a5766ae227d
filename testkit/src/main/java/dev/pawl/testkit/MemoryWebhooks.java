package dev.pawl.testkit;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.Webhook;
import dev.pawl.core.WebhookDelivery;
import dev.pawl.core.Webhooks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Webhooks in memory, of a store: what the contract's cases are written against. */
public final class MemoryWebhooks implements Webhooks {
    private final Store store;
    private final Map<String, Webhook> byId = new HashMap<>();
    private final Map<String, Secrets> secrets = new HashMap<>();
    private final Map<String, List<WebhookDelivery>> deliveries = new HashMap<>();

    private record Secrets(String newest, String former, Instant formerUntil) {}

    public MemoryWebhooks(Store store) {
        this.store = store;
    }

    @Override
    public synchronized void add(Webhook webhook, String secret) {
        if (byId.containsKey(webhook.id()))
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "webhook %s is there already".formatted(webhook.id()));
        byId.put(webhook.id(), with(webhook, webhook.enabled(), store.latestEvent(), 0, null));
        secrets.put(webhook.id(), new Secrets(secret, "", Instant.EPOCH));
    }

    @Override
    public synchronized Optional<Webhook> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    @Override
    public synchronized List<String> secrets(String id) {
        Secrets known = secrets.get(id);
        if (known == null) return List.of();
        return known.formerUntil.isAfter(store.now())
                ? List.of(known.newest, known.former)
                : List.of(known.newest);
    }

    @Override
    public synchronized boolean rotate(String id, String secret, Instant formerUntil) {
        return secrets.computeIfPresent(
                        id, (_, known) -> new Secrets(secret, known.newest, formerUntil))
                != null;
    }

    @Override
    public synchronized List<Webhook> all() {
        return byId.values().stream()
                .sorted(Comparator.comparing(Webhook::createdAt).thenComparing(Webhook::id))
                .toList();
    }

    @Override
    public synchronized boolean remove(String id) {
        secrets.remove(id);
        deliveries.remove(id);
        return byId.remove(id) != null;
    }

    @Override
    public synchronized boolean enable(String id, boolean enabled) {
        return change(
                id,
                w -> {
                    if (!enabled)
                        return with(
                                w, false, w.position(), w.failures(), w.heldUntil().orElse(null));
                    long position = w.enabled() ? w.position() : store.latestEvent();
                    return with(w, true, position, 0, null);
                });
    }

    @Override
    public synchronized void advance(Collection<String> ids, long position) {
        for (String id : ids) {
            boolean _ =
                    change(
                            id,
                            w ->
                                    with(
                                            w,
                                            w.enabled(),
                                            Math.max(position, w.position()),
                                            w.failures(),
                                            w.heldUntil().orElse(null)));
        }
    }

    @Override
    public synchronized Duration pass(String id, Duration probe) {
        Instant now = store.now();
        Optional<Instant> held = find(id).flatMap(Webhook::heldUntil);
        if (held.isEmpty()) return Duration.ZERO;
        if (held.get().isAfter(now)) return Duration.between(now, held.get());
        boolean _ =
                change(id, w -> with(w, w.enabled(), w.position(), w.failures(), now.plus(probe)));
        return Duration.ZERO;
    }

    @Override
    public synchronized void succeeded(String id) {
        boolean _ = change(id, w -> with(w, w.enabled(), w.position(), 0, null));
    }

    @Override
    public synchronized void failed(String id, int most, Instant until) {
        boolean _ =
                change(
                        id,
                        w -> {
                            int failures = w.failures() + 1;
                            Instant held = failures >= most ? until : w.heldUntil().orElse(null);
                            return with(w, w.enabled(), w.position(), failures, held);
                        });
    }

    @Override
    public synchronized void log(WebhookDelivery delivery) {
        if (!byId.containsKey(delivery.webhook())) return;
        var log = deliveries.computeIfAbsent(delivery.webhook(), _ -> new ArrayList<>());
        log.addFirst(delivery);
        if (log.size() > DELIVERIES_MAX) log.removeLast();
    }

    @Override
    public synchronized List<WebhookDelivery> deliveries(String id, int limit) {
        return deliveries.getOrDefault(id, List.of()).stream().limit(limit).toList();
    }

    private boolean change(String id, UnaryOperator<Webhook> edit) {
        return byId.computeIfPresent(id, (_, webhook) -> edit.apply(webhook)) != null;
    }

    private static Webhook with(
            Webhook w, boolean enabled, long position, int failures, @Nullable Instant held) {
        return new Webhook(
                w.id(),
                w.url(),
                w.tenant(),
                w.states(),
                w.tool(),
                w.queue(),
                enabled,
                w.createdAt(),
                position,
                failures,
                Optional.ofNullable(held));
    }
}
