package dev.pawl.server.webhook;

import dev.pawl.core.Engine;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Event;
import dev.pawl.core.Events;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Time;
import dev.pawl.core.Webhook;
import dev.pawl.core.Webhooks;
import dev.pawl.server.watch.EngineWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a job of each delivery: one for an event and a webhook that wants it, whatever happens.
 *
 * <ul>
 *   <li>Nothing is lost: a webhook's position moves on only after the jobs are stored that its
 *       events make. Whoever begins again begins at that position.
 *   <li>Nothing is doubled: a delivery's idempotency key names the webhook and the event's number,
 *       which no other event ever has, and its input is made of the event alone. To make it again
 *       is to find it. So several processes on one store may do this at once.
 *   <li>It doesn't feed itself: the events of deliveries make none.
 * </ul>
 *
 * <p>Events are kept for a day: what a webhook would have been told of is lost if nobody was there
 * to do it for so long, and that is logged.
 */
public final class WebhookFeed implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WebhookFeed.class);
    private static final EngineWatch.Plan PLAN =
            new EngineWatch.Plan(
                    "webhook-feed",
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(20));

    private static final int PAGE = 1_000;

    /** A position that nothing was made of is stored only so often; from it on is looked again. */
    private static final int STORED_EVERY = 5_000;

    private final Engine engine;
    private final Webhooks webhooks;
    private final EngineWatch watch;
    private final Map<String, Long> positions = new HashMap<>();

    public WebhookFeed(Engine engine, Webhooks webhooks, Time time) {
        this.engine = engine;
        this.webhooks = webhooks;
        this.watch = new EngineWatch(engine, time, PLAN, this::step);
    }

    public WebhookFeed start() {
        watch.start();
        return this;
    }

    /** Makes the jobs of one page of events; answers whether there may be another. */
    boolean step() {
        List<Webhook> told = webhooks.all().stream().filter(Webhook::enabled).toList();
        if (told.isEmpty()) return false;
        long after = told.stream().mapToLong(this::position).min().orElseThrow();
        Events page = engine.store().events(after, PAGE);
        if (page.missed() > 0)
            log.warn("{} events are forgotten that webhooks were not told of", page.missed());
        var deliveries = new ArrayList<Submission>();
        for (Event event : page.events())
            for (Webhook webhook : told)
                if (wants(webhook, event)) deliveries.add(Message.of(webhook, event).once(webhook));
        for (int from = 0; from < deliveries.size(); from += PAGE)
            submit(deliveries.subList(from, Math.min(deliveries.size(), from + PAGE)));
        List<String> ids = told.stream().map(Webhook::id).toList();
        long stored = told.stream().mapToLong(Webhook::position).min().orElseThrow();
        if (!deliveries.isEmpty() || page.upTo() - stored >= STORED_EVERY)
            webhooks.advance(ids, page.upTo());
        positions.keySet().retainAll(ids);
        for (String id : ids) positions.merge(id, page.upTo(), Math::max);
        return page.events().size() == PAGE;
    }

    /** As stored, or as far as it was looked since. */
    private long position(Webhook webhook) {
        return Math.max(webhook.position(), positions.getOrDefault(webhook.id(), 0L));
    }

    private boolean wants(Webhook webhook, Event event) {
        return event.number() > position(webhook)
                && webhook.wants(event)
                && !event.tool().equals(Message.TOOL)
                && ofTenant(webhook, event);
    }

    private boolean ofTenant(Webhook webhook, Event event) {
        return webhook.tenant().isEmpty()
                || engine.store()
                        .find(event.job())
                        .filter(job -> job.submission().tenant().equals(webhook.tenant()))
                        .isPresent();
    }

    /** All of them, or it throws: then they are made again. */
    private void submit(List<Submission> deliveries) {
        for (Submitted answer : engine.submit(deliveries))
            if (answer instanceof Submitted.Refused(var code, var message)) {
                if (code == ErrorCode.QUEUE_FULL) throw new PawlException(code, message);
                log.error("a delivery is refused, and will not take place: {}", message);
            }
    }

    /** Ends the making; what is not made yet is made by whoever comes next. */
    @Override
    public void close() {
        watch.close();
    }
}
