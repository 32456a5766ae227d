package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Who wants to be told of events, kept beside the jobs. Secrets are kept as they are: what is
 * signed with them has to be signed again. Thread-safe; every method is one transaction, and blocks
 * for it.
 *
 * <p>Each throws {@link PawlException} as {@link Store} does.
 */
public interface Webhooks {
    /** How many deliveries of a webhook are kept. */
    int DELIVERIES_MAX = 1_000;

    /**
     * Keeps a new one, which is told of what happens from now on: its {@code position} becomes that
     * of the last event there is.
     *
     * @throws PawlException {@link ErrorCode#NOT_POSSIBLE_NOW} when its id is there already
     */
    void add(Webhook webhook, String secret);

    Optional<Webhook> find(String id);

    /**
     * What its deliveries are signed with now, the newest first: one, or two while that of before
     * holds too; empty when there is no such webhook.
     */
    List<String> secrets(String id);

    /**
     * Gives it another secret; that of before holds too until then, and none that was before that.
     * Answers false when there is none.
     */
    boolean rotate(String id, String secret, Instant formerUntil);

    /** All of them, the oldest first. */
    List<Webhook> all();

    /** Removes it and its deliveries; answers false when there is none. */
    boolean remove(String id);

    /**
     * Switches it on or off; on, it is told of what happens from now on, and nothing holds it.
     * Answers false when there is none.
     */
    boolean enable(String id, boolean enabled);

    /** These are done with all events up to that number; one that is further stays there. */
    void advance(Collection<String> ids, long position);

    /**
     * Whether something may be sent to it now. While it is held nothing may; when the hold is over,
     * one may, and holds the others off for {@code probe}.
     *
     * @return how long to wait; zero for not at all
     */
    Duration pass(String id, Duration probe);

    /** A delivery ended well: nothing failed in a row any more, and nothing is held. */
    void succeeded(String id);

    /** One failed. From the {@code most}th in a row on, nothing is sent until {@code until}. */
    void failed(String id, int most, Instant until);

    /** Adds to the log of deliveries; the oldest over {@link #DELIVERIES_MAX} are forgotten. */
    void log(WebhookDelivery delivery);

    /**
     * Its deliveries, the newest first.
     *
     * @param limit 1 to {@link #DELIVERIES_MAX}
     */
    List<WebhookDelivery> deliveries(String id, int limit);
}
