package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.api.Json;
import dev.pawl.core.Artifact;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewKey;
import dev.pawl.core.Outcome;
import dev.pawl.core.Progress;
import dev.pawl.core.Role;
import dev.pawl.core.ToolId;
import dev.pawl.server.toolrunner.Scripts;
import dev.pawl.server.toolrunner.ToolRunner;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What the tool-runner front tells over {@code /ws}; the test is the worker. On PostgreSQL the real
 * processes of LiveEventsTest do it: who never reads is met there by a slower writer, whose
 * messages may still fit between the two.
 */
@Timeout(120)
final class ToolRunnerSocketTest {
    @TempDir Path folder;
    private HttpClient http;
    private long claims;
    private Front front;
    private Running on;

    @BeforeEach
    void start() throws IOException {
        http = HttpClient.newHttpClient();
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(scripts.resolve("greet.py"), "print('hello')\n");
        Scripts found = Scripts.of(scripts);
        front = new ToolRunner(found);
        var options = ServerOptions.defaults().withIdle(Duration.ofSeconds(2));
        on = new Running(StoreKind.MEMORY, folder, options, List.of(front), found.tools());
    }

    @AfterEach
    void stop() {
        assertThat(on.get("/health").status()).as("it answers afterwards").isIn(200, 401);
        http.close();
        on.close();
    }

    @Test
    void aClientIsToldOfItsJobUntilItIsComplete() {
        String id = run();
        try (var client = new Client()) {
            client.subscribe(id);
            client.until("status", "pending");
            ClaimedJob job = claim();
            client.until("status", "running");
            var half = new Progress(0.5, "half of it", on.store.now());
            var _ = on.store.progress(job.token(), half);
            JsonNode progress = client.until("progress", "50");
            succeed(job, "greet.html");
            JsonNode complete = client.until("type", "complete");

            assertThat(progress.toString())
                    .isEqualTo(
                            """
                            {"type":"progress","job_id":"%s","tool_name":"greet",\
                            "status":"running","progress":50,"message":"half of it"}\
                            """
                                    .formatted(id));
            assertThat(complete.propertyNames())
                    .containsExactly(
                            "type", "job_id", "status", "output_files", "duration", "error");
            assertThat(complete.path("status").stringValue()).isEqualTo("completed");
            assertThat(complete.at("/output_files/0").stringValue()).isEqualTo("greet.html");
            assertThat(complete.path("duration").isNumber()).isTrue();
            assertThat(complete.path("error").isNull()).isTrue();
        }
    }

    @Test
    void aJobThatStandsStillIsToldOfEachSecond() {
        String id = run();
        try (var client = new Client()) {
            client.subscribe(id);
            JsonNode first = client.next();

            assertThat(client.next()).isEqualTo(first);
            assertThat(client.next()).isEqualTo(first);
        }
    }

    @Test
    void severalJobsAreToldOfTogether() {
        String one = run();
        String other = run();
        try (var client = new Client()) {
            client.subscribe(one);
            client.subscribe(other);
            succeed(claim(), "a");
            succeed(claim(), "b");

            String first = client.until("type", "complete").path("job_id").stringValue();
            String second = client.until("type", "complete").path("job_id").stringValue();
            assertThat(List.of(first, second)).containsExactlyInAnyOrder(one, other);
        }
    }

    @Test
    void aJobThatIsOverIsCompleteAtOnce() {
        String id = run();
        on.engine.end(
                List.of(
                        on.engine.ending(
                                claim(), "w", Outcome.failed(ErrorClass.PERMANENT, "no luck"))));
        try (var client = new Client()) {
            client.subscribe(id);
            JsonNode complete = client.next();

            assertThat(complete.path("type").stringValue()).isEqualTo("complete");
            assertThat(complete.path("status").stringValue()).isEqualTo("failed");
            assertThat(complete.path("error").stringValue()).contains("no luck");
        }
    }

