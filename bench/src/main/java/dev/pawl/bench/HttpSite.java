package dev.pawl.bench;

import dev.pawl.api.Json;
import dev.pawl.core.Engine;
import dev.pawl.server.Front;
import dev.pawl.server.FrontPort;
import dev.pawl.server.Server;
import dev.pawl.server.ServerOptions;
import dev.pawl.server.Site;
import dev.pawl.server.webhook.WebhookDesk;
import dev.pawl.store.SqlStore;
import dev.pawl.store.sqlite.SqliteOptions.Synchronous;
import dev.pawl.store.sqlite.SqliteStore;
import dev.pawl.testkit.NoArtifacts;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import dev.pawl.tool.Tools;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.node.JsonNodeFactory;

/** The server that ships, on a fresh SQLite file with a tool that does nothing; nobody works. */
final class HttpSite implements AutoCloseable {
    final Path file;
    final SqliteStore store;
    final Engine engine;
    private final Server server;

    HttpSite(Synchronous synchronous) throws IOException {
        this(synchronous, List.of(), List.of());
    }

    /**
     * The same with fronts.
     *
     * @param more tools
     */
    HttpSite(Synchronous synchronous, List<Front> fronts, List<Tool> more) throws IOException {
        file = Setting.freshFile();
        Path tool = file.resolveSibling("noop.yaml");
        Files.writeString(tool, "tool: noop@1\nrun: {java: noop}\n");
        store = Jobs.open(file, synchronous);
        engine = Jobs.engine(store);
        Site site = site(engine, store, file.resolveSibling(""), more);
        var ports = fronts.stream().map(front -> new FrontPort(front, 0)).toList();
        server = new Server(site, ServerOptions.defaults().withPort(0), ports).start();
    }

    /**
     * What a server serves.
     *
     * @param tools a folder of tool files
     * @param more tools
     */
    static Site site(Engine engine, SqlStore store, Path tools, List<Tool> more) {
        var artifacts = new NoArtifacts();
        return new Site(
                engine,
                artifacts,
                store.keys(),
                store.users(),
                Tools.of(List.of(tools), Map.of(), more),
                new Requests(artifacts, (_, _) -> "1", Map.of()),
                Jobs.TIME,
                new Random(1),
                new WebhookDesk(engine, store.webhooks(), new Random(1), false),
                "bench");
    }

    int port() {
        return server.port();
    }

    int port(Front front) {
        return server.port(front);
    }

    /** The same web server with nothing behind it: reads a JSON body and answers one. */
    static WebServer echo() {
        return WebServer.builder()
                .host("localhost")
                .port(0)
                .shutdownHook(false)
                .routing(routing ->
                        routing.post(
                                "/v1/jobs",
                                (request, response) -> {
                                    byte[] body = request.content().as(byte[].class);
                                    if (!(Json.read(body) instanceof Json.Reading.Read(var node)))
                                        throw new IllegalArgumentException("no JSON");
                                    var answer = JsonNodeFactory.instance.objectNode();
                                    answer.put("id", node.path("tool").stringValue(""));
                                    answer.put("state", "queued");
                                    response.header("Content-Type", "application/json");
                                    response.status(202).send(Json.bytes(answer));
                                }))
                .build()
                .start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        store.close();
        Setting.delete(file);
    }
}
