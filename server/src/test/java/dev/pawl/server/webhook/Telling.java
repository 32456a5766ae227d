package dev.pawl.server.webhook;

import dev.pawl.core.Attempt;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import dev.pawl.core.Webhook;
import dev.pawl.core.Webhooks;
import dev.pawl.server.StoreKind;
import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.NoArtifacts;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that tells webhooks, on a store and a clock of the test's own: the test makes each step, so
 * that it can stop between two.
 */
final class Telling implements AutoCloseable {
    static final ToolId SHOUT = new ToolId("shout", "1");

    final FakeTime time = FakeTime.advancing();
    final Store store;
    final Engine engine;
    final Webhooks webhooks;
    final WebhookDesk desk;
    final WebhookFeed feed;
    final WebhookSender sender;
    private final StoreKind.Opened kept;
    private long leases;

    Telling(StoreKind kind, WebhookOptions options) {
        this(kind, options, InetAddress::getAllByName);
    }

    Telling(StoreKind kind, WebhookOptions options, Addresses.Names names) {
        kept = kind.open(time);
        store = kept.store();
        engine = new Engine(store, new NoArtifacts(), time, new Random(1));
        webhooks = kept.webhooks();
        desk = new WebhookDesk(engine, webhooks, new Random(2), true);
        feed = new WebhookFeed(engine, webhooks, time);
        sender = new WebhookSender(webhooks, store, options, time, names);
    }

    static WebhookOptions options() {
        return WebhookOptions.defaults().withPrivateAllowed(true);
    }

    /** Answers the document with the secret. */
    JsonNode add(String json) {
        return desk.add(JsonMapper.shared().readTree(json));
    }

    JsonNode add(Receiver to) {
        return add("{\"url\":\"%s\"}".formatted(to.url()));
    }

    Webhook webhook(JsonNode made) {
        return webhooks.find(made.path("id").stringValue()).orElseThrow();
    }

    // ---- Jobs that others are told of

    JobId succeeded(String queue, String tenant) {
        return ended(
                Submission.of(SHOUT, "{}").queue(queue).tenant(tenant).build(),
                new Outcome.Succeeded("{\"said\":\"hi\"}", List.of()));
    }

    JobId succeeded() {
        return succeeded(Submission.DEFAULT_QUEUE, Submission.DEFAULT_TENANT);
    }

    JobId dead() {
        return ended(
                Submission.of(SHOUT, "{}").build(),
                Outcome.failed(ErrorClass.PERMANENT, "no paper"));
    }

    private JobId ended(Submission submission, Outcome outcome) {
        if (!(engine.submit(submission) instanceof Submitted.Accepted(var id, _)))
            throw new AssertionError("not accepted");
        for (ClaimedJob job : claim(SHOUT)) end(job, outcome);
        return id;
    }

    // ---- Deliveries

    /** Makes the jobs of what has happened. */
    Telling feed() {
        boolean more = true;
        while (more) more = feed.step();
        return this;
    }

    /** Runs the deliveries that are due; answers how many. */
    int deliver() throws InterruptedException {
        store.promote(1_000);
        List<ClaimedJob> jobs = claim(WebhookSender.TOOL);
        for (ClaimedJob job : jobs) end(job, sender.run(new Tried(job)));
        return jobs.size();
    }

    /** As time passes, until all deliveries have ended or that time is over. */
    Telling deliverFor(Duration span) throws InterruptedException {
        Instant end = time.instant().plus(span);
        while (time.instant().isBefore(end) && unfinished()) {
            int _ = deliver();
            time.advance(Duration.between(time.instant(), earlier(next(), end)));
        }
        return this;
    }

    /** When something may be due, but not at once. */
    private Instant next() {
        Instant soon = time.instant().plusSeconds(5);
        return deliveries().stream()
                .map(Job::state)
                .filter(state -> !state.ended())
                .map(state -> state instanceof JobState.Queued queued ? queued.runAt() : soon)
                .map(at -> at.isBefore(soon) ? soon : at)
                .min(Comparator.naturalOrder())
                .orElse(soon);
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private boolean unfinished() {
        return deliveries().stream().anyMatch(job -> !job.state().ended());
    }

    /** The jobs that deliver, the newest first. */
    List<Job> deliveries() {
        return store.list(JobFilter.ALL.withQueue("webhooks"), "", 1_000);
    }

    JobState only() {
        List<Job> all = deliveries();
        if (all.size() != 1) throw new AssertionError("deliveries: " + all);
        return all.getFirst().state();
    }

    private List<ClaimedJob> claim(ToolId tool) {
        var want = new Claim.Want(Set.of(tool), Set.of(), Set.of(), 1_000);
        var lease = new LeaseId(new UUID(5, leases++));
        var claim = new Claim(lease, "w", Duration.ofHours(1), List.of(want), Set.of());
        return engine.claim(claim).jobs();
    }

    private void end(ClaimedJob job, Outcome outcome) {
        engine.end(List.of(engine.ending(job, "w", outcome)));
    }

    private record Tried(ClaimedJob job) implements Attempt {
        @Override
        public void progress(double fraction, String text) {}

        @Override
        public void log(LogLine.Stream stream, String text) {}
    }

    /** The same store and webhooks, as another process has them. */
    WebhookFeed another(Webhooks known) {
        return new WebhookFeed(engine, known, time);
    }

    @Override
    public void close() {
        sender.close();
        kept.close();
    }
}
