package dev.pawl.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Count;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.core.Webhook;
import dev.pawl.core.WebhookDelivery;
import dev.pawl.server.OnEachStore;
import dev.pawl.server.StoreKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Webhooks that are told over real HTTP. */
@OnEachStore
final class WebhookTest {
    private Receiver receiver;
    private Telling on;

    private final StoreKind kind;

    WebhookTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void start() throws IOException {
        receiver = new Receiver();
        on = new Telling(kind, Telling.options().withHold(3, Duration.ofMinutes(10)));
    }

    @AfterEach
    void stop() {
        on.close();
        receiver.close();
    }

    // ---- What is told

    @Test
    void whatHappensIsToldOnceAndSigned() throws Exception {
        JsonNode made = on.add(receiver);
        JobId job = on.succeeded();

        on.feed().deliver();
        on.feed().deliver();

        assertThat(receiver.received()).hasSize(1);
        Receiver.Received one = receiver.received().getFirst();
        JsonNode body = one.json();
        assertThat(body.path("type").stringValue()).isEqualTo("job.succeeded");
        assertThat(body.at("/data/event/job").stringValue()).isEqualTo(job.toString());
        assertThat(body.at("/data/job/state").stringValue()).isEqualTo("succeeded");
        assertThat(body.at("/data/job/output/said").stringValue()).isEqualTo("hi");
        assertThat(one.header("webhook-id"))
                .isEqualTo(
                        made.path("id").stringValue()
                                + "_"
                                + body.at("/data/event/number").longValue());
        assertThat(one.header("webhook-timestamp"))
                .isEqualTo(Long.toString(on.time.instant().getEpochSecond()));
        assertThat(one.header("webhook-signature"))
                .isEqualTo("v1," + signed(made.path("secret").stringValue(), one));
        assertThat(on.only()).isInstanceOf(JobState.Succeeded.class);
    }

    @Test
    void aSecretIsChangedAndTheOneOfBeforeSignsTooForAWhile() throws Exception {
        JsonNode made = on.add(receiver);
        String id = made.path("id").stringValue();

        JsonNode changed = on.desk.rotate(id, Duration.ofHours(1));
        on.succeeded();
        on.feed().deliver();
        on.time.advance(Duration.ofHours(2));
        on.succeeded();
        on.feed().deliver();

        String former = made.path("secret").stringValue();
        String secret = changed.path("secret").stringValue();
        assertThat(secret).startsWith("whsec_").isNotEqualTo(former);
        assertThat(changed.has("former_secret_until")).isTrue();
        Receiver.Received both = receiver.received().getFirst();
        assertThat(both.header("webhook-signature"))
                .isEqualTo("v1,%s v1,%s".formatted(signed(secret, both), signed(former, both)));
        Receiver.Received alone = receiver.received().get(1);
        assertThat(alone.header("webhook-signature")).isEqualTo("v1," + signed(secret, alone));
        assertThat(on.desk.one(id).toString() + on.desk.list()).doesNotContain(secret, former);
    }

    @Test
    void aSecretOfBeforeCanEndAtOnceButNotHoldForEver() throws Exception {
        String id = on.add(receiver).path("id").stringValue();
        String secret = on.desk.rotate(id, Duration.ZERO).path("secret").stringValue();

        on.succeeded();
        on.feed().deliver();

        Receiver.Received one = receiver.received().getFirst();
        assertThat(one.header("webhook-signature")).isEqualTo("v1," + signed(secret, one));
        for (Duration bad : List.of(Duration.ofSeconds(-1), Duration.ofDays(31)))
            assertThatThrownBy(() -> on.desk.rotate(id, bad)).hasMessageContaining("want 0 to 30");
        assertThatThrownBy(() -> on.desk.rotate("gone", Duration.ZERO))
                .hasMessageContaining("there is no webhook");
    }

