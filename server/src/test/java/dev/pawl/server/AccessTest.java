package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.api.PawlClient;
import dev.pawl.api.SubmitRequest;
import dev.pawl.core.ApiKey;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.JobId;
import dev.pawl.core.Role;
import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

/** Who may do what, over HTTP. */
@OnEachStore
final class AccessTest {
    private static final String JOB = "{\"tool\":\"shout\",\"input\":{\"text\":\"%s\"}}";
    private static final List<String> PARTS =
            List.of("", "/output", "/logs", "/events", "/artifacts", "/why", "/cache");

    @TempDir Path folder;
    private Running on;

    private final StoreKind kind;

    AccessTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void start() throws IOException {
        on = new Running(kind, folder, ServerOptions.defaults().withAnonymous(Optional.empty()));
        key("root", Role.ADMIN, "", Instant.MAX);
        key("ann", Role.USER, "acme", Instant.MAX);
        key("bob", Role.USER, "acme", Instant.MAX);
        key("eve", Role.VIEWER, "acme", Instant.MAX);
        key("head", Role.ADMIN, "acme", Instant.MAX);
        key("other", Role.ADMIN, "other", Instant.MAX);
    }

    @AfterEach
    void stop() {
        on.close();
    }

    private void key(String name, Role role, String tenant, Instant until) {
        var key =
                new ApiKey(
                        name,
                        name,
                        role,
                        tenant,
                        Instant.EPOCH,
                        until,
                        Optional.empty(),
                        Optional.empty());
        on.keys.add(key, ApiKeys.hash("secret-" + name));
    }

    @Test
    void withoutAGoodKeyNobodyIsLetIn() {
        key("late", Role.USER, "acme", Instant.now().minusSeconds(1));
        key("gone", Role.USER, "acme", Instant.MAX);
        assertThat(get("gone", "/v1/jobs").status()).isEqualTo(200);
        assertThat(on.keys.revoke("gone")).isTrue();

        assertThat(on.get("/v1/jobs").status()).isEqualTo(401);
        for (String shown :
                List.of(
                        "Bearer secret-late",
                        "Bearer secret-gone",
                        "Bearer secret-nobody",
                        "Bearer ann",
                        "Bearer",
                        "Basic YW5uOmFubg==",
                        "secret-ann")) {
            Running.Answer answer = on.get("/v1/jobs", "Authorization", shown);
            assertThat(answer.status()).as(shown).isEqualTo(401);
            assertThat(answer.code()).isEqualTo("unauthenticated");
            assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
        }
        assertThat(on.get("/livez").status()).isEqualTo(200);
        assertThat(on.get("/readyz").status()).isEqualTo(200);
        assertThat(on.get("/").status()).isEqualTo(200);
    }

    @Test
    void usersReachTheirOwnJobsAndAnAdminThoseOfItsTenant() {
        String anns = submit("ann", "a");
        String bobs = submit("bob", "b");

        for (String part : PARTS) {
            assertThat(get("ann", "/v1/jobs/" + bobs + part).status()).as(part).isEqualTo(404);
            assertThat(get("other", "/v1/jobs/" + bobs + part).status()).as(part).isEqualTo(404);
        }
        for (String act : List.of(":cancel", ":redrive", ":discard"))
            assertThat(post("ann", "/v1/jobs/" + bobs + act, "").status()).as(act).isEqualTo(404);
        assertThat(post("ann", "/v1/jobs:cancel", "{\"all\":true}").json().path("matched").asInt())
                .isEqualTo(1);
        assertThat(on.store.find(JobId.parse(bobs).orElseThrow()).orElseThrow().state().ended())
                .isFalse();

        assertThat(listed("ann")).containsExactly(anns);
        assertThat(listed("bob")).containsExactly(bobs);
        assertThat(listed("head")).containsExactly(bobs, anns);
        assertThat(listed("root")).containsExactly(bobs, anns);
        assertThat(listed("other")).isEmpty();
        assertThat(get("ann", "/v1/jobs/count").json().path("count").asInt()).isEqualTo(1);
        assertThat(get("head", "/v1/jobs/" + bobs).status()).isEqualTo(200);
        assertThat(get("root", "/v1/jobs/" + bobs).status()).isEqualTo(200);
    }

