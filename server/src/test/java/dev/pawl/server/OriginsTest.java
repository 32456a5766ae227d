package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.server.Running.Answer;
import dev.pawl.server.toolrunner.Scripts;
import dev.pawl.server.toolrunner.ToolRunner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pages of other origins may do on a front, over real HTTP. */
final class OriginsTest {
    private static final String PAGE = "http://localhost:3000";
    private static final String ALLOW = "Access-Control-Allow-Origin";

    @TempDir Path folder;
    private HttpClient http;

    @BeforeEach
    void client() {
        http = HttpClient.newHttpClient();
    }

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void aPageOfAListedOriginSeesAnswersRefusalsToo() throws IOException {
        try (Running on = serving(PAGE + ", https://app.example.org/")) {
            Answer tools = on.get("/api/tools", "Origin", PAGE);
            Answer none = on.get("/api/jobs/x", "Origin", "https://APP.example.org");
            Answer nowhere = on.get("/nowhere", "Origin", PAGE);
            Answer run = on.post("/api/run", "{\"tool_name\": \"none\"}", "Origin", PAGE);

            assertThat(tools.status()).isEqualTo(200);
            assertThat(tools.header(ALLOW)).isEqualTo(PAGE);
            assertThat(tools.header("Vary")).isEqualTo("Origin");
            assertThat(tools.header("Access-Control-Expose-Headers")).contains("Retry-After");
            assertThat(tools.header("Access-Control-Allow-Credentials")).isEmpty();
            assertThat(none.status()).isEqualTo(404);
            assertThat(none.header(ALLOW)).isEqualTo("https://APP.example.org");
            assertThat(List.of(nowhere.status(), run.status())).containsOnly(404);
            assertThat(List.of(nowhere.header(ALLOW), run.header(ALLOW))).containsOnly(PAGE);
        }
    }

    @Test
    void aBrowserThatAsksBeforehandIsToldWhatMayBeSent() throws Exception {
        try (Running on = serving(PAGE)) {
            var allowed = preflight(on, "/api/run", PAGE);
            var other = preflight(on, "/api/run", "http://evil.example");

            assertThat(allowed.statusCode()).isEqualTo(204);
            assertThat(allowed.headers().firstValue(ALLOW)).contains(PAGE);
            assertThat(allowed.headers().firstValue("Access-Control-Allow-Methods").orElse(""))
                    .contains("POST", "DELETE");
            assertThat(allowed.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
                    .contains("Authorization", "Content-Type");
            assertThat(other.statusCode()).isEqualTo(405);
            assertThat(other.headers().firstValue(ALLOW)).isEmpty();
        }
    }

    @Test
    void whereNobodyNeedsAKeyAPageThatIsListedByNameMayAct() throws IOException {
        try (Running on = serving(PAGE);
                Running any = serving("*")) {
            assertThat(run(on, PAGE).status()).isEqualTo(200);
            assertThat(run(on, "http://evil.example").status()).isEqualTo(403);
            Answer refused = run(any, PAGE);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.header(ALLOW)).isEqualTo(PAGE);
            assertThat(any.get("/api/jobs", "Origin", PAGE).header(ALLOW)).isEqualTo(PAGE);
        }
    }

    private static Answer run(Running on, String origin) {
        return on.post("/api/run", "{\"tool_name\": \"greet\"}", "Origin", origin);
    }

    @Test
    void aBrowserNeedsNoKeyToAskBeforehandButThePageDoes() throws Exception {
        var options =
                ServerOptions.defaults()
                        .withAnonymous(Optional.empty())
                        .withOrigins(Origins.parse(PAGE));
        try (Running on = serving(options)) {
            assertThat(preflight(on, "/api/run", PAGE).statusCode()).isEqualTo(204);
            Answer refused = on.get("/api/jobs", "Origin", PAGE);
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.header(ALLOW)).isEqualTo(PAGE);
        }
    }

    @Test
    void noOtherPageIsAllowedAnythingAndTheNativeApiIsOpenToNone() throws Exception {
        try (Running on = serving(PAGE);
                Running off = serving("")) {
            assertThat(on.get("/api/tools", "Origin", "http://evil.example").header(ALLOW))
                    .isEmpty();
            assertThat(on.get("/api/tools", "Origin", PAGE + ".evil.example").header(ALLOW))
                    .isEmpty();
            assertThat(off.get("/api/tools", "Origin", PAGE).header(ALLOW)).isEmpty();
            assertThat(preflight(off, "/api/run", PAGE).statusCode()).isEqualTo(405);
            var jobs = URI.create("http://localhost:%d/v1/jobs".formatted(on.server.port()));
            var asked = HttpRequest.newBuilder(jobs).header("Origin", PAGE).build();
            assertThat(http.send(asked, BodyHandlers.discarding()).headers().firstValue(ALLOW))
                    .isEmpty();
        }
    }

    @Test
    void aSocketIsOpenToTheSamePages() throws IOException {
        try (Running on = serving(PAGE);
                Running any = serving("*")) {
            socket(on, PAGE).abort();
            socket(any, "http://evil.example").abort();
            assertThatThrownBy(() -> socket(on, "http://evil.example"))
                    .isInstanceOf(CompletionException.class);
            assertThat(on.get("/ws", "Origin", "http://evil.example").status()).isEqualTo(403);
            assertThat(on.get("/ws", "Origin", PAGE).status()).isEqualTo(426);
        }
    }

    @Test
    void whatIsNoOriginIsRefused() {
        assertThat(Origins.parse(" , ")).isEqualTo(Origins.NONE);
        for (String text : new String[] {"localhost:3000", "http://", "http://a/b", "http://a b"})
            assertThatThrownBy(() -> Origins.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("want origins");
    }

    private Running serving(String origins) throws IOException {
        return serving(ServerOptions.defaults().withOrigins(Origins.parse(origins)));
    }

    private Running serving(ServerOptions options) throws IOException {
        Path here = Files.createTempDirectory(folder, "on");
        Path scripts = Files.createDirectory(here.resolve("scripts"));
        Files.writeString(scripts.resolve("greet.py"), "print('hello')\n");
        Scripts found = Scripts.of(scripts);
        return new Running(
                StoreKind.MEMORY, here, options, List.of(new ToolRunner(found)), found.tools());
    }

    private HttpResponse<Void> preflight(Running on, String path, String origin)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + on.port() + path))
                        .method("OPTIONS", BodyPublishers.noBody())
                        .header("Origin", origin)
                        .header("Access-Control-Request-Method", "POST")
                        .header("Access-Control-Request-Headers", "content-type");
        return http.send(request.build(), BodyHandlers.discarding());
    }

    private WebSocket socket(Running on, String origin) {
        return http.newWebSocketBuilder()
                .header("Origin", origin)
                .buildAsync(
                        URI.create("ws://localhost:%d/ws".formatted(on.port())),
                        new WebSocket.Listener() {})
                .join();
    }
}
