package dev.pawl.server;

import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.Engine;
import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Users;
import dev.pawl.core.Webhooks;
import dev.pawl.server.webhook.WebhookDesk;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import dev.pawl.tool.Tools;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server on a free port, with a store of its own and one tool. No worker runs. */
final class Running implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String SHOUT =
            """
            tool: shout@1
            title: Says it louder
            input:
              type: object
              additionalProperties: false
              required: [text]
              properties:
                text: {type: string, minLength: 1}
                times: {type: integer, minimum: 1, maximum: 9, default: 1}
            output:
              type: object
              properties: {said: {type: string}}
            run:
              command: [echo, "{{input.text}}"]
            policy: {cache: {ttl: 1h}}
            """;

    final Store store;
    final ApiKeys keys;
    final Users users;
    final Webhooks webhooks;
    final FileArtifacts artifacts;
    final Engine engine;
    final Server server;
    private final StoreKind.Opened kept;
    private final Site site;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();

    /** One whose store is in memory. */
    Running(Path folder, ServerOptions options) throws IOException {
        this(StoreKind.MEMORY, folder, options);
    }

    Running(StoreKind kind, Path folder, ServerOptions options) throws IOException {
        this(kind, folder, options, List.of(), List.of());
    }

    /**
     * The same with fronts; requests go to the first.
     *
     * @param more tools
     */
    Running(StoreKind kind, Path folder, ServerOptions options, List<Front> fronts, List<Tool> more)
            throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        Files.writeString(tools.resolve("shout.yaml"), SHOUT);
        var time = new SystemTime();
        kept = kind.open();
        store = kept.store();
        keys = kept.keys();
        users = kept.users();
        webhooks = kept.webhooks();
        artifacts = new FileArtifacts(folder.resolve("artifacts"), time);
        engine = new Engine(store, artifacts, time, new Random(1));
        var requests = new Requests(artifacts, (_, _) -> "1", Map.of());
        site =
                new Site(
                        engine,
                        artifacts,
                        keys,
                        users,
                        Tools.of(List.of(tools), Map.of(), more),
                        requests,
                        time,
                        new Random(2),
                        new WebhookDesk(engine, webhooks, new Random(2), true),
                        "test");
        List<FrontPort> ports = fronts.stream().map(front -> new FrontPort(front, 0)).toList();
        server = new Server(site, options.withPort(0), ports).start();
        port = fronts.isEmpty() ? server.port() : server.port(fronts.getFirst());
    }

    /** Of the first front, or of the server where there is none. */
    int port() {
        return port;
    }

    /** Another server on the same store, as after a restart. */
    Server another() {
        return new Server(site, ServerOptions.defaults().withPort(0)).start();
    }

    /** Listens to a stream of the server at that port. */
    Listening listen(int port, String path, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
        if (headers.length > 0) request.headers(headers);
        return new Listening(client.send(request.build(), BodyHandlers.ofInputStream()));
    }

    Listening listen(String path, String... headers) throws Exception {
        return listen(server.port(), path, headers);
    }

    /** What was answered. */
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        JsonNode json() {
            return JSON.readTree(response.body());
        }

        String code() {
            return json().path("code").stringValue("");
        }

        /** The pointers of the fields that are wrong. */
        List<String> pointers() {
            return json().path("errors").values().stream()
                    .map(e -> e.path("pointer").stringValue(""))
                    .toList();
        }
    }

    /** Until a claim waits for jobs; a test's timeout bounds it. */
    void awaitClaim() throws InterruptedException {
        while (server.waitingClaims() == 0) spin();
    }

    /** Until no connection is open any more. */
    void awaitNoConnection() throws InterruptedException {
        while (server.connections() > 0) spin();
    }

    /** Until no claim waits for jobs any more. */
    void awaitNoClaim() throws InterruptedException {
        while (server.waitingClaims() > 0) spin();
    }

    private static void spin() throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        Thread.onSpinWait();
    }

    Answer get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    Answer post(String path, String json, String... headers) {
        return send(
                request(path, headers)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    Answer put(String path, String json, String... headers) {
        return send(
                request(path, headers)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(json)));
    }

    HttpRequest.Builder request(String path, String... headers) {
        var builder = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
        return headers.length == 0 ? builder : builder.headers(headers);
    }

    Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(client.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
        artifacts.close();
        kept.close();
    }
}
