package dev.pawl.api;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.EngineListener;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Leases;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.PawlException;
import dev.pawl.core.Progress;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.Report;
import dev.pawl.core.Time;
import dev.pawl.core.Token;
import dev.pawl.core.Upcoming;
import dev.pawl.core.WorkerEntry;
import dev.pawl.core.Written;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The leases of a server, for a worker that has no store: {@code /v1/leases}. Thread-safe.
 *
 * <p>Each call is one request, bounded by a time, and repeats nothing: the worker's loops do, and
 * they know what an answer that got lost means. An interrupt doesn't end a request: what a stopped
 * attempt made is still uploaded.
 *
 * <p>A listener is told what a thread of this client hears, which asks the server all the time.
 */
public final class WorkerClient implements Leases, AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** Bytes of reports in one request; the server takes 10 MiB unless told otherwise. */
    private static final int REPORTS_BYTES = 4 << 20;

    private static final int REPORTS_MAX = 1_024;

    /** A file under this size is uploaded without asking whether it is there. */
    private static final long ASK_FROM_BYTES = 64 << 10;

    /** The slowest connection that an upload is given time for. */
    private static final long BYTES_PER_SECOND = 100_000;

    private final URI server;
    private final String key;
    private final Artifacts artifacts;
    private final Time time;
    private final Map<EngineListener, ServerWatch> watches = new ConcurrentHashMap<>();
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .build();

    /**
     * @param server as in {@code http://localhost:8080}
     * @param artifacts where the worker keeps what its attempts make until it is uploaded
     */
    public WorkerClient(URI server, Artifacts artifacts, Time time) {
        this(server, "", artifacts, time);
    }

    /**
     * The same, for a server that wants a key.
     *
     * @param key an admin's of all tenants, as {@code pawl keys create} showed it; empty for none
     */
    public WorkerClient(URI server, String key, Artifacts artifacts, Time time) {
        this.key = key;
        this.server = PawlClient.address(server);
        this.artifacts = artifacts;
        this.time = time;
    }

    // ---- Hints

    @Override
    public void listen(EngineListener listener) {
        watches.computeIfAbsent(listener, l -> new ServerWatch(this, l, time));
    }

    @Override
    public void unlisten(EngineListener listener) {
        ServerWatch watch = watches.remove(listener);
        if (watch != null) watch.close();
    }

    /** Asks for hints; the answer may be cancelled from another thread. */
    CompletableFuture<HttpResponse<byte[]>> hints(long after, Duration wait) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("after", after).put("wait_ms", wait.toMillis());
        return http.sendAsync(
                posting("v1/leases:watch", body).timeout(ANSWER.plus(wait)).build(),
                BodyHandlers.ofByteArray());
    }

    // ---- Workers

    @Override
    public Instant now() {
        return time.instant();
    }

    @Override
    public void register(WorkerEntry worker) {
        String host = worker.host();
        int end = host.indexOf('/');
        ObjectNode body =
                Json.object()
                        .put("worker", worker.id())
                        .put("host", end < 0 ? host : host.substring(0, end))
                        .put("pid", worker.pid())
                        .put("started_at", worker.pidStartedAt())
                        .put("tools", worker.tools())
                        .put("slots", worker.slots())
                        .node();
        // A server of before doesn't know it.
        var can = JsonNodeFactory.instance.arrayNode();
        worker.can().stream().sorted().forEach(can::add);
        if (!can.isEmpty()) body.set("can", can);
        post("v1/workers", body);
    }

    @Override
    public void unregister(String worker) {
        post("v1/workers/" + encoded(worker) + ":leave", JsonNodeFactory.instance.objectNode());
    }

    // ---- Leases

    /** A claim costs no more than to ask. */
    @Override
    public Upcoming upcoming() {
        return new Upcoming(now(), true, Instant.MAX, Instant.MAX);
    }

    /** The server's to do. */
    @Override
    public int promote(int max) {
        return 0;
    }

    /** Names nothing that is answerable, and no next due moment: the server sees to both. */
    @Override
    public Claimed claim(Claim claim) {
        JsonNode leased = post("v1/leases", LeaseJson.claim(claim));
        return new Claimed(LeaseJson.jobs(leased), List.of(), Instant.MAX);
    }

    /** The server's to do. */
    @Override
    public void answer(List<Claimed.Answerable> due) {}

    @Override
    public List<ClaimedJob> claimed(LeaseId lease, String worker) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("worker", worker).put("lease", lease.toString());
        return LeaseJson.jobs(post("v1/leases:recover", body));
    }

    @Override
    public Renewed renew(Renewal renewal) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("worker", renewal.worker()).put("ttl_ms", renewal.ttl().toMillis());
        var held = body.putArray("leases");
        renewal.held().forEach(lease -> held.add(lease.toString()));
        JsonNode answer = post("v1/leases:renew", body);
        var leases = new HashSet<LeaseId>();
        for (JsonNode lease : answer.path("leases").values())
            LeaseId.parse(lease.stringValue("")).ifPresent(leases::add);
        var stop = new HashSet<Token>();
        for (JsonNode token : answer.path("stop").values())
            LeaseJson.token(token).ifPresent(stop::add);
        return new Renewed(leases, stop, answer.path("drain").booleanValue(false));
    }

    // ---- Attempts

    @Override
    public Written progress(Token token, Progress progress) {
        return write(
                token,
                "progress",
                Json.object()
                        .put("fraction", progress.fraction())
                        .put("text", progress.text())
                        .node());
    }

    @Override
    public Written log(Token token, List<LogLine> lines) {
        return write(token, "log", LeaseJson.lines(lines));
    }

    @Override
    public Written stopped(Token token) {
        return write(token, "stopped", JsonNodeFactory.instance.objectNode());
    }

    private Written write(Token token, String what, JsonNode body) {
        try {
            post(path(token) + ":" + what, body);
            return new Written.Done(false);
        } catch (PawlException e) {
            if (e.code() != ErrorCode.LEASE_LOST) throw e;
            return new Written.LeaseLost(String.valueOf(e.getMessage()));
        }
    }

    /** Uploads first what the attempts made. */
    @Override
    public List<Written> end(String worker, List<Report> reports) {
        var answers = new HashMap<Report, Written>();
        var bodies = new ArrayList<JsonNode>();
        var told = new ArrayList<Report>();
        long bytes = 0;
        for (Report report : reports) {
            Optional<Written> refused = uploaded(report);
            if (refused.isPresent()) {
                answers.put(report, refused.get());
                continue;
            }
            JsonNode body = LeaseJson.report(report);
            long size = Json.bytes(body).length;
            if (!told.isEmpty() && (bytes + size > REPORTS_BYTES || told.size() == REPORTS_MAX)) {
                end(told, bodies, answers);
                bytes = 0;
            }
            bodies.add(body);
            told.add(report);
            bytes += size;
        }
        if (!told.isEmpty()) end(told, bodies, answers);
        return reports.stream().map(answers::get).toList();
    }

    private void end(List<Report> told, List<JsonNode> bodies, Map<Report, Written> answers) {
        JsonNode answer =
                post("v1/leases:end", Json.object().list("reports", bodies).node()).path("reports");
        for (int i = 0; i < told.size(); i++)
            answers.put(told.get(i), written(answer.path(i).path("problem")));
        told.clear();
        bodies.clear();
    }

    private static Written written(JsonNode problem) {
        if (problem.isMissingNode()) return new Written.Done(false);
        String detail = problem.path("detail").stringValue("");
        ErrorCode code =
                ErrorCode.ofWire(problem.path("code").stringValue(""))
                        .orElse(ErrorCode.INPUT_INVALID);
        if (code == ErrorCode.LEASE_LOST) return new Written.LeaseLost(detail);
        throw new PawlException(code, detail);
    }

    // ---- Files

    /** Answers why the report needs no telling any more. */
    private Optional<Written> uploaded(Report report) {
        List<Artifact> files =
                switch (report) {
                    case Report.Ended(_, Outcome.Succeeded(_, var made)) -> made;
                    case Report.Ended(_, Outcome.Failed(_, var made)) -> made;
                    case Report.Ended(_, Outcome.Snoozed _), Report.GivenBack _ -> List.of();
                };
        try {
            for (Artifact file : files) upload(report.job().token(), file);
            return Optional.empty();
        } catch (PawlException e) {
            if (e.code() != ErrorCode.LEASE_LOST) throw e;
            return Optional.of(new Written.LeaseLost(String.valueOf(e.getMessage())));
        }
    }

    private void upload(Token token, Artifact file) {
        if (file.sizeBytes() >= ASK_FROM_BYTES && has(file.sha256())) return;
        Path content =
                artifacts
                        .file(file.sha256())
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "artifact \"%s\" is gone before it was uploaded"
                                                .formatted(file.name())));
        var path = new StringBuilder(path(token)).append("/artifacts");
        for (String part : file.name().split("/", -1)) path.append('/').append(encoded(part));
        try {
            HttpRequest.Builder request =
                    request(path.toString()).PUT(BodyPublishers.ofFile(content));
            if (!file.mediaType().isEmpty()) request.header("Content-Type", file.mediaType());
            Duration most = ANSWER.plusSeconds(file.sizeBytes() / BYTES_PER_SECOND);
            PawlClient.json(send(request.timeout(most).build(), most));
        } catch (FileNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean has(String sha256) {
        HttpRequest.Builder request = request("v1/files/" + sha256).header("If-None-Match", "*");
        return answered(request.build(), ANSWER, BodyHandlers.discarding()).statusCode() == 304;
    }

    /** A file of the server, to be closed by the caller; empty when it has none with that hash. */
    Optional<InputStream> file(String sha256) {
        HttpResponse<InputStream> response =
                answered(
                        request("v1/files/" + sha256).build(),
                        ANSWER,
                        BodyHandlers.ofInputStream());
        if (response.statusCode() == 200) return Optional.of(response.body());
        closeQuietly(response.body());
        if (response.statusCode() == 404) return Optional.empty();
        throw new PawlException(
                ErrorCode.SERVER_UNREACHABLE,
                "%s answered %d".formatted(response.uri(), response.statusCode()));
    }

    private static void closeQuietly(InputStream in) {
        try {
            in.close();
        } catch (java.io.IOException _) {
            // It was not to be read.
        }
    }

    // ---- Requests

    private static String path(Token token) {
        return "v1/leases/%s/jobs/%s/%d".formatted(token.lease(), token.job(), token.attempt());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return PawlClient.asking(server.resolve(path), key).timeout(ANSWER);
    }

    private HttpRequest.Builder posting(String path, JsonNode body) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.bytes(body)));
    }

    private JsonNode post(String path, JsonNode body) {
        return PawlClient.json(send(posting(path, body).build(), ANSWER));
    }

    private HttpResponse<byte[]> send(HttpRequest request, Duration most) {
        HttpResponse<byte[]> response = answered(request, most, BodyHandlers.ofByteArray());
        if (response.statusCode() >= 400) throw PawlClient.refusal(response);
        return response;
    }

    private <T> HttpResponse<T> answered(
            HttpRequest request, Duration most, BodyHandler<T> handler) {
        CompletableFuture<HttpResponse<T>> sent = http.sendAsync(request, handler);
        try {
            return sent.copy().orTimeout(most.toNanos(), TimeUnit.NANOSECONDS).join();
        } catch (CompletionException | CancellationException e) {
            sent.cancel(true);
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw PawlClient.unreachable(server, cause);
        }
    }

    @Override
    public void close() {
        watches.values().forEach(ServerWatch::close);
        watches.clear();
        http.shutdownNow();
    }
}
