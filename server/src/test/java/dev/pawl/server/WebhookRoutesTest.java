package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.api.PawlClient;
import dev.pawl.core.ApiKey;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Role;
import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Webhooks over the API: who may add them, what is refused, what the client says. */
@OnEachStore
final class WebhookRoutesTest {
    private static final String GOOD = "{\"url\":\"http://127.0.0.1:1/\"}";

    @TempDir Path folder;
    private Running on;

    private final StoreKind kind;

    WebhookRoutesTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void start() throws IOException {
        on = new Running(kind, folder, ServerOptions.defaults());
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void aWebhookIsAddedShownAndRemoved() {
        Running.Answer made = on.post("/v1/webhooks", GOOD);
        String secret = made.json().path("secret").stringValue();
        String path = "/v1/webhooks/" + made.json().path("id").stringValue();

        assertThat(made.status()).isEqualTo(201);
        assertThat(secret).startsWith("whsec_");
        JsonNode listed = on.get("/v1/webhooks").json().path("webhooks");
        assertThat(listed.size()).isEqualTo(1);
        assertThat(listed.path(0).path("circuit").stringValue()).isEqualTo("closed");
        assertThat(listed.toString() + on.get(path).json()).doesNotContain(secret);
        assertThat(on.post(path + ":disable", "").json().path("enabled").booleanValue()).isFalse();

        assertThat(on.send(on.request(path).DELETE()).status()).isEqualTo(200);
        assertThat(on.get("/v1/webhooks").json().path("webhooks").isEmpty()).isTrue();
        for (HttpRequest.Builder gone :
                List.of(
                        on.request(path),
                        on.request(path).DELETE(),
                        on.request(path + "/deliveries"),
                        on.request(path + ":enable").POST(HttpRequest.BodyPublishers.noBody()),
                        on.request(path + ":test").POST(HttpRequest.BodyPublishers.noBody()))) {
            Running.Answer answer = on.send(gone);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("webhook_not_found");
        }
    }

    @Test
    void aSecretIsChanged() {
        Running.Answer made = on.post("/v1/webhooks", GOOD);
        String path = "/v1/webhooks/" + made.json().path("id").stringValue();

        Running.Answer changed = on.post(path + ":rotate?overlap=2h", "");

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().path("secret").stringValue())
                .startsWith("whsec_")
                .isNotEqualTo(made.json().path("secret").stringValue());
        assertThat(changed.json().has("former_secret_until")).isTrue();
        assertThat(on.post(path + ":rotate", "").status()).isEqualTo(200);
        for (String bad : List.of("soon", "31d", "PT-1S")) {
            Running.Answer answer = on.post(path + ":rotate?overlap=" + bad, "");
            assertThat(answer.status()).as(bad).isEqualTo(422);
            assertThat(answer.code()).as(bad).isEqualTo("input_invalid");
        }
        assertThat(on.post("/v1/webhooks/gone:rotate", "").code()).isEqualTo("webhook_not_found");
    }

    @Test
    void whatIsWrongIsRefused() {
        assertThat(on.post("/v1/webhooks", "{\"url\":\"ftp://x\"}").code())
                .isEqualTo("input_invalid");
        assertThat(on.post("/v1/webhooks", "{\"url\":\"ftp://x\"}").status()).isEqualTo(422);
        String path = "/v1/webhooks/" + on.post("/v1/webhooks", GOOD).json().path("id").asString();
        assertThat(on.post(path + ":replay", "{}").status()).isEqualTo(422);
        assertThat(on.get(path + "/deliveries?limit=0").status()).isEqualTo(400);
        assertThat(on.get(path + "/deliveries?limit=1001").status()).isEqualTo(400);
    }

    @Test
    void nobodySubmitsADelivery() {
        assertThat(on.post("/v1/jobs", "{\"tool\":\"pawl-webhook@1\",\"input\":{}}").code())
                .isEqualTo("tool_not_found");
    }

    @Test
    void onlyAnAdminOfAllTenantsReachesThem() {
        on.keys.add(
                new ApiKey(
                        "k1",
                        "ann",
                        Role.ADMIN,
                        "acme",
                        Instant.EPOCH,
                        Instant.MAX,
                        Optional.empty(),
                        Optional.empty()),
                ApiKeys.hash("secret"));
        String[] ann = {"Authorization", "Bearer secret"};

        assertThat(on.get("/v1/webhooks", ann).status()).isEqualTo(403);
        assertThat(on.post("/v1/webhooks", GOOD, ann).status()).isEqualTo(403);
    }

    @Test
    void theClientDoesTheSame() throws Exception {
        var uri = URI.create("http://localhost:" + on.server.port());
        try (var client = new PawlClient(uri, new SystemTime(), new Random(1))) {
            var webhooks = client.webhooks();
            JsonNode url = JsonNodeFactory.instance.objectNode().put("url", "http://127.0.0.1:1/");
            String id = webhooks.add(url).path("id").stringValue();

            assertThat(webhooks.list().path("webhooks").size()).isEqualTo(1);
            assertThat(webhooks.rotate(id, Duration.ofMinutes(90)).has("secret")).isTrue();
            assertThat(webhooks.enable(id, false).path("enabled").booleanValue()).isFalse();
            assertThat(webhooks.test(id).path("jobs").size()).isEqualTo(1);
            assertThat(webhooks.deliveries(id, 9).path("deliveries").isEmpty()).isTrue();
            JsonNode since =
                    JsonNodeFactory.instance.objectNode().put("since", "2026-01-31T08:00:00Z");
            assertThat(webhooks.replay(id, since).path("deliveries").intValue()).isZero();
            webhooks.remove(id);
            Assertions.assertThatThrownBy(() -> webhooks.one(id))
                    .isInstanceOfSatisfying(
                            PawlException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND));
        }
    }
}
