package dev.pawl.server.webhook;

import dev.pawl.core.Webhook;
import dev.pawl.core.WebhookDelivery;
import dev.pawl.core.Webhooks;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Webhooks of a process that ends right after it has stored the jobs of deliveries. */
record Crashing(Webhooks known) implements Webhooks {
    @Override
    public void advance(Collection<String> ids, long position) {
        throw new IllegalStateException("crash");
    }

    @Override
    public void add(Webhook webhook, String secret) {
        known.add(webhook, secret);
    }

    @Override
    public Optional<Webhook> find(String id) {
        return known.find(id);
    }

    @Override
    public List<String> secrets(String id) {
        return known.secrets(id);
    }

    @Override
    public boolean rotate(String id, String secret, Instant formerUntil) {
        return known.rotate(id, secret, formerUntil);
    }

    @Override
    public List<Webhook> all() {
        return known.all();
    }

    @Override
    public boolean remove(String id) {
        return known.remove(id);
    }

    @Override
    public boolean enable(String id, boolean enabled) {
        return known.enable(id, enabled);
    }

    @Override
    public Duration pass(String id, Duration probe) {
        return known.pass(id, probe);
    }

    @Override
    public void succeeded(String id) {
        known.succeeded(id);
    }

    @Override
    public void failed(String id, int most, Instant until) {
        known.failed(id, most, until);
    }

    @Override
    public void log(WebhookDelivery delivery) {
        known.log(delivery);
    }

    @Override
    public List<WebhookDelivery> deliveries(String id, int limit) {
        return known.deliveries(id, limit);
    }
}
