package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.NewKey;
import dev.pawl.core.Role;
import dev.pawl.core.Session;
import dev.pawl.core.User;
import dev.pawl.server.toolrunner.Scripts;
import dev.pawl.server.toolrunner.ToolRunner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Users of the tool-runner front, where it differs from its contract's happy ways. */
@OnEachStore
final class ToolRunnerAuthTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String ANN = "{\"username\":\"ann\",\"password\":\"correct horse\"}";
    private Running on;

    @TempDir Path folder;

    private final StoreKind kind;

    ToolRunnerAuthTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void open() throws IOException {
        on = running("open", Optional.of(Role.ADMIN), SECRET);
    }

    private void start(Optional<Role> anonymous, String secret) throws IOException {
        on.close();
        on = running("other", anonymous, secret);
    }

    private Running running(String name, Optional<Role> anonymous, String secret)
            throws IOException {
        Path scripts = Files.createDirectories(folder.resolve(name).resolve("scripts"));
        Files.writeString(scripts.resolve("greet.py"), "print('hello')\n");
        Scripts found = Scripts.of(scripts);
        return new Running(
                kind,
                folder.resolve(name),
                ServerOptions.defaults().withAnonymous(anonymous).withTokenSecret(secret),
                List.of(new ToolRunner(found)),
                found.tools());
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void whereNobodyIsLetInWithoutAKeyAnAdminRegistersUsers() throws Exception {
        start(Optional.empty(), SECRET);
        NewKey root = NewKey.of("root", Role.ADMIN, "", Instant.EPOCH, Instant.MAX, new Random(1));
        NewKey bob =
                NewKey.of("bob", Role.USER, "default", Instant.EPOCH, Instant.MAX, new Random(2));
        on.keys.add(root.key(), root.sha256());
        on.keys.add(bob.key(), bob.sha256());

        assertThat(on.post("/auth/register", ANN).status()).isEqualTo(401);
        assertThat(on.post("/auth/register", ANN, bearer(bob.secret())).status()).isEqualTo(403);
        assertThat(on.users.all()).isEmpty();
        assertThat(on.post("/auth/register", ANN, bearer(root.secret())).status()).isEqualTo(201);
        assertThat(on.post("/auth/login", ANN).status()).isEqualTo(200);
        assertThat(on.get("/api/jobs").status()).isEqualTo(401);
        assertThat(on.get("/health").status()).isEqualTo(200);
        assertThat(on.get("/auth/me", bearer(bob.secret())).status()).as("a key").isEqualTo(401);
    }

    @Test
    void nobodyRegistersWithTheNameOfAKey() throws Exception {
        NewKey ann =
                NewKey.of("ann", Role.USER, "default", Instant.EPOCH, Instant.MAX, new Random(1));
        on.keys.add(ann.key(), ann.sha256());

        assertThat(on.post("/auth/register", ANN).status()).isEqualTo(400);
        assertThat(on.users.all()).isEmpty();
    }

    @Test
    void aLoginMayBeAForm() throws Exception {
        assertThat(on.post("/auth/register", ANN).status()).isEqualTo(201);

        Running.Answer answer =
                on.send(
                        on.request("/auth/login")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(
                                        BodyPublishers.ofString(
                                                "grant_type=password&username=ann"
                                                        + "&password=correct%20horse")));
        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void guessingIsSlowedHereToo() throws Exception {
        assertThat(on.post("/auth/register", ANN).status()).isEqualTo(201);
        for (int i = 0; i < 5; i++)
            assertThat(on.post("/auth/login", ANN.replace("horse", "h" + i)).status())
                    .isEqualTo(401);

        Running.Answer slowed = on.post("/auth/login", ANN);
        assertThat(slowed.status()).isEqualTo(429);
        assertThat(Integer.parseInt(slowed.header("Retry-After"))).isGreaterThan(5);
    }

    @Test
    void aUsersFiguresCountItsOwnJobs() throws Exception {
        start(Optional.empty(), SECRET);
        var keys = new HashMap<String, String>();
        for (String name : List.of("ann", "bob")) {
            NewKey key =
                    NewKey.of(
                            name,
                            Role.USER,
                            "default",
                            Instant.EPOCH,
                            Instant.MAX,
                            new Random(name.hashCode()));
            on.keys.add(key.key(), key.sha256());
            keys.put(name, key.secret());
        }
        for (String name : List.of("ann", "ann", "bob"))
            assertThat(
                            on.post(
                                            "/api/run",
                                            "{\"tool_name\":\"greet\"}",
                                            bearer(keys.getOrDefault(name, "")))
                                    .status())
                    .isEqualTo(200);

        JsonNode anns = on.get("/api/stats", bearer(keys.getOrDefault("ann", ""))).json();

        assertThat(anns.path("total_jobs").asInt()).isEqualTo(2);
        assertThat(anns.at("/database/total_jobs").asInt()).isEqualTo(2);
        assertThat(anns.at("/database/top_tools").toString())
                .isEqualTo("[{\"name\":\"greet\",\"count\":2,\"average_duration\":null}]");
        assertThat(on.get("/api/stats").status()).isEqualTo(401);
    }

    @Test
    void anAccessTokenIsGoodOnTheNativeApiToo() throws Exception {
        start(Optional.empty(), SECRET);
        NewKey root = NewKey.of("root", Role.ADMIN, "", Instant.EPOCH, Instant.MAX, new Random(1));
        on.keys.add(root.key(), root.sha256());
        assertThat(on.post("/auth/register", ANN, bearer(root.secret())).status()).isEqualTo(201);
        String token = on.post("/auth/login", ANN).json().path("access_token").stringValue();

        assertThat(on.get("/api/stats", bearer(token)).status()).isEqualTo(200);
        assertThat(at(on.server, token).path("name").stringValue()).isEqualTo("ann");
        SignedJWT parsed = SignedJWT.parse(token);
        assertThat(parsed.verify(new MACVerifier(SECRET))).isTrue();
        assertThat(parsed.getJWTClaimsSet().getSubject()).isEqualTo("ann");
    }

    @Test
    void theSecretIsKeptInTheStoreForAllItsServers() throws Exception {
        start(Optional.of(Role.ADMIN), "");
        assertThat(on.post("/auth/register", ANN).status()).isEqualTo(201);
        String token = on.post("/auth/login", ANN).json().path("access_token").stringValue();

        try (Server another = on.another()) {
            assertThat(at(another, token).path("name").stringValue()).isEqualTo("ann");
        }
        SignedJWT parsed = SignedJWT.parse(token);
        assertThat(parsed.verify(new MACVerifier(SECRET))).isFalse();
    }

    /** Whom the native API takes the bearer for. */
    private JsonNode at(Server server, String token) {
        var address = URI.create("http://localhost:%d/v1/session".formatted(server.port()));
        return on.send(HttpRequest.newBuilder(address).headers(bearer(token)).GET()).json();
    }

    @Test
    void anAccessTokenThatIsNotOursOrOverIsRefused() throws Exception {
        start(Optional.of(Role.VIEWER), SECRET);
        assertThat(on.post("/auth/register", ANN).status()).isEqualTo(201);
        Instant now = Instant.now();

        assertThat(me(token(SECRET, now.plusSeconds(60), "ann"))).isEqualTo(200);
        assertThat(me(token(SECRET, now.minusSeconds(1), "ann"))).isEqualTo(401);
        assertThat(me(token(SECRET, null, "ann"))).isEqualTo(401);
        assertThat(me(token("f".repeat(32), now.plusSeconds(60), "ann"))).isEqualTo(401);
        assertThat(me(token(SECRET, now.plusSeconds(60), "nobody"))).isEqualTo(401);
        assertThat(me(token(SECRET, now.plusSeconds(60), null))).isEqualTo(401);
        var unsigned =
                new PlainJWT(new JWTClaimsSet.Builder().issuer("pawl").subject("ann").build());
        assertThat(me(unsigned.serialize())).isEqualTo(401);
    }

    @Test
    void aRefreshTokenIsGoodOnce() throws Exception {
        assertThat(on.post("/auth/register", ANN).status()).isEqualTo(201);
        JsonNode tokens = on.post("/auth/login", ANN).json();
        String body = "{\"refresh_token\":\"%s\"}";
        String first = body.formatted(tokens.path("refresh_token").stringValue());

        Running.Answer fresh = on.post("/auth/refresh", first);
        assertThat(fresh.status()).isEqualTo(200);
        assertThat(on.post("/auth/refresh", first).status()).isEqualTo(401);
        String second = body.formatted(fresh.json().path("refresh_token").stringValue());
        String[] shown = bearer(fresh.json().path("access_token").stringValue());
        assertThat(on.post("/auth/logout", "", shown).status()).isEqualTo(200);
        assertThat(on.post("/auth/refresh", second).status()).isEqualTo(401);
        String browser = body.formatted(browserToken());
        assertThat(on.post("/auth/refresh", browser).status()).as("a cookie's").isEqualTo(401);
    }

    private String browserToken() {
        User ann = on.users.find("ann").orElseThrow();
        Instant now = Instant.now();
        on.users.begin(
                new Session(ann, Session.Kind.BROWSER, now, now.plusSeconds(60)),
                ApiKeys.hash("cookie"));
        return "cookie";
    }

    private int me(String token) {
        return on.get("/auth/me", bearer(token)).status();
    }

    private static String token(String secret, @Nullable Instant ends, @Nullable String name)
            throws Exception {
        var claims = new JWTClaimsSet.Builder().issuer("pawl").subject(name);
        if (ends != null) claims.expirationTime(Date.from(ends));
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
        token.sign(new MACSigner(secret));
        return token.serialize();
    }

    private static String[] bearer(String shown) {
        return new String[] {"Authorization", "Bearer " + shown};
    }
}
