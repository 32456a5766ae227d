package dev.pawl.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.SystemTime;
import dev.pawl.testkit.MemoryStore;
import dev.pawl.tool.FieldError;
import dev.pawl.tool.Requests.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Tool files inside a program of one's own. */
@Timeout(60)
final class PawlToolFilesTest {
    private static final String GREET =
            """
            tool: greet@1
            input:
              type: object
              additionalProperties: false
              required: [name, times]
              properties:
                name: {type: string}
                times: {type: integer, minimum: 1}
                tone: {enum: [warm, cool], default: warm}
            output: {type: object, required: [text]}
            run: {java: greeting}
            policy: {timeout: 5s, attempts: 1, queue: greetings, priority: 4}
            """;

    @TempDir Path folder;
    private final SystemTime time = new SystemTime();
    private final MemoryStore store = new MemoryStore(time);
    private FileArtifacts artifacts;

    record Greeting(String name, int times, String tone) {}

    @BeforeEach
    void folders() throws IOException {
        Files.createDirectories(folder.resolve("tools"));
        artifacts = new FileArtifacts(folder.resolve("artifacts"), time);
    }

    @Test
    void aHandlerGetsWhatTheFilesSchemaMakesOfTheInput() throws Exception {
        tool("greet", GREET);
        try (var pawl = greeting(pawl()).start()) {
            JobId id = pawl.submit("greet", Map.of("name", "Ada", "times", 2));
            pawl.await(id, WaitOptions.defaults());

            assertThat(pawl.output(id, JsonNode.class).path("text").asString())
                    .isEqualTo("warm Ada Ada");
            assertThat(job(id).submission().queue()).isEqualTo("greetings");
            assertThat(job(id).submission().priority()).isEqualTo(4);
            assertThat(job(id).submission().retry().attempts()).isEqualTo(1);
        }
    }

    @Test
    void everythingThatIsWrongWithAnInputIsToldAtOnceAndNothingIsStored() throws Exception {
        tool("greet", GREET);
        try (var pawl = greeting(pawl()).open()) {
            Map<String, Object> bad = Map.of("times", 0, "tone", "loud", "volume", 11);

            assertThatThrownBy(() -> pawl.submit("greet@1", bad))
                    .hasMessageContainingAll("/name", "/times", "/tone", "/volume")
                    .extracting(e -> ((PawlException) e).code())
                    .isEqualTo(ErrorCode.INPUT_INVALID);
            assertThat(pawl.check("greet@1", bad))
                    .isInstanceOfSatisfying(
                            Request.Wrong.class,
                            wrong ->
                                    assertThat(wrong.errors())
                                            .extracting(FieldError::pointer)
                                            .containsExactlyInAnyOrder(
                                                    "/name", "/times", "/tone", "/volume"));
            assertThat(store.list(JobFilter.ALL, "", 10)).isEmpty();
        }
    }

    @Test
    void anOutputThatIsNotAsTheFilePromisesIsPermanent() throws Exception {
        tool("greet", GREET);
        try (var pawl = pawl().handler("greeting", Greeting.class, (_, _) -> Map.of()).start()) {
            JobId id = pawl.submit("greet@1", new Greeting("Ada", 1, "cool"));
            pawl.await(id, WaitOptions.defaults());

            assertThat(job(id).state())
                    .isInstanceOfSatisfying(
                            JobState.Dead.class,
                            dead -> assertThat(dead.kind()).isEqualTo(ErrorClass.PERMANENT));
        }
    }

    @Test
    @Tag("process")
    void aCommandRunsAndItsFilesAreKept() throws Exception {
        tool(
                "upper",
                """
                tool: upper@1
                input:
                  type: object
                  properties: {text: {type: string, contentMediaType: text/plain}}
                run: {command: [tr, a-z, A-Z], stdin: "{{input.text}}", stdout: "{{input.text.name}}.up"}
                """);
        Path note = Files.writeString(folder.resolve("note.txt"), "hello");
        try (var pawl = pawl().commands(folder.resolve("work")).start()) {
            JobId id = pawl.submit("upper@1", Map.of("text", pawl.file(note)));

            Waited end = pawl.await(id, WaitOptions.defaults());

            assertThat(end.failures()).isEmpty();
            var kept = store.artifacts(id).getFirst();
            assertThat(kept.name()).isEqualTo("note.up");
            assertThat(Files.readString(artifacts.file(kept.sha256()).orElseThrow()))
                    .isEqualTo("HELLO");
        }
    }

    @Test
    void aRequestIsSentToItsServer() throws Exception {
        HttpServer server = server("{\"celsius\": 21}");
        int port = server.getAddress().getPort();
        tool(
                "warmth",
                """
                tool: warmth@1
                run: {http: {url: "http://127.0.0.1:%d/"}}
                """
                        .formatted(port));
        try (var pawl = pawl().start()) {
            JobId id = pawl.submit("warmth@1", Map.of("place", "here"));

            Waited end = pawl.await(id, WaitOptions.defaults());

            assertThat(end.failures()).isEmpty();
            assertThat(pawl.output(id, JsonNode.class).path("celsius").asInt()).isEqualTo(21);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void everyMistakeInTheFilesIsToldBeforeAnythingStarts() throws Exception {
        tool("greet", GREET.replace("queue: greetings", "quue: greetings"));
        tool("other", "tool: other@1\nrun: {java: 1}\nextra: 1\n");

        assertThatThrownBy(() -> greeting(pawl()).start())
                .hasMessageContainingAll("greet.yaml:", "quue", "other.yaml:", "extra")
                .extracting(e -> ((PawlException) e).code())
                .isEqualTo(ErrorCode.CONFIGURATION_INVALID);
        assertThat(store.workers()).isEmpty();
    }

    @Test
    void aToolThatCannotRunHereIsRefusedByWhoWouldRunItOnly() throws Exception {
        tool("greet", GREET);
        assertThatThrownBy(() -> pawl().start())
                .hasMessageContaining("wants handler \"greeting\", which is not registered");
        try (var submitter = pawl().open()) {
            JobId id = submitter.submit("greet@1", Map.of("name", "Ada", "times", 1));
            assertThat(job(id).state()).isInstanceOf(JobState.Queued.class);
        }

        tool("greet", "tool: greet@1\nrun: {command: [true]}\n");
        assertThatThrownBy(() -> pawl().start()).hasMessageContaining("tool greet@1 is a command");
    }

    @Test
    void aToolIsSaidByAFileOrByTheProgramNotByBoth() throws Exception {
        tool("greet", GREET);

        assertThatThrownBy(() ->
                        greeting(pawl()).tool("greet@1", Greeting.class, (_, _) -> "").start())
                .hasMessageContainingAll("greet.yaml", "greet@1 is in this program too");
    }

    private PawlBuilder pawl() {
        return Pawl.on(store, artifacts, new Random(1))
                .options(WorkerOptions.defaults().withPoll(Duration.ofMillis(20)))
                .tools(folder.resolve("tools"));
    }

    private static PawlBuilder greeting(PawlBuilder builder) {
        return builder.handler(
                "greeting",
                Greeting.class,
                (g, _) -> Map.of("text", g.tone() + (" " + g.name()).repeat(g.times())));
    }

    private void tool(String name, String text) throws IOException {
        Files.writeString(folder.resolve("tools").resolve(name + ".yaml"), text);
    }

    private Job job(JobId id) {
        return store.find(id).orElseThrow();
    }

    private static HttpServer server(String reply) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = reply.getBytes(UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        return server;
    }
}
