package dev.pawl.server.sitefit;

import dev.pawl.api.Json;
import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.Artifact;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Engine;
import dev.pawl.core.EngineListener;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Outcome;
import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import dev.pawl.server.FrontPort;
import dev.pawl.server.Server;
import dev.pawl.server.ServerOptions;
import dev.pawl.server.Site;
import dev.pawl.server.StoreKind;
import dev.pawl.server.compute.ComputeOptions;
import dev.pawl.server.compute.ComputeServer;
import dev.pawl.server.compute.Contracts;
import dev.pawl.server.compute.Shipped;
import dev.pawl.server.webhook.WebhookDesk;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import dev.pawl.tool.Tools;
import dev.pawl.worker.Served;
import dev.pawl.worker.Serving;
import dev.pawl.worker.Surroundings;
import dev.pawl.worker.SystemProcesses;
import dev.pawl.worker.Worker;
import dev.pawl.worker.WorkerOptions;
import dev.pawl.worker.executor.Handlers;
import dev.pawl.worker.executor.ToolExecutors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** The front on a free port, with a compute server, a worker, and a store. */
final class Sitefit implements AutoCloseable {
    final ComputeServer compute;
    final Store store;
    final Engine engine;
    final Server server;
    private final FileArtifacts artifacts;
    private final SystemTime time = new SystemTime();
    private final SitefitFront front;
    private final Tools tools;
    private final ToolExecutors executors;
    private final Worker worker;
    final ApiKeys keys;
    private final StoreKind.Opened own;
    private long leases;
    private final HttpClient client = HttpClient.newHttpClient();
    private final LinkedBlockingQueue<JobId> ended = new LinkedBlockingQueue<>();

    /** With a store of its own. */
    Sitefit(StoreKind kind, Path folder) {
        this(kind, folder, Shipped.CONTRACTS, options -> options);
    }

    Sitefit(
            StoreKind kind,
            Path folder,
            Path contractFolder,
            UnaryOperator<SitefitOptions> change) {
        this(kind.open(), folder, contractFolder, change, ServerOptions.defaults());
    }

    /** One whose callers need keys. */
    static Sitefit withKeys(StoreKind kind, Path folder) {
        return new Sitefit(
                kind.open(),
                folder,
                Shipped.CONTRACTS,
                options -> options,
                ServerOptions.defaults().withAnonymous(Optional.empty()));
    }

    /**
     * @param kept is forgotten with this
     */
    Sitefit(
            StoreKind.Opened kept,
            Path folder,
            Path contractFolder,
            UnaryOperator<SitefitOptions> change,
            ServerOptions serverOptions) {
        this.own = kept;
        this.store = kept.store();
        this.keys = kept.keys();
        var random = new Random(1);
        Contracts contracts = Contracts.of(contractFolder);
        compute =
                new ComputeServer(contracts, ComputeOptions.defaults().withPort(0), time, random)
                        .start();
        var options =
                SitefitOptions.of("http://localhost:" + compute.port())
                        .withBackoff(Duration.ofMillis(1), Duration.ofMillis(1));
        tools = Tools.of(List.of(), Map.of(), ContractTools.of(contracts, change.apply(options)));
        artifacts = new FileArtifacts(folder.resolve("artifacts"), time);
        engine = new Engine(store, artifacts, time, random);
        engine.listen(
                new EngineListener() {
                    @Override
                    public void jobEnded(JobId id) {
                        ended.add(id);
                    }
                });
        front = new SitefitFront(contracts, random, Optional.empty());
        var requests = new Requests(artifacts, (_, _) -> "1", Map.of());
        server =
                new Server(
                                new Site(
                                        engine,
                                        artifacts,
                                        keys,
                                        kept.users(),
                                        tools,
                                        requests,
                                        time,
                                        random,
                                        new WebhookDesk(engine, kept.webhooks(), random, false),
                                        "test"),
                                serverOptions.withPort(0),
                                List.of(new FrontPort(front, 0)))
                        .start();
        executors = new ToolExecutors(artifacts, new Handlers(), time);
        var served = new HashMap<ToolId, Served>();
        for (Tool tool : tools.all()) served.put(tool.id(), Served.of(tool, executors.of(tool)));
        worker =
                new Worker(
                        engine,
                        Serving.all(Map.copyOf(served)),
                        WorkerOptions.defaults(),
                        new Surroundings(time, random, new SystemProcesses(_ -> {})));
    }

    /** Without it nothing runs. */
    Sitefit working() {
        worker.start();
        return this;
    }

    /** Ends the job of that contract that waits, as a worker that kept files of these names. */
    void solved(String version, String outputs, String... files) {
        var want = Claim.Want.of(Set.of(new ToolId("sitefit", version)), 1);
        var lease = new LeaseId(new UUID(7, leases++));
        var claim = new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of());
        ClaimedJob job = engine.claim(claim).jobs().getFirst();
        var kept = new ArrayList<Artifact>();
        for (String name : files)
            kept.add(
                    artifacts.put(
                            name,
                            name.endsWith("png") ? "image/png" : "application/geo+json",
                            new ByteArrayInputStream(name.getBytes(StandardCharsets.UTF_8))));
        var outcome = new Outcome.Succeeded(outputs, kept);
        engine.end(List.of(engine.ending(job, "w", outcome)));
    }

    /** What was answered. */
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return Json.trusted(text());
        }

        String field(String name) {
            return json().path(name).asString("");
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** The paths of the fields that are wrong. */
        List<String> paths() {
            return json().path("errors").values().stream()
                    .map(error -> error.path("path").asString(""))
                    .toList();
        }
    }

    /** Waits for the job's end; answers its status. */
    Answer ended(String id) throws InterruptedException {
        JobId job = JobId.parse(id).orElseThrow();
        while (!store.find(job).map(Job::state).orElseThrow().ended()) {
            var _ = ended.poll(1, TimeUnit.SECONDS);
        }
        return get("/jobs/status/" + id);
    }

    Answer run(String inputs, String... headers) {
        return runVersion("1.1.0", inputs, headers);
    }

    Answer runVersion(String version, String inputs, String... headers) {
        return post(
                "/jobs/run",
                """
                {"app_id": "sitefit", "definition": "sitefit", "version": "%s", "inputs": %s}
                """
                        .formatted(version, inputs),
                headers);
    }

    Answer post(String path, String body, String... headers) {
        var request =
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        return send(request);
    }

    Answer get(String path, String... headers) {
        var request = request(path);
        if (headers.length > 0) request.headers(headers);
        return send(request);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port(front) + path));
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(client.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        worker.close();
        executors.close();
        client.close();
        server.close();
        compute.close();
        artifacts.close();
        own.close();
    }
}
