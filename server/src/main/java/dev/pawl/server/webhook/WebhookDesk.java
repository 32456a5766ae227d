package dev.pawl.server.webhook;

import dev.pawl.api.WebhookCalls;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Event;
import dev.pawl.core.Events;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Webhook;
import dev.pawl.core.WebhookDelivery;
import dev.pawl.core.Webhooks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What people do with webhooks, for the API's routes and for commands on a data folder. A secret is
 * in the answer that makes it and in no other. Thread-safe.
 */
public final class WebhookDesk implements WebhookCalls {
    private static final Set<String> FIELDS =
            new TreeSet<>(Set.of("url", "states", "tool", "queue", "tenant"));
    private static final Set<JobState.Name> STATES =
            EnumSet.of(JobState.Name.SUCCEEDED, JobState.Name.DEAD, JobState.Name.CANCELLED);
    private static final int ID_BYTES = 6;
    private static final int PAGE = 1_000;

    /** So long a secret of before may hold. */
    private static final Duration OVERLAP_MAX = Duration.ofDays(30);

    /** Events that one replay looks at, and deliveries that it makes. */
    private static final int REPLAYED_MAX = 10_000;

    private final Engine engine;
    private final Webhooks webhooks;
    private final RandomGenerator random;
    private final Addresses addresses;

    /**
     * @param random draws secrets: nobody may guess it
     * @param privateAllowed whether a webhook may be on a private network
     */
    public WebhookDesk(
            Engine engine, Webhooks webhooks, RandomGenerator random, boolean privateAllowed) {
        this.engine = engine;
        this.webhooks = webhooks;
        this.random = random;
        this.addresses = new Addresses(privateAllowed, InetAddress::getAllByName);
    }

    @Override
    public JsonNode add(JsonNode body) {
        if (!body.isObject()) throw wrong("want an object with url");
        for (String name : body.propertyNames())
            if (!FIELDS.contains(name))
                throw wrong("/%s is not known; known are %s".formatted(name, FIELDS));
        var bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        Webhook webhook;
        try {
            webhook =
                    new Webhook(
                            "wh" + HexFormat.of().formatHex(bytes),
                            text(body, "url"),
                            text(body, "tenant"),
                            states(body),
                            text(body, "tool"),
                            text(body, "queue"),
                            true,
                            engine.store().now(),
                            0,
                            0,
                            Optional.empty());
        } catch (IllegalArgumentException e) {
            // The record checks itself; here its refusal becomes the caller's.
            throw wrong(String.valueOf(e.getMessage()));
        }
        requireReachable(webhook);
        String secret = Signature.newSecret(random);
        webhooks.add(webhook, secret);
        return document(find(webhook.id())).put("secret", secret);
    }

    @Override
    public JsonNode rotate(String id, Duration overlap) {
        if (overlap.isNegative() || overlap.compareTo(OVERLAP_MAX) > 0)
            throw wrong(
                    "overlap is %s; want 0 to %d days".formatted(overlap, OVERLAP_MAX.toDays()));
        Instant until = engine.store().now().plus(overlap);
        String secret = Signature.newSecret(random);
        if (!webhooks.rotate(id, secret, until)) throw none(id);
        return document(find(id))
                .put("secret", secret)
                .put("former_secret_until", until.toString());
    }

    private static Set<JobState.Name> states(JsonNode body) {
        JsonNode given = body.path("states");
        if (given.isMissingNode()) return STATES;
        if (!given.isArray() || given.isEmpty()) throw wrong("/states: want a list of states");
        Set<JobState.Name> states = EnumSet.noneOf(JobState.Name.class);
        for (JsonNode each : given.values()) {
            String text = each.stringValue("");
            states.add(
                    EnumSet.allOf(JobState.Name.class).stream()
                            .filter(state -> state.wire().equals(text.toLowerCase(Locale.ROOT)))
                            .findFirst()
                            .orElseThrow(() ->
                                    wrong(
                                            "/states: \"%s\" is none; want waiting, queued, running, succeeded, dead or cancelled"
                                                    .formatted(text))));
        }
        return states;
    }

    private static String text(JsonNode body, String name) {
        if (!body.has(name)) return "";
        return body.path(name)
                .stringValueOpt()
                .orElseThrow(() -> wrong("/%s: want a text".formatted(name)));
    }

    /** Now, for who adds it to hear; whatever is sent looks again. */
    private void requireReachable(Webhook webhook) {
        try {
            var _ = addresses.of(URI.create(webhook.url()).getHost());
        } catch (UnknownHostException e) {
            throw wrong("/url: its host is not known: " + e.getMessage());
        } catch (IOException e) {
            throw wrong("/url: " + e.getMessage());
        }
    }

    @Override
    public JsonNode list() {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var list = page.putArray("webhooks");
        for (Webhook webhook : webhooks.all()) list.add(document(webhook));
        return page;
    }

    @Override
    public JsonNode one(String id) {
        return document(find(id));
    }

    @Override
    public JsonNode remove(String id) {
        if (!webhooks.remove(id)) throw none(id);
        return JsonNodeFactory.instance.objectNode().put("id", id).put("done", "removed");
    }

    @Override
    public JsonNode enable(String id, boolean enabled) {
        if (!webhooks.enable(id, enabled)) throw none(id);
        return document(find(id));
    }