    /** HMAC-SHA256 as RFC 2104 defines it, of SHA-256 alone. */
    private static String signed(String secret, Receiver.Received one) throws Exception {
        byte[] key = new byte[64];
        byte[] raw = Base64.getDecoder().decode(secret.substring("whsec_".length()));
        System.arraycopy(raw, 0, key, 0, raw.length);
        byte[] inner = new byte[64];
        byte[] outer = new byte[64];
        for (int i = 0; i < 64; i++) {
            inner[i] = (byte) (key[i] ^ 0x36);
            outer[i] = (byte) (key[i] ^ 0x5c);
        }
        String begin = one.header("webhook-id") + "." + one.header("webhook-timestamp") + ".";
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(inner);
        sha.update(begin.getBytes(StandardCharsets.UTF_8));
        byte[] first = sha.digest(one.body().getBytes(StandardCharsets.UTF_8));
        sha.update(outer);
        return Base64.getEncoder().encodeToString(sha.digest(first));
    }

    @Test
    void onlyWhatIsWantedIsTold() throws Exception {
        on.succeeded();
        on.add(
                "{\"url\":\"%s\",\"states\":[\"dead\"],\"queue\":\"default\",\"tool\":\"shout\"}"
                        .formatted(receiver.url()));
        on.add("{\"url\":\"%s\",\"tenant\":\"acme\"}".formatted(receiver.url()));
        on.add("{\"url\":\"%s\",\"tool\":\"shout@2\"}".formatted(receiver.url()));
        on.succeeded();
        JobId dead = on.dead();
        JobId acme = on.succeeded("q", "acme");

        on.feed().deliver();

        assertThat(receiver.received())
                .extracting(one -> one.json().at("/data/event/job").stringValue())
                .containsExactlyInAnyOrder(dead.toString(), acme.toString());
    }

    @Test
    void deliveriesTellOfNoneOfTheirOwn() throws Exception {
        on.add(
                "{\"url\":\"%s\",\"states\":[\"queued\",\"running\",\"succeeded\",\"dead\"]}"
                        .formatted(receiver.url()));
        on.succeeded();
        for (int i = 0; i < 3; i++) on.feed().deliver();

        assertThat(receiver.received())
                .extracting(one -> one.json().path("type").stringValue())
                .containsExactlyInAnyOrder("job.queued", "job.running", "job.succeeded");
    }

    @Test
    void aTestIsDeliveredWithoutAnEvent() throws Exception {
        String id = on.add(receiver).path("id").stringValue();

        on.desk.test(id);
        on.deliver();

        Receiver.Received one = receiver.received().getFirst();
        assertThat(one.json().path("type").stringValue()).isEqualTo("webhook.test");
        assertThat(one.json().at("/data/event").isMissingNode()).isTrue();
        assertThat(on.webhooks.deliveries(id, 9).getFirst().event()).isZero();
    }

    // ---- What is answered

    @Test
    void whatFailsIsTriedAgainNotBeforeRetryAfter() throws Exception {
        String id = on.add(receiver).path("id").stringValue();
        receiver.answers(503).answers(429, Map.of("Retry-After", "3600"), "too many");
        on.succeeded();

        on.feed().deliverFor(Duration.ofMinutes(30));
        assertThat(receiver.received()).hasSize(2);
        assertThat(on.only()).isInstanceOf(JobState.Queued.class);
        on.deliverFor(Duration.ofHours(2));

        assertThat(receiver.received()).hasSize(3);
        assertThat(on.only()).isInstanceOf(JobState.Succeeded.class);
        assertThat(receiver.received())
                .extracting(one -> one.header("webhook-id"))
                .containsOnly(receiver.received().getFirst().header("webhook-id"));
        List<WebhookDelivery> log = on.webhooks.deliveries(id, 9);
        assertThat(log).extracting(WebhookDelivery::status).containsExactly(204, 429, 503);
        assertThat(log).extracting(WebhookDelivery::attempt).containsExactly(3, 2, 1);
        assertThat(log.get(1).answer()).isEqualTo("too many");
        assertThat(on.webhooks.find(id).orElseThrow().failures()).isZero();
    }

    @Test
    void whatIsRefusedForGoodIsTriedThreeTimes() throws Exception {
        on.add(receiver);
        receiver.answers(400, 302, 404, 200);
        on.succeeded();

        on.feed().deliverFor(Duration.ofHours(9));

        assertThat(receiver.received()).hasSize(3);
        assertThat(on.only())
                .isInstanceOfSatisfying(
                        JobState.Dead.class,
                        dead -> assertThat(dead.kind()).isEqualTo(ErrorClass.PERMANENT));
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        on.add(receiver);
        receiver.answers(307, Map.of("Location", receiver.url() + "/elsewhere"), "");
        on.succeeded();

        on.feed().deliver();

        assertThat(receiver.received()).hasSize(1);
        assertThat(on.only()).isInstanceOf(JobState.Queued.class);
    }

