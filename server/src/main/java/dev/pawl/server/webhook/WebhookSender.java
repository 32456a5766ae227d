package dev.pawl.server.webhook;

import dev.pawl.core.Attempt;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Executor;
import dev.pawl.core.JobError;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.core.ToolId;
import dev.pawl.core.Webhook;
import dev.pawl.core.WebhookDelivery;
import dev.pawl.core.Webhooks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Delivers a message: one attempt, signed. What comes of an answer:
 *
 * <ul>
 *   <li>2xx: delivered;
 *   <li>410: the webhook is switched off, and the job dead;
 *   <li>408, 425, 429, 5xx, no answer: again after a backoff, and not before Retry-After;
 *   <li>any other, redirects among them: the same, {@value #STRANGE_MAX} times in all;
 *   <li>a private address: dead at once.
 * </ul>
 *
 * <p>After too many failures in a row nothing is sent for a while: jobs are put back for later,
 * which is no failure of theirs. Then one tries; the others wait for what comes of it. Thread-safe.
 */
public final class WebhookSender implements Executor, AutoCloseable {
    /** What it runs. */
    public static final ToolId TOOL = Message.TOOL;

    /** So often an answer may come that a later one hardly changes. */
    private static final int STRANGE_MAX = 3;

    private static final int HOLD_DOUBLINGS_MAX = 4;
    private static final Duration RETRY_AFTER_MAX = Duration.ofDays(1);

    private final Webhooks webhooks;
    private final Store store;
    private final WebhookOptions options;
    private final Time time;
    private final Post post;

    public WebhookSender(Webhooks webhooks, Store store, WebhookOptions options, Time time) {
        this(webhooks, store, options, time, InetAddress::getAllByName);
    }

    WebhookSender(
            Webhooks webhooks,
            Store store,
            WebhookOptions options,
            Time time,
            Addresses.Names names) {
        this.webhooks = webhooks;
        this.store = store;
        this.options = options;
        this.time = time;
        this.post = new Post(new Addresses(options.privateAllowed(), names), options.timeout());
    }

    @Override
    public Outcome run(Attempt attempt) throws InterruptedException {
        Message message = Message.read(attempt.job().submission().input());
        Optional<Webhook> found = webhooks.find(message.webhook());
        List<String> secrets = webhooks.secrets(message.webhook());
        if (found.isEmpty() || secrets.isEmpty())
            return dead("webhook %s is removed".formatted(message.webhook()));
        Webhook webhook = found.get();
        if (!webhook.enabled())
            return dead(
                    "webhook %s is switched off; switch it on, then redrive this"
                            .formatted(webhook.id()));
        Duration held = webhooks.pass(webhook.id(), options.timeout().plusSeconds(5));
        if (held.isPositive())
            return new Outcome.Snoozed(
                    held,
                    "webhook %s failed %d times in a row: it is left in peace for now"
                            .formatted(webhook.id(), webhook.failures()));
        return sent(attempt, message, webhook, secrets);
    }

    private Outcome sent(Attempt attempt, Message message, Webhook webhook, List<String> secrets)
            throws InterruptedException {
        byte[] body = message.body(message.job().flatMap(store::find));
        Instant now = time.instant();
        String id = message.id(attempt.job().id());
        Map<String, String> headers =
                Map.of(
                        "webhook-id",
                        id,
                        "webhook-timestamp",
                        Long.toString(now.getEpochSecond()),
                        "webhook-signature",
                        Signature.of(secrets, id, now, body));
        long begun = time.nanos();
        try {
            Post.Answer answer = post.send(URI.create(webhook.url()), body, headers);
            log(attempt, message, now, begun, answer.status(), answer.text());
            return outcome(attempt, webhook, answer);
        } catch (Addresses.PrivateAddress e) {
            log(attempt, message, now, begun, 0, text(e));
            return dead(text(e));
        } catch (IOException e) {
            log(attempt, message, now, begun, 0, text(e));
            failed(webhook);
            return Outcome.failed(ErrorClass.TRANSIENT, text(e));
        }
    }

    private static String text(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof UnknownHostException) return "the host is not known: " + message;
        if (e instanceof SSLException)
            for (Throwable cause = e; cause != null; cause = cause.getCause())
                if (cause instanceof CertPathBuilderException)
                    return "its certificate is of no authority that this Java trusts: "
                            + cause.getMessage();
        return e.getClass().getSimpleName() + ": " + message;
    }

    private void log(
            Attempt attempt, Message message, Instant at, long begun, int status, String answer) {
        Duration took = Duration.ofNanos(time.nanos() - begun);
        webhooks.log(
                new WebhookDelivery(
                        message.webhook(),
                        message.number(),
                        attempt.job().id(),
                        attempt.number(),
                        at,
                        status,
                        took,
                        answer));
        attempt.log(
                LogLine.Stream.PAWL,
                "%s after %d ms"
                        .formatted(status == 0 ? answer : "answered " + status, took.toMillis()));
    }

    private Outcome outcome(Attempt attempt, Webhook webhook, Post.Answer answer) {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            webhooks.succeeded(webhook.id());
            return new Outcome.Succeeded("{\"status\":%d}".formatted(status), List.of());
        }
        String what = "the webhook answered " + status;
        if (status == 410) {
            boolean _ = webhooks.enable(webhook.id(), false);
            return dead(what + ", gone: it is switched off");
        }
        failed(webhook);
        boolean passes = status == 408 || status == 425 || status == 429 || status >= 500;
        if (!passes && attempt.job().state().failures() + 1 >= STRANGE_MAX)
            return dead(
                    "%s %d times%s"
                            .formatted(
                                    what,
                                    STRANGE_MAX,
                                    status < 400 ? "; redirects are not followed" : ""));
        return new Outcome.Failed(
                new JobError(ErrorClass.TRANSIENT, what, retryAfter(answer.retryAfter())),
                List.of());
    }

    private void failed(Webhook webhook) {
        int over = Math.max(0, webhook.failures() + 1 - options.failuresMax());
        Duration hold = options.hold().multipliedBy(1L << Math.min(over, HOLD_DOUBLINGS_MAX));
        webhooks.failed(webhook.id(), options.failuresMax(), store.now().plus(hold));
    }

    /** https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3; zero for none. */
    private Duration retryAfter(String text) {
        Duration wait;
        try {
            wait =
                    text.matches("\\d{1,9}")
                            ? Duration.ofSeconds(Long.parseLong(text))
                            : Duration.between(
                                    time.instant(),
                                    Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
        if (wait.isNegative()) return Duration.ZERO;
        return wait.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : wait;
    }

    private static Outcome dead(String why) {
        return Outcome.failed(ErrorClass.PERMANENT, why);
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        post.close();
    }
}
