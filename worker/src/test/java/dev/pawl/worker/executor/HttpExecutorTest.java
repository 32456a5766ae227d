package dev.pawl.worker.executor;

import static dev.pawl.worker.executor.CommandExecutorTest.assertFailed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Executor;
import dev.pawl.core.Outcome;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.JsonSchema;
import dev.pawl.tool.Run;
import dev.pawl.tool.Template;
import dev.pawl.tool.Tool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
final class HttpExecutorTest {
    @TempDir Path data;
    private HttpServer server;
    private FileArtifacts artifacts;
    private ToolExecutors executors;
    private final RecordingAttempt attempt = new RecordingAttempt("{\"name\": \"a b/c\"}");
    private Duration timeout = Duration.ofSeconds(20);
    private JsonSchema output = JsonSchema.ANYTHING;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        artifacts = new FileArtifacts(data.resolve("artifacts"), Commands.TIME);
        executors =
                new ToolExecutors(
                        new CommandJournal(data, Commands.TIME),
                        artifacts,
                        new Handlers(),
                        Map.of(),
                        ToolExecutors.GRACE,
                        Commands.TIME);
    }

    @AfterEach
    void stop() {
        executors.close();
        server.stop(0);
    }

    @Test
    void theInputIsPostedAndTheAnswerIsTheOutput() throws Exception {
        serve("/run", exchange -> answer(exchange, 200, "application/json", body(exchange)));

        Outcome outcome = post("/run").run(attempt);

        assertThat(outcome).isEqualTo(new Outcome.Succeeded("{\"name\":\"a b/c\"}", List.of()));
        assertThat(attempt.progress).hasSize(1);
        assertThat(attempt.lines).singleElement().asString().contains("/run: 200 after");
    }

    @Test
    void theServerLearnsWhoseRequestItIs() throws Exception {
        serve(
                "/",
                exchange ->
                        answer(
                                exchange,
                                200,
                                "text/plain",
                                String.join(
                                        " ",
                                        header(exchange, "x-correlation-id"),
                                        header(exchange, "traceparent"),
                                        header(exchange, "Idempotency-Key"),
                                        header(exchange, "Pawl-Attempt"),
                                        header(exchange, "Content-Type"))));

        Outcome outcome = post("/").run(attempt);

        assertThat(outcome)
                .asInstanceOf(type(Outcome.Succeeded.class))
                .extracting(Outcome.Succeeded::output)
                .isEqualTo(
                        "{\"status\":200,\"body\":\"flow-7 %s %s 1 application/json\"}"
                                .formatted(RecordingAttempt.TRACE, attempt.job().id()));
    }

    @Test
    void templatesMakeUrlHeadersAndBody() throws Exception {
        serve(
                "/",
                exchange ->
                        answer(
                                exchange,
                                201,
                                "text/plain",
                                exchange.getRequestURI()
                                        + " "
                                        + header(exchange, "X-Name")
                                        + " "
                                        + body(exchange)));
        var url = new Template(List.of(text(base() + "/files/"), input("name")));
        Tool tool =
                tool(
                        new Run.Http(
                                "PUT",
                                url,
                                Map.of("X-Name", template(input("name"))),
                                template(text("<"), input("name"), text(">")),
                                Duration.ofSeconds(5),
                                timeout,
                                Map.of()));

        Outcome outcome = executors.of(tool).run(attempt);

        assertThat(outcome).asString().contains("/files/a%20b%2Fc a b/c <a b/c>");
    }

    @Test
    void theTextOfAFileIsSentWhereTheFileStands() throws Exception {
        serve("/run", exchange -> answer(exchange, 200, "application/json", body(exchange)));
        var kept = artifacts.put("a", "", new ByteArrayInputStream("@start".getBytes(UTF_8)));
        var file = new FileRef("a.puml", kept.sha256(), kept.sizeBytes(), "");

        Outcome outcome = post("/run").run(new RecordingAttempt("{\"d\": " + file.node() + "}"));

        assertThat(outcome).isEqualTo(new Outcome.Succeeded("{\"d\":\"@start\"}", List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "400, USER",
        "422, USER",
        "408, TRANSIENT",
        "425, TRANSIENT",
        "429, TRANSIENT",
        "500, TRANSIENT",
        "503, TRANSIENT",
        "418, PERMANENT",
    })
    void theStatusSaysTheClass(int status, ErrorClass kind) throws Exception {
        serve("/run", exchange -> answer(exchange, status, "text/plain", "no room\n"));

        Outcome outcome = post("/run").run(attempt);

        assertFailed(outcome, kind, "POST", "/run answered " + status + ": no room");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "120                           | 120",
                "0                             | 0",
                "999999999999                  | 86400",
                "soon                          | 0",
                "Thu, 01 Jan 1970 00:00:10 GMT | 0",
            })
    void retryAfterIsTheShortestWait(String header, long seconds) throws Exception {
        serve(
                "/run",
                exchange -> {
                    exchange.getResponseHeaders().set("Retry-After", header);
                    answer(exchange, 429, "text/plain", "");
                });

        Outcome outcome = post("/run").run(attempt);

        assertThat(outcome)
                .asInstanceOf(type(Outcome.Failed.class))
                .extracting(failed -> failed.error().notBefore())
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void anAnswerThatSaysItIsJsonAndIsNotIsTransient() throws Exception {
        serve("/run", exchange -> answer(exchange, 200, "application/json", "{\"a\": "));

        assertFailed(post("/run").run(attempt), ErrorClass.TRANSIENT, "says it is JSON");
    }

    @Test
    void anAnswerThatIsNotAsPromisedIsPermanent() throws Exception {
        serve("/run", exchange -> answer(exchange, 200, "text/html", "<h1>hi</h1>"));
        output = Tools.schema("{\"required\": [\"url\"]}");

        assertFailed(post("/run").run(attempt), ErrorClass.PERMANENT, "test@1", "url");
    }

    @Test
    void anAnswerThatIsNoTextBecomesAnArtifact() throws Exception {
        serve("/run", exchange -> answer(exchange, 200, "image/png", new byte[] {-119, 'P', 0}));

        Outcome outcome = post("/run").run(attempt);

        assertThat(CommandExecutorTest.kept(outcome))
                .singleElement()
                .satisfies(artifact -> {
                    assertThat(artifact.mediaType()).isEqualTo("image/png");
                    assertThat(artifact.sizeBytes()).isEqualTo(3);
                });
    }

    @Test
    void anAnswerThatNeverEndsIsBounded() throws Exception {
        serve(
                "/run",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    try (var out = exchange.getResponseBody()) {
                        while (true) out.write(new byte[1 << 16]);
                    }
                });

        assertFailed(post("/run").run(attempt), ErrorClass.PERMANENT, "longer than 10485760");
    }

    @Test
    void aServerThatHangsIsATimeout() throws Exception {
        var over = new CountDownLatch(1);
        serve("/run", _ -> await(over));
        timeout = Duration.ofMillis(300);

        Outcome outcome = post("/run").run(attempt);
        over.countDown();

        assertFailed(outcome, ErrorClass.TIMEOUT, "no whole answer within 300ms");
    }

    @Test
    void aBodyThatHangsIsATimeoutToo() throws Exception {
        var over = new CountDownLatch(1);
        serve(
                "/run",
                exchange -> {
                    exchange.sendResponseHeaders(200, 100);
                    exchange.getResponseBody().write('x');
                    exchange.getResponseBody().flush();
                    await(over);
                });
        timeout = Duration.ofMillis(300);

        Outcome outcome = post("/run").run(attempt);
        over.countDown();

        assertFailed(outcome, ErrorClass.TIMEOUT, "no whole answer");
    }

    @Test
    void anInterruptEndsTheExchange() throws Exception {
        var asked = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        serve(
                "/run",
                _ -> {
                    asked.countDown();
                    await(over);
                });
        Executor executor = post("/run");
        var run = new FutureTask<>(() -> executor.run(attempt));
        Thread thread = Thread.ofVirtual().start(run);
        asked.await();

        thread.interrupt();

        assertThatThrownBy(run::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        over.countDown();
    }

    @Test
    void garbageAndARefusedConnectionAreTransient() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerGarbage(socket));
            String url = "http://localhost:" + socket.getLocalPort() + "/";

            assertFailed(get(url).run(attempt), ErrorClass.TRANSIENT, url);
        }
        int unused = server.getAddress().getPort();
        server.stop(0);
        assertFailed(
                get("http://localhost:" + unused + "/").run(attempt),
                ErrorClass.TRANSIENT,
                "ConnectException");
        start();
    }

    @Test
    void aRedirectIsFollowedOnTheSameServerOnly() throws Exception {
        serve("/here", exchange -> redirect(exchange, "/there"));
        serve("/there", exchange -> answer(exchange, 200, "text/plain", "arrived"));
        serve("/away", exchange -> redirect(exchange, "http://example.invalid/steal"));
        serve("/loop", exchange -> redirect(exchange, "/loop"));

        assertThat(post("/here").run(attempt)).asString().contains("arrived");
        assertFailed(
                post("/away").run(attempt), ErrorClass.PERMANENT, "http://example.invalid/steal");
        assertFailed(post("/loop").run(attempt), ErrorClass.PERMANENT, "more than 5 redirects");
    }

    @Test
    void aUrlThatIsNoneIsPermanentAndSaysSo() throws Exception {
        for (String url : List.of("file:///etc/passwd", "localhost", "http:///x", "ht tp://x"))
            assertFailed(get(url).run(attempt), ErrorClass.PERMANENT, url);
    }

    private Executor post(String path) {
        return executors.of(
                tool(
                        new Run.Http(
                                "POST",
                                Tools.text(base() + path),
                                Map.of(),
                                null,
                                Duration.ofSeconds(5),
                                timeout,
                                Map.of(418, ErrorClass.PERMANENT))));
    }

    private Executor get(String url) {
        return executors.of(
                tool(
                        new Run.Http(
                                "GET",
                                Tools.text(url),
                                Map.of(),
                                null,
                                Duration.ofSeconds(5),
                                timeout,
                                Map.of())));
    }

    private Tool tool(Run run) {
        return Tools.of(run, output);
    }

    private String base() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    private void serve(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    private static String header(HttpExchange exchange, String name) {
        return String.valueOf(exchange.getRequestHeaders().getFirst(name));
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    }

    private static void answer(HttpExchange exchange, int status, String type, String body)
            throws IOException {
        answer(exchange, status, type, body.getBytes(UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void redirect(HttpExchange exchange, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answerGarbage(ServerSocket socket) {
        try (var connection = socket.accept()) {
            connection.getInputStream().read(new byte[1_000]);
            connection.getOutputStream().write("\0\1\2 no HTTP at all\r\n\r\n".getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Template template(Template.Part... parts) {
        return new Template(List.of(parts));
    }

    private static Template.Part text(String text) {
        return new Template.Part.Text(text);
    }

    private static Template.Part input(String name) {
        return new Template.Part.Input(List.of(name), Template.Aspect.VALUE);
    }
}