    @Test
    void whoIsGoneIsSwitchedOff() throws Exception {
        Webhook webhook = on.webhook(on.add(receiver));
        receiver.answers(410);
        JobId first = on.succeeded();
        on.feed().deliver();
        assertThat(on.webhooks.find(webhook.id()).orElseThrow().enabled()).isFalse();
        assertThat(on.only()).isInstanceOf(JobState.Dead.class);

        on.succeeded();
        on.feed();
        assertThat(on.deliveries()).as("nobody is told").hasSize(1);

        on.desk.enable(webhook.id(), true);
        on.engine.redrive(on.deliveries().getFirst().id());
        on.feed().deliver();
        assertThat(receiver.received())
                .extracting(one -> one.json().at("/data/event/job").stringValue())
                .containsExactly(first.toString(), first.toString());
    }

    @Test
    void whoSendsALongAnswerIsHeardToItsFirstBytes() throws Exception {
        String id = on.add(receiver).path("id").stringValue();
        receiver.answers(200, Map.of(), "x".repeat(3_000_000));
        on.succeeded();

        on.feed().deliver();

        assertThat(on.only()).isInstanceOf(JobState.Succeeded.class);
        assertThat(on.webhooks.deliveries(id, 1).getFirst().answer())
                .hasSize(WebhookDelivery.ANSWER_MAX);
    }