    @Test
    void whatCannotBeUnderstoodIsAnsweredAndTheConversationGoesOn() {
        try (var client = new Client()) {
            for (String bad :
                    List.of(
                            "hello",
                            "[]",
                            "{}",
                            "{\"action\":\"fly\"}",
                            "{\"action\":\"subscribe\"}",
                            "{\"action\":\"subscribe\",\"job_id\":\"../x\"}",
                            "{\"action\":\"subscribe\",\"job_id\":\"%s\"}"
                                    .formatted(UUID.randomUUID()))) {
                client.say(bad);
                assertThat(client.next().path("type").stringValue()).as(bad).isEqualTo("error");
            }
            client.say("{\"action\":\"ping\"}");
            assertThat(client.next().toString()).isEqualTo("{\"type\":\"pong\"}");
        }
    }

    @Test
    void whoSaysTooMuchAtOnceIsHungUpOn() {
        try (var client = new Client()) {
            client.say(" ".repeat(1 << 20));
            client.awaitEnd();
        }
    }

    @Test
    void aRequestThatOpensNoSocketIsToldWhy() {
        assertThat(on.get("/ws").status()).isEqualTo(426);
        assertThat(on.get("/ws").header("Upgrade")).isEqualTo("websocket");
        assertThat(on.get("/ws", "Origin", "http://evil.example").status()).isEqualTo(403);
    }

    @Test
    void aPageOfAnotherOriginIsRefused() {
        assertThatThrownBy(() -> new Client(Optional.of("http://evil.example")).close())
                .hasMessageContaining("WebSocketHandshakeException");
        new Client(Optional.of("http://localhost:" + on.port())).close();
    }

    @Test
    void withoutAKeyNobodyIsTold() throws IOException {
        on.close();
        on =
                new Running(
                        StoreKind.MEMORY,
                        folder.resolve("b"),
                        ServerOptions.defaults().withAnonymous(Optional.empty()),
                        List.of(front),
                        List.of());
        assertThatThrownBy(() -> new Client().close())
                .hasMessageContaining("WebSocketHandshakeException");
    }

    @Test
    void anothersJobIsNoneHereEither() {
        String ann = key("ann");
        String bob = key("bob");
        String id =
                on.post("/api/run", "{\"tool_name\": \"greet\"}", "Authorization", ann)
                        .json()
                        .path("job_id")
                        .stringValue();

        try (var client = new Client("Authorization", bob, "/ws")) {
            client.subscribe(id);
            client.until("message", "Job not found: " + id);
        }
        try (var client = new Client("Authorization", ann, "/ws")) {
            client.subscribe(id);
            client.until("status", "pending");
        }
    }

    private String key(String name) {
        var random = new Random(name.hashCode());
        NewKey key = NewKey.of(name, Role.USER, "default", Instant.EPOCH, Instant.MAX, random);
        on.keys.add(key.key(), key.sha256());
        return "Bearer " + key.secret();
    }

    @Test
    void noSocketIsWhereTheContractHasNone() {
        assertThatThrownBy(() -> new Client(Optional.empty(), "/api/jobs").close())
                .hasMessageContaining("WebSocketHandshakeException");
    }

    @Test
    void whoFollowsNothingAndSaysNothingIsHungUpOn() {
        try (var client = new Client()) {
            client.awaitEnd();
        }
    }

    @Test
    void whoNeverReadsIsHungUpOn() throws Exception {
        String id = longOne();
        try (var deaf = new Socket()) {
            open(deaf);
            byte[] say = subscription(id);
            for (int i = 0; i < 10; i++) deaf.getOutputStream().write(say);

            on.awaitNoConnection();

            assertThat(read(deaf.getInputStream())).isLessThan(50_000_000);
        }
    }

    /** What a client says doesn't make up for what it doesn't take. */
    @Test
    void whoNeverReadsAndFollowsMoreIsHungUpOn() throws Exception {
        String id = longOne();
        String other = run();
        succeed(claim(), "b");
        try (var deaf = new Socket()) {
            open(deaf);
            deaf.getOutputStream().write(subscription(id));
            // From here on it is being told, and takes no more.
            new DataInputStream(deaf.getInputStream()).readFully(new byte[1 << 10]);
            deaf.getOutputStream().write(subscription(other));

            on.awaitNoConnection();
        }
    }

    /** Though it is in the middle of being told when it does. */
    @Test
    void whoSubscribesAgainIsToldAgain() throws Exception {
        String id = longOne();
        try (var client = new Socket()) {
            open(client);
            client.getOutputStream().write(subscription(id));
            var in = new DataInputStream(client.getInputStream());
            in.readFully(new byte[1_000]);
            client.getOutputStream().write(subscription(id));

            for (int i = 1; i < 2 * 5_000; i++) in.readFully(new byte[1_000]);
        }
        on.awaitNoConnection();
    }

