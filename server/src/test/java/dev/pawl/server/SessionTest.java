package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ApiKeys;
import dev.pawl.core.Role;
import dev.pawl.core.Session;
import dev.pawl.core.User;
import dev.pawl.server.identity.Passwords;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users who sign in, over HTTP. */
@OnEachStore
final class SessionTest {
    private static final String JOB = "{\"tool\":\"shout\",\"input\":{\"text\":\"a\"}}";
    private static final String CREDENTIALS = "{\"name\":\"%s\",\"password\":\"%s\"}";

    @TempDir Path folder;
    private Running on;

    private final StoreKind kind;

    SessionTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void start() throws Exception {
        on = new Running(kind, folder, ServerOptions.defaults().withAnonymous(Optional.empty()));
        var passwords = new Passwords(new Random(1));
        user("ann", Role.USER, "acme", passwords.hash("correct horse").orElseThrow());
        user("root", Role.ADMIN, "", passwords.hash("battery staple").orElseThrow());
    }

    private void user(String name, Role role, String tenant, String hash) {
        assertThat(on.users.add(User.of("id-" + name, name, role, tenant, Instant.EPOCH), hash))
                .isTrue();
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void whoSignsInHasACookieThatIsGoodUntilItSignsOut() {
        Running.Answer answer = signIn("ann", "correct horse");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("role").stringValue()).isEqualTo("user");
        assertThat(answer.header("Set-Cookie"))
                .contains("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200")
                .doesNotContain("Secure");
        String cookie = cookie(answer);

        assertThat(on.post("/v1/jobs", JOB, "Cookie", cookie).status()).isEqualTo(202);
        assertThat(on.get("/v1/queues", "Cookie", cookie).status()).isEqualTo(403);
        var who = on.get("/v1/session", "Cookie", cookie).json();
        assertThat(who.path("name").stringValue()).isEqualTo("ann");
        assertThat(who.path("tenant").stringValue()).isEqualTo("acme");
        assertThat(on.users.find("ann").orElseThrow().signedInAt()).isPresent();

        Running.Answer out = on.send(on.request("/v1/session", "Cookie", cookie).DELETE());
        assertThat(out.json().path("signed_out").booleanValue()).isTrue();
        assertThat(out.header("Set-Cookie")).contains("Max-Age=0");
        assertThat(on.get("/v1/jobs", "Cookie", cookie).status()).isEqualTo(401);
    }

    @Test
    void aUsersJobsAreItsOwn() {
        String ann = cookie(signIn("ann", "correct horse"));
        String root = cookie(signIn("root", "battery staple"));
        String id = on.post("/v1/jobs", JOB, "Cookie", root).json().path("id").stringValue();

        assertThat(on.get("/v1/jobs/" + id, "Cookie", ann).status()).isEqualTo(404);
        assertThat(on.get("/v1/jobs/" + id, "Cookie", root).status()).isEqualTo(200);
    }

    @Test
    void aSessionThatIsOverOrAUserThatIsDisabledIsNotLetIn() {
        User ann = on.users.find("ann").orElseThrow();
        Instant now = Instant.now();
        var over = new Session(ann, Session.Kind.BROWSER, now, now.plusMillis(1));
        on.users.begin(over, ApiKeys.hash("over"));
        var refresh = new Session(ann, Session.Kind.REFRESH, now, now.plusSeconds(60));
        on.users.begin(refresh, ApiKeys.hash("refresh"));
        String cookie = cookie(signIn("ann", "correct horse"));

        assertThat(on.get("/v1/jobs", "Cookie", "pawl_session=over").status()).isEqualTo(401);
        assertThat(on.get("/v1/jobs", "Cookie", "pawl_session=refresh").status()).isEqualTo(401);
        assertThat(on.get("/v1/jobs", "Cookie", "pawl_session=ann").status()).isEqualTo(401);
        assertThat(on.get("/v1/jobs", "Cookie", cookie).status()).isEqualTo(200);
        assertThat(on.users.setDisabled("ann", true)).isTrue();
        assertThat(on.get("/v1/jobs", "Cookie", cookie).status()).isEqualTo(401);
        assertThat(signIn("ann", "correct horse").status()).isEqualTo(401);
    }

