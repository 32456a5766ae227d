package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.NewKey;
import dev.pawl.core.Role;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Admins who look after keys and users over HTTP. */
@OnEachStore
final class KeysAndUsersTest {
    private static final String SIGN_IN = "{\"name\":\"ann\",\"password\":\"%s\"}";

    @TempDir Path folder;
    private Running on;
    private Map<String, String> callers;

    private final StoreKind kind;

    KeysAndUsersTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void start() throws Exception {
        on = new Running(kind, folder, ServerOptions.defaults().withAnonymous(Optional.empty()));
        callers =
                Map.of(
                        "root", key("root", Role.ADMIN, ""),
                        "head", key("head", Role.ADMIN, "acme"),
                        "bob", key("bob", Role.USER, "acme"));
    }

    private String key(String name, Role role, String tenant) {
        var random = new Random(name.hashCode());
        NewKey made = NewKey.of(name, role, tenant, Instant.EPOCH, Instant.MAX, random);
        on.keys.add(made.key(), made.sha256());
        return "Bearer " + made.secret();
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void aKeyIsShownOnceAndGoodUntilItIsRevoked() {
        Running.Answer made = post("root", "/v1/keys", "{\"name\":\"ann\",\"tenant\":\"acme\"}");
        assertThat(made.status()).isEqualTo(201);
        String secret = "Bearer " + made.json().path("key").stringValue();
        String id = made.json().path("id").stringValue();
        JsonNode who = on.get("/v1/session", "Authorization", secret).json();
        assertThat(who.path("tenant").stringValue()).isEqualTo("acme");
        assertThat(get("root", "/v1/keys").json().toString()).doesNotContain(secret.substring(7));

        Running.Answer revoked = delete("root", "/v1/keys/" + id);
        assertThat(revoked.json().path("status").stringValue()).isEqualTo("revoked");
        assertThat(on.get("/v1/session", "Authorization", secret).status()).isEqualTo(401);
        assertThat(delete("root", "/v1/keys/nope").status()).isEqualTo(404);
    }

    @Test
    void aTenantsAdminReachesItsKeysOnly() {
        assertThat(names("head")).containsExactlyInAnyOrder("head", "bob");
        assertThat(names("root")).containsExactlyInAnyOrder("head", "bob", "root");
        String root =
                on.keys.all().stream()
                        .filter(key -> key.name().equals("root"))
                        .findFirst()
                        .orElseThrow()
                        .id();
        assertThat(delete("head", "/v1/keys/" + root).status()).isEqualTo(404);

        Running.Answer admin = post("head", "/v1/keys", "{\"name\":\"x\",\"role\":\"admin\"}");
        assertThat(admin.json().path("tenant").stringValue()).isEqualTo("acme");
        assertThat(post("head", "/v1/keys", "{\"name\":\"x\",\"tenant\":\"other\"}").pointers())
                .containsExactly("/tenant");
        assertThat(get("bob", "/v1/keys").status()).isEqualTo(403);
        assertThat(post("bob", "/v1/keys", "{\"name\":\"x\"}").status()).isEqualTo(403);
        assertThat(on.get("/v1/keys").status()).isEqualTo(401);
    }

    @Test
    void whatIsWrongWithAKeyIsSaidAtOnce() {
        assertThat(
                        post(
                                        "root",
                                        "/v1/keys",
                                        "{\"name\":\"a b\",\"role\":\"boss\",\"x\":1,"
                                                + "\"expires_at\":\"2020-01-01T00:00:00Z\"}")
                                .pointers())
                .containsExactlyInAnyOrder("/name", "/role", "/x", "/expires_at");
        assertThat(post("root", "/v1/keys", "{\"name\":\"anonymous\"}").status()).isEqualTo(400);
    }

    @Test
    void aUserIsMadeChangedAndDisabled() {
        Running.Answer made =
                post("root", "/v1/users", "{\"name\":\"ann\",\"password\":\"correct horse\"}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().path("role").stringValue()).isEqualTo("user");
        assertThat(post("root", "/v1/users", SIGN_IN.formatted("another one")).status())
                .isEqualTo(409);
        assertThat(on.post("/v1/session", SIGN_IN.formatted("correct horse")).status())
                .isEqualTo(200);

        Running.Answer changed =
                put("root", "/v1/users/ann", "{\"role\":\"admin\",\"password\":\"new password\"}");
        assertThat(changed.json().path("role").stringValue()).isEqualTo("admin");
        assertThat(changed.json().has("tenant")).isFalse();
        assertThat(on.post("/v1/session", SIGN_IN.formatted("correct horse")).status())
                .isEqualTo(401);
        assertThat(on.post("/v1/session", SIGN_IN.formatted("new password")).status())
                .isEqualTo(200);

        assertThat(delete("root", "/v1/users/ann").json().path("status").stringValue())
                .isEqualTo("disabled");
        assertThat(on.post("/v1/session", SIGN_IN.formatted("new password")).status())
                .isEqualTo(401);
        assertThat(put("root", "/v1/users/ann", "{\"disabled\":false}").status()).isEqualTo(200);
        assertThat(on.post("/v1/session", SIGN_IN.formatted("new password")).status())
                .isEqualTo(200);
        assertThat(get("root", "/v1/users").json().path("users").size()).isEqualTo(1);
        assertThat(get("root", "/v1/users").json().toString()).doesNotContain("argon2");
    }

    @Test
    void whatIsWrongWithAUserIsSaidAtOnce() {
        assertThat(post("root", "/v1/users", "{\"name\":\"\",\"password\":\"short\"}").pointers())
                .containsExactlyInAnyOrder("/name", "/password");
        assertThat(put("root", "/v1/users/nobody", "{}").status()).isEqualTo(404);
        assertThat(delete("root", "/v1/users/nobody").status()).isEqualTo(404);
        assertThat(get("head", "/v1/users").status()).isEqualTo(403);
        assertThat(get("bob", "/v1/users").status()).isEqualTo(403);
    }

    private List<String> names(String who) {
        return get(who, "/v1/keys").json().path("keys").values().stream()
                .map(key -> key.path("name").stringValue())
                .toList();
    }

    private String shown(String who) {
        return callers.getOrDefault(who, "");
    }

    private Running.Answer get(String who, String path) {
        return on.get(path, "Authorization", shown(who));
    }

    private Running.Answer post(String who, String path, String json) {
        return on.post(path, json, "Authorization", shown(who));
    }

    private Running.Answer put(String who, String path, String json) {
        return on.put(path, json, "Authorization", shown(who));
    }

    private Running.Answer delete(String who, String path) {
        return on.send(on.request(path, "Authorization", shown(who)).DELETE());
    }
}
