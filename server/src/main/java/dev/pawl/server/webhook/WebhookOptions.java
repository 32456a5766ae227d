package dev.pawl.server.webhook;

import java.time.Duration;

/**
 * How webhooks are told.
 *
 * @param privateAllowed whether one may be on this machine or a private network
 * @param timeout from the look-up of the name to the end of the answer
 * @param failuresMax so many in a row, and nothing is sent for {@code hold}
 * @param hold at first; doubled with each further failure, up to sixteen times as long
 */
public record WebhookOptions(
        boolean privateAllowed, Duration timeout, int failuresMax, Duration hold) {
    public WebhookOptions {
        if (!timeout.isPositive() || !hold.isPositive() || failuresMax < 1)
            throw new IllegalArgumentException(
                    "timeout %s, hold %s, failuresMax %d: want them above 0"
                            .formatted(timeout, hold, failuresMax));
    }

    public static WebhookOptions defaults() {
        return new WebhookOptions(false, Duration.ofSeconds(10), 5, Duration.ofMinutes(1));
    }

    public WebhookOptions withPrivateAllowed(boolean value) {
        return new WebhookOptions(value, timeout, failuresMax, hold);
    }

    public WebhookOptions withTimeout(Duration value) {
        return new WebhookOptions(privateAllowed, value, failuresMax, hold);
    }

    public WebhookOptions withHold(int failures, Duration value) {
        return new WebhookOptions(privateAllowed, timeout, failures, value);
    }
}
