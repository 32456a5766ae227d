/**
 * Tells others of what happens to jobs, by HTTP. Knows no route and no store but the ports. Read
 * {@link WebhookFeed} first, which makes a job of each delivery, then {@link WebhookSender}, which
 * runs them.
 */
@NullMarked
package dev.pawl.server.webhook;

import org.jspecify.annotations.NullMarked;