    /** A job whose complete message is some megabytes, so that no buffer takes it. */
    private String longOne() {
        String id = run();
        ClaimedJob job = claim();
        for (int i = 0; i < 50; i++) {
            var lines = new ArrayList<LogLine>();
            for (int j = 0; j < 100; j++)
                lines.add(
                        new LogLine(
                                1,
                                i * 100 + j,
                                on.store.now(),
                                LogLine.Stream.STDERR,
                                "x".repeat(1_000)));
            var _ = on.store.log(job.token(), lines);
        }
        succeed(job, "a");
        return id;
    }

    private void open(Socket socket) throws IOException {
        // Or the kernel lets it grow until nearly all of it fits.
        socket.setReceiveBufferSize(1 << 16);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), on.port()));
        socket.setSoTimeout(30_000);
        socket.getOutputStream()
                .write(
                        """
                        GET /ws HTTP/1.1\r
                        Host: localhost\r
                        Connection: Upgrade\r
                        Upgrade: websocket\r
                        Sec-WebSocket-Version: 13\r
                        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                        \r
                        """
                                .getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] subscription(String id) {
        return frame("{\"action\":\"subscribe\",\"job_id\":\"" + id + "\"}");
    }

    private static long read(InputStream in) {
        long bytes = 0;
        try {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) bytes += read;
        } catch (IOException reset) {
            // Hung up in the middle.
        }
        return bytes;
    }

    /** A text frame with a mask of zeros, as a client sends it. */
    private static byte[] frame(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] frame = new byte[6 + bytes.length];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | bytes.length);
        System.arraycopy(bytes, 0, frame, 6, bytes.length);
        return frame;
    }

    // ---- Jobs

    private String run() {
        var answer = on.post("/api/run", "{\"tool_name\": \"greet\"}");
        assertThat(answer.status()).isEqualTo(200);
        return answer.json().path("job_id").stringValue();
    }

    private ClaimedJob claim() {
        var want = new Claim.Want(Set.of(new ToolId("greet", "1")), Set.of(), Set.of(), 1);
        var lease = new LeaseId(new UUID(7, claims++));
        return on.engine
                .claim(new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of()))
                .jobs()
                .getFirst();
    }

    private void succeed(ClaimedJob job, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Artifact file = on.artifacts.put(name, "text/html", new ByteArrayInputStream(bytes));
        on.engine.end(
                List.of(on.engine.ending(job, "w", new Outcome.Succeeded("{}", List.of(file)))));
    }

    // ---- A client

    private final class Client implements WebSocket.Listener, AutoCloseable {
        private final LinkedBlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();
        private final WebSocket socket;

        Client() {
            this(Optional.empty());
        }

        Client(Optional<String> origin) {
            this(origin, "/ws");
        }

        Client(Optional<String> origin, String path) {
            this("Origin", origin.orElse(""), path);
        }

        Client(String header, String value, String path) {
            var builder = http.newWebSocketBuilder();
            if (!value.isEmpty()) builder.header(header, value);
            socket =
                    builder.buildAsync(URI.create("ws://localhost:" + on.port() + path), this)
                            .join();
        }

        void say(String words) {
            socket.sendText(words, true).join();
        }

        void subscribe(String id) {
            say("{\"action\":\"subscribe\",\"job_id\":\"" + id + "\"}");
        }

        JsonNode next() {
            try {
                JsonNode next = heard.poll(30, TimeUnit.SECONDS);
                if (next == null) throw new AssertionError("nothing was said");
                return next;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        JsonNode until(String field, String value) {
            JsonNode next = next();
            while (!next.path(field).asString("").equals(value)) next = next();
            return next;
        }

        void awaitEnd() {
            end.orTimeout(30, TimeUnit.SECONDS).join();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
                if (Json.read(bytes) instanceof Json.Reading.Read(var node)) heard.add(node);
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            end.complete(null);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            end.complete(null);
        }

        @Override
        public void close() {
            socket.abort();
        }
    }
}