    @Test
    void nobodyHangsAJobOnAnothersJob() {
        String bobs = submit("bob", "b");
        String body =
                "{\"tool\":\"shout\",\"input\":{\"text\":\"a\"},\"parents\":[\"%s\"]}"
                        .formatted(bobs);

        assertThat(post("ann", "/v1/jobs", body).status()).isEqualTo(404);
        assertThat(post("bob", "/v1/jobs", body).status()).isEqualTo(202);
    }

    @Test
    void aViewerChangesNothing() {
        assertThat(get("eve", "/v1/jobs").status()).isEqualTo(200);
        assertThat(get("eve", "/v1/tools").status()).isEqualTo(200);
        Running.Answer refused = post("eve", "/v1/jobs", JOB.formatted("a"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("forbidden");
        assertThat(listed("root")).isEmpty();
    }

    @Test
    void whatTenantsShareIsForAnAdminOfAll() {
        for (String path :
                List.of(
                        "/v1/queues",
                        "/v1/limits",
                        "/v1/workers",
                        "/v1/stats",
                        "/v1/events",
                        "/v1/cache",
                        "/metrics",
                        "/v1/files/" + "0".repeat(64))) {
            assertThat(get("ann", path).status()).as(path).isEqualTo(403);
            assertThat(get("head", path).status()).as(path).isEqualTo(403);
        }
        assertThat(post("ann", "/v1/leases:watch", "{\"wait_ms\":0}").status()).isEqualTo(403);
        assertThat(post("ann", "/v1/queues/default:pause", "").status()).isEqualTo(403);
        assertThat(get("root", "/v1/queues").status()).isEqualTo(200);
        assertThat(get("root", "/metrics").status()).isEqualTo(200);
        assertThat(post("root", "/v1/leases:watch", "{\"wait_ms\":0}").status()).isEqualTo(200);
    }

    @Test
    void whenAKeyWasShownIsKept() {
        Instant before = Instant.now();
        assertThat(get("ann", "/v1/jobs").status()).isEqualTo(200);

        Instant used =
                on.keys.find(ApiKeys.hash("secret-ann")).orElseThrow().usedAt().orElseThrow();
        assertThat(used).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
    }

    @Test
    void whoShowsNoKeyMayDoWhatIsConfigured() throws IOException {
        try (var open =
                new Running(
                        kind,
                        folder.resolve("open"),
                        ServerOptions.defaults().withAnonymous(Optional.of(Role.USER)))) {
            String theirs =
                    open.post("/v1/jobs", JOB.formatted("a")).json().path("id").stringValue("");
            String keyed =
                    open.engine
                            .store()
                            .find(JobId.parse(theirs).orElseThrow())
                            .orElseThrow()
                            .submission()
                            .owner();
            assertThat(keyed).isEqualTo("anonymous");
            assertThat(open.get("/v1/jobs/" + theirs).status()).isEqualTo(200);
            assertThat(open.get("/v1/queues").status()).isEqualTo(403);
        }
    }

    @Test
    void aClientShowsItsKey() throws Exception {
        var address = URI.create("http://localhost:" + on.server.port());
        var input = JsonNodeFactory.instance.objectNode().put("text", "a");
        var time = new SystemTime();
        try (var ann = new PawlClient(address, "secret-ann", time, new Random(1));
                var nobody = new PawlClient(address, time, new Random(1))) {
            JobId id = ann.submit(SubmitRequest.of("shout", input)).id();
            assertThat(ann.job(id)).isPresent();
            assertThatThrownBy(() -> nobody.submit(SubmitRequest.of("shout", input)))
                    .hasMessageContaining("show a key");
        }
    }

    private String submit(String who, String text) {
        Running.Answer answer = post(who, "/v1/jobs", JOB.formatted(text));
        assertThat(answer.status()).isEqualTo(202);
        return answer.json().path("id").stringValue("");
    }

    private List<String> listed(String who) {
        return get(who, "/v1/jobs").json().path("jobs").values().stream()
                .map(job -> job.path("id").stringValue(""))
                .toList();
    }

    private Running.Answer get(String who, String path) {
        return on.get(path, "Authorization", "Bearer secret-" + who);
    }

    private Running.Answer post(String who, String path, String json) {
        return on.post(path, json, "Authorization", "Bearer secret-" + who);
    }
}