    @Test
    void aWrongPasswordAndAnUnknownNameAreAnsweredAlike() {
        Running.Answer wrong = signIn("ann", "wrong");
        Running.Answer unknown = signIn("nobody", "correct horse");

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.response().headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(wrong.response().body()).isEqualTo(unknown.response().body());
        assertThat(on.post("/v1/session", "{}").status()).isEqualTo(422);
        assertThat(on.post("/v1/session", "[1]").status()).isEqualTo(422);
        assertThat(on.post("/v1/session", "{").status()).isEqualTo(400);
    }

    @Test
    void guessingIsSlowed() {
        for (int i = 0; i < 5; i++) assertThat(signIn("ann", "guess " + i).status()).isEqualTo(401);

        Running.Answer slowed = signIn("ann", "correct horse");
        assertThat(slowed.status()).isEqualTo(429);
        assertThat(slowed.code()).isEqualTo("too_many_failures");
        assertThat(Integer.parseInt(slowed.header("Retry-After"))).isBetween(200, 300);
        assertThat(signIn("root", "battery staple").status()).isEqualTo(200);
    }

    @Test
    void anotherSitesPageDoesNotActWithTheCookie() {
        String cookie = cookie(signIn("ann", "correct horse"));
        String own = "http://localhost:" + on.server.port();
        for (String[] from :
                new String[][] {
                    {"Sec-Fetch-Site", "cross-site"},
                    {"Sec-Fetch-Site", "same-site"},
                    {"Origin", "https://evil.example"},
                    {"Origin", "http://localhost:1"},
                    {"Origin", "null"}
                }) {
            Running.Answer answer = on.post("/v1/jobs", JOB, "Cookie", cookie, from[0], from[1]);
            assertThat(answer.status()).as(String.join(" ", from)).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("cross_site");
            assertThat(on.post("/v1/session", CREDENTIALS.formatted("ann", "x"), from).status())
                    .isEqualTo(403);
        }
        for (String[] from :
                new String[][] {
                    {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Origin", own}
                })
            assertThat(on.post("/v1/jobs", JOB, "Cookie", cookie, from[0], from[1]).status())
                    .isEqualTo(202);
        assertThat(on.get("/v1/jobs", "Cookie", cookie, "Sec-Fetch-Site", "cross-site").status())
                .isEqualTo(200);
    }

    @Test
    void aBrowserIsShownWhereToSignIn() {
        Running.Answer start = on.get("/", "Accept", "text/html,*/*");
        assertThat(start.status()).isEqualTo(303);
        assertThat(start.header("Location")).isEqualTo("sign-in");
        assertThat(text(on.get("/sign-in"))).contains("<form method=\"post\"", "Password");
        assertThat(on.get("/sign-in").header("Content-Security-Policy")).contains("'none'");

        Running.Answer wrong = form("name=ann&password=wrong");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(text(wrong)).contains("no user has that name and password");
        Running.Answer right =
                form("name=ann&password=correct+horse", "X-Forwarded-Proto", "https");
        assertThat(right.status()).isEqualTo(303);
        assertThat(right.header("Location")).isEqualTo("../");
        assertThat(right.header("Set-Cookie")).contains("; Secure");
        Running.Answer signedIn = on.get("/", "Accept", "text/html", "Cookie", cookie(right));
        assertThat(signedIn.status()).isEqualTo(200);
        assertThat(form("name=%zz").status()).isEqualTo(400);
    }

    @Test
    void withoutAKeyItSaysWhereTheCommandsTakeItFrom() {
        assertThat(on.get("/v1/jobs").json().path("detail").stringValue()).contains("PAWL_KEY");
    }

    private Running.Answer form(String body, String... headers) {
        return on.send(
                on.request("/v1/session", headers)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(body)));
    }

    private Running.Answer signIn(String name, String password) {
        return on.post("/v1/session", CREDENTIALS.formatted(name, password));
    }

    private static String text(Running.Answer answer) {
        return new String(answer.response().body(), StandardCharsets.UTF_8);
    }

    private static String cookie(Running.Answer answer) {
        return List.of(answer.header("Set-Cookie").split(";", -1)).getFirst();
    }
}