    @Test
    void whoDoesNotAnswerIsGivenUpAfterTheTimeout() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var hasty =
                        new Telling(kind, Telling.options().withTimeout(Duration.ofMillis(300)))) {
            String id =
                    hasty.add("{\"url\":\"http://127.0.0.1:%d/\"}".formatted(silent.getLocalPort()))
                            .path("id")
                            .stringValue();
            hasty.succeeded();

            hasty.feed().deliver();

            assertThat(hasty.only()).isInstanceOf(JobState.Queued.class);
            WebhookDelivery log = hasty.webhooks.deliveries(id, 1).getFirst();
            assertThat(log.status()).isZero();
            assertThat(log.answer()).contains("300 ms");
        }
    }

    @Test
    void whoIsNotThereIsTriedAgain() throws Exception {
        on.add(receiver);
        receiver.close();
        on.succeeded();

        on.feed().deliver();

        assertThat(on.only())
                .isInstanceOfSatisfying(
                        JobState.Queued.class, s -> assertThat(s.failures()).isEqualTo(1));
    }

    // ---- The circuit

    @Test
    void whoFailsTooOftenIsLeftInPeaceThenOneTries() throws Exception {
        String id = on.add(receiver).path("id").stringValue();
        receiver.answers(500, 500, 500, 500);
        for (int i = 0; i < 5; i++) on.succeeded();
        on.feed();

        on.deliver();
        int sent = receiver.received().size();
        assertThat(sent).as("jobs that were claimed together, at most 4").isBetween(3, 4);
        assertThat(on.desk.one(id).path("circuit").stringValue()).isEqualTo("open");
        on.time.advance(Duration.ofMinutes(5));
        on.deliver();
        assertThat(receiver.received()).as("held").hasSize(sent);
        assertThat(on.deliveries())
                .extracting(Job::state)
                .allSatisfy(state -> assertThat(state).isInstanceOf(JobState.Queued.class));

        on.time.advance(Duration.ofMinutes(20));
        assertThat(on.desk.one(id).path("circuit").stringValue()).isEqualTo("half-open");
        on.deliverFor(Duration.ofHours(8));

        assertThat(on.desk.one(id).path("circuit").stringValue()).isEqualTo("closed");
        assertThat(on.deliveries())
                .extracting(Job::state)
                .allSatisfy(state -> assertThat(state).isInstanceOf(JobState.Succeeded.class));
    }

    @Test
    void aHoldCountsNoFailures() throws Exception {
        String id = on.add(receiver).path("id").stringValue();
        on.webhooks.failed(id, 1, on.store.now().plus(Duration.ofHours(1)));
        on.succeeded();

        on.feed().deliver();

        assertThat(on.only())
                .isEqualTo(new JobState.Queued(on.store.now().plus(Duration.ofHours(1)), 1, 0));
        assertThat(receiver.received()).isEmpty();
    }

    // ---- Once, whatever happens

    @Test
    void aCrashBetweenTheJobsAndThePositionDoublesNothing() throws Exception {
        on.add(receiver);
        on.succeeded();
        on.dead();
        WebhookFeed crashing = on.another(new Crashing(on.webhooks));

        assertThatThrownBy(crashing::step).hasMessage("crash");
        assertThat(on.deliveries()).as("the jobs were stored").hasSize(2);
        on.another(on.webhooks).step();
        on.feed().deliver();

        assertThat(on.deliveries()).hasSize(2);
        assertThat(receiver.received()).hasSize(2);
    }

    @Test
    void twoServersOfOneStoreDoubleNothingAndLoseNothing() throws Exception {
        on.add(receiver);
        WebhookFeed other = on.another(on.webhooks);
        for (int i = 0; i < 20; i++) {
            on.succeeded();
            if (i % 3 == 0) on.feed();
            if (i % 4 == 0) other.step();
        }
        on.feed();
        other.step();
        int delivered = on.deliver();
        while (delivered > 0) delivered = on.deliver();

        assertThat(receiver.received())
                .extracting(one -> one.header("webhook-id"))
                .hasSize(20)
                .doesNotHaveDuplicates();
    }

    @Test
    void whatHappensWhileNobodyFeedsIsToldLater() throws Exception {
        on.add(receiver);
        for (int i = 0; i < 1_100; i++) on.succeeded();

        on.feed();

        assertThat(on.store.latestEvent()).isGreaterThan(3_000);
        assertThat(on.store.counts())
                .filteredOn(count -> count.queue().equals("webhooks"))
                .extracting(Count::jobs)
                .containsExactly(1_100L);
    }

    // ---- Again

    @Test
    void oneDeliveryOrAllSinceAMomentAreReplayed() throws Exception {
        String id = on.add(receiver).path("id").stringValue();
        on.succeeded();
        on.time.advance(Duration.ofMinutes(5));
        Instant since = on.store.now();
        JobId late = on.succeeded();
        on.feed().deliver();
        JobId delivery = on.webhooks.deliveries(id, 1).getFirst().job();

        JsonNode one = on.desk.replay(id, json("{\"job\":\"%s\"}".formatted(delivery)));
        on.deliver();
        assertThat(one.path("deliveries").intValue()).isEqualTo(1);
        assertThat(receiver.received()).hasSize(3);
        assertThat(receiver.received().get(2).header("webhook-id"))
                .isEqualTo(receiver.received().get(1).header("webhook-id"));

        JsonNode all = on.desk.replay(id, json("{\"since\":\"%s\"}".formatted(since)));
        on.deliver();
        assertThat(all.path("deliveries").intValue()).isEqualTo(1);
        assertThat(receiver.received().get(3).json().at("/data/event/job").stringValue())
                .isEqualTo(late.toString());

        for (String bad :
                List.of(
                        "{}",
                        "{\"since\":\"yesterday\"}",
                        "{\"job\":\"%s\",\"since\":\"%s\"}".formatted(delivery, since),
                        "{\"job\":\"%s\"}".formatted(late),
                        "{\"job\":\"x\"}"))
            assertThatThrownBy(() -> on.desk.replay(id, json(bad)))
                    .as(bad)
                    .isInstanceOf(PawlException.class);
    }

    @Test
    void whatIsRemovedIsNotToldAndItsJobsSaySo() throws Exception {
        String id = on.add(receiver).path("id").stringValue();
        on.succeeded();
        on.feed();
        on.desk.remove(id);

        on.deliver();

        assertThat(receiver.received()).isEmpty();
        assertThat(on.store.history(on.deliveries().getFirst().id()).getFirst().message())
                .isEqualTo("webhook %s is removed".formatted(id));
    }

    // ---- Where to

    @Test
    void aNameThatTurnsPrivateIsNotConnectedTo() throws Exception {
        var asked = new AtomicInteger();
        var strict =
                new Telling(
                        kind,
                        WebhookOptions.defaults(),
                        host -> {
                            asked.incrementAndGet();
                            return new InetAddress[] {InetAddress.getLoopbackAddress()};
                        });
        try (strict) {
            strict.add("{\"url\":\"%s\"}".formatted(receiver.url()));
            strict.succeeded();

            strict.feed().deliver();

            assertThat(asked).as("looked up once").hasValue(1);
            assertThat(receiver.received()).isEmpty();
            Job job = strict.deliveries().getFirst();
            assertThat(job.state()).isInstanceOf(JobState.Dead.class);
            assertThat(strict.store.history(job.id()).getFirst().message())
                    .contains("private", "webhooks.private");
        }
    }

    @Test
    void theAddressThatWasLookedAtIsTheOneThatIsConnectedTo() throws Exception {
        // Nobody else knows the name: who looked it up again would find nothing.
        var pinned =
                new Telling(
                        kind,
                        Telling.options(),
                        _ -> new InetAddress[] {InetAddress.getLoopbackAddress()});
        try (pinned) {
            on.add(receiver);
            String url = receiver.url().replace("localhost", "hooks.invalid");
            pinned.webhooks.add(
                    new Webhook(
                            "pinned",
                            url,
                            "",
                            Set.of(JobState.Name.SUCCEEDED),
                            "",
                            "",
                            true,
                            pinned.store.now(),
                            0,
                            0,
                            Optional.empty()),
                    "whsec_AAAA");
            pinned.succeeded();

            pinned.feed().deliver();

            assertThat(receiver.received()).hasSize(1);
            assertThat(receiver.received().getFirst().header("host")).startsWith("hooks.invalid:");
        }
    }

    @Test
    void aUrlThatIsNoneIsRefused() {
        var strict = new WebhookDesk(on.engine, on.webhooks, new Random(3), false);
        var bad = new ArrayList<String>();
        for (String url :
                List.of(
                        "",
                        "hook",
                        "ftp://example.org/",
                        "file:///etc/passwd",
                        "http://",
                        "http:///x",
                        "http://u:p@example.org/",
                        "http://example.org/#a",
                        "http://example.org:99999/",
                        "http://exa mple.org/",
                        "http://localhost:9/",
                        "http://127.0.0.1/",
                        "http://2130706433/",
                        "http://[::1]/",
                        "http://[::ffff:10.0.0.1]/",
                        "http://10.1.2.3/",
                        "http://169.254.169.254/latest",
                        "http://[fd00::1]/",
                        "http://0.0.0.0/",
                        "http://nobody.invalid/",
                        "http://x.org/" + "x".repeat(2_000)))
            bad.add("{\"url\":\"%s\"}".formatted(url));
        bad.add("{}");
        bad.add("[]");
        bad.add("{\"url\":7}");
        bad.add("{\"url\":\"http://8.8.8.8/\",\"secret\":\"mine\"}");
        bad.add("{\"url\":\"http://8.8.8.8/\",\"states\":[]}");
        bad.add("{\"url\":\"http://8.8.8.8/\",\"states\":[\"gone\"]}");
        bad.add("{\"url\":\"http://8.8.8.8/\",\"tenant\":\"a b\"}");
        for (String body : bad)
            assertThatThrownBy(() -> strict.add(json(body)))
                    .as(body)
                    .isInstanceOfSatisfying(
                            PawlException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUT_INVALID));
        assertThat(on.webhooks.all()).isEmpty();

        assertThat(strict.add(json("{\"url\":\"https://8.8.8.8/\"}")).has("secret")).isTrue();
    }

    @Test
    void aSecretIsShownOnce() {
        JsonNode made = on.add(receiver);
        String secret = made.path("secret").stringValue();
        String id = made.path("id").stringValue();

        assertThat(Base64.getDecoder().decode(secret.substring(6))).hasSize(32);
        assertThat(on.desk.list() + "" + on.desk.one(id) + on.desk.enable(id, false))
                .doesNotContain(secret);
        on.desk.test(id);
        assertThat(on.deliveries().toString()).doesNotContain(secret);
        assertThat(Submission.DEFAULT_TENANT)
                .isEqualTo(on.deliveries().getFirst().submission().tenant());
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
