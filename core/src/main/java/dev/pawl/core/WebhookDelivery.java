package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;

/**
 * One attempt to tell a webhook of an event, that was sent.
 *
 * @param webhook its id
 * @param event the event's number; 0 for a test
 * @param job the job that delivers
 * @param attempt of that job
 * @param status what was answered; 0 where there was no answer
 * @param duration to the answer, or until it was given up
 * @param answer the first bytes of the answer as text, or why there was none; cut to {@link
 *     #ANSWER_MAX}
 */
public record WebhookDelivery(
        String webhook,
        long event,
        JobId job,
        int attempt,
        Instant at,
        int status,
        Duration duration,
        String answer) {
    /** Longest answer kept, in characters. */
    public static final int ANSWER_MAX = 500;

    public WebhookDelivery {
        if (answer.length() > ANSWER_MAX) answer = answer.substring(0, ANSWER_MAX - 1) + "…";
    }

    /** Whether the other side has it. */
    public boolean delivered() {
        return status >= 200 && status < 300;
    }
}