    @Override
    public JsonNode deliveries(String id, int limit) {
        find(id);
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var list = page.putArray("deliveries");
        for (WebhookDelivery each : webhooks.deliveries(id, limit))
            list.addObject()
                    .put("event", each.event())
                    .put("job", each.job().toString())
                    .put("attempt", each.attempt())
                    .put("at", each.at().toString())
                    .put("delivered", each.delivered())
                    .put("status", each.status())
                    .put("duration_ms", each.duration().toMillis())
                    .put("answer", each.answer());
        return page;
    }

    @Override
    public JsonNode replay(String id, JsonNode which) {
        Webhook webhook = find(id);
        if (which.has("job") == which.has("since"))
            throw wrong("name what to replay: either job, a delivery's, or since, a moment");
        if (which.has("job")) return replayOne(webhook, text(which, "job"));
        try {
            return replaySince(webhook, Instant.parse(text(which, "since")));
        } catch (DateTimeParseException e) {
            throw wrong("/since: want a moment as 2026-01-31T08:00:00Z");
        }
    }

    private JsonNode replayOne(Webhook webhook, String text) {
        Job job =
                JobId.parse(text)
                        .flatMap(engine.store()::find)
                        .filter(each -> each.submission().tool().equals(Message.TOOL))
                        .filter(each ->
                                Message.read(each.submission().input())
                                        .webhook()
                                        .equals(webhook.id()))
                        .orElseThrow(() ->
                                new PawlException(
                                        ErrorCode.JOB_NOT_FOUND,
                                        "job \"%s\" delivered nothing to webhook %s"
                                                .formatted(text, webhook.id())));
        return submitted(List.of(Message.read(job.submission().input()).again(webhook)), 0);
    }

    /** All that it wants of the events that are kept, whatever it was told of them. */
    private JsonNode replaySince(Webhook webhook, Instant since) {
        Webhook whole = fromTheBeginning(webhook);
        var again = new ArrayList<Submission>();
        long missed = 0;
        long upTo = engine.store().latestEvent();
        for (long after = 0; after < upTo; ) {
            Events page = engine.store().events(after, PAGE);
            if (after == 0) missed = page.missed();
            for (Event event : page.events()) {
                if (event.number() > upTo || event.at().isBefore(since)) continue;
                if (!whole.wants(event) || event.tool().equals(Message.TOOL)) continue;
                if (!isOf(whole, event)) continue;
                if (again.size() == REPLAYED_MAX)
                    throw wrong(
                            "/since: that is more than %d deliveries; take a later moment"
                                    .formatted(REPLAYED_MAX));
                again.add(Message.of(webhook, event).again(webhook));
            }
            if (page.events().isEmpty()) break;
            after = page.upTo();
        }
        return submitted(again, missed);
    }

    private boolean isOf(Webhook webhook, Event event) {
        return webhook.tenant().isEmpty()
                || engine.store()
                        .find(event.job())
                        .filter(job -> job.submission().tenant().equals(webhook.tenant()))
                        .isPresent();
    }

    private static Webhook fromTheBeginning(Webhook w) {
        return new Webhook(
                w.id(),
                w.url(),
                w.tenant(),
                w.states(),
                w.tool(),
                w.queue(),
                true,
                w.createdAt(),
                0,
                w.failures(),
                w.heldUntil());
    }

    @Override
    public JsonNode test(String id) {
        Webhook webhook = find(id);
        return submitted(List.of(Message.test(webhook, engine.store().now()).again(webhook)), 0);
    }

    /**
     * @param missed how many events are forgotten, of those that were asked for maybe some
     */
    private JsonNode submitted(List<Submission> deliveries, long missed) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        var jobs = answer.put("deliveries", deliveries.size()).putArray("jobs");
        for (int from = 0; from < deliveries.size(); from += PAGE) {
            var bite = deliveries.subList(from, Math.min(deliveries.size(), from + PAGE));
            for (Submitted each : engine.submit(bite))
                switch (each) {
                    case Submitted.Accepted(var job, _) -> jobs.add(job.toString());
                    case Submitted.Existing(var job) -> jobs.add(job.toString());
                    case Submitted.Refused(var code, var why) -> throw new PawlException(code, why);
                }
        }
        return missed > 0 ? answer.put("events_forgotten", missed) : answer;
    }

    private Webhook find(String id) {
        return webhooks.find(id).orElseThrow(() -> none(id));
    }

    private static PawlException none(String id) {
        return new PawlException(
                ErrorCode.WEBHOOK_NOT_FOUND,
                "there is no webhook \"%s\"; `pawl webhooks list` shows those that are"
                        .formatted(id));
    }

    private static PawlException wrong(String why) {
        return new PawlException(ErrorCode.INPUT_INVALID, why);
    }

    /** Without its secret. */
    private ObjectNode document(Webhook webhook) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", webhook.id()).put("url", webhook.url());
        var states = node.putArray("states");
        webhook.states().stream().sorted().map(JobState.Name::wire).forEach(states::add);
        if (!webhook.tool().isEmpty()) node.put("tool", webhook.tool());
        if (!webhook.queue().isEmpty()) node.put("queue", webhook.queue());
        if (!webhook.tenant().isEmpty()) node.put("tenant", webhook.tenant());
        node.put("enabled", webhook.enabled())
                .put("created_at", webhook.createdAt().toString())
                .put("failures", webhook.failures());
        Instant now = engine.store().now();
        String circuit =
                webhook.heldUntil()
                        .map(at -> at.isAfter(now) ? "open" : "half-open")
                        .orElse("closed");
        node.put("circuit", circuit);
        webhook.heldUntil().ifPresent(at -> node.put("held_until", at.toString()));
        return node;
    }
}
