package dev.pawl.api;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Speaks to a Pawl server. Thread-safe; every method blocks until the server has answered.
 *
 * <p>What may be repeated is: every question, and a submit, to which an idempotency key is given
 * when it has none. After {@value #TRIES} tries the last refusal or outage is thrown. A wait for a
 * job is a question that the server answers when the job has ended, so that nobody polls.
 *
 * <p>Every method throws {@link PawlException} with the code of the server's refusal, or {@link
 * ErrorCode#SERVER_UNREACHABLE}.
 */
public final class PawlClient implements AutoCloseable {
    private static final int TRIES = 5;
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration UPLOAD = Duration.ofHours(1);
    private static final long SLOWEST_BYTES_PER_SECOND = 16 << 10;
    private static final Duration LONG_POLL = Duration.ofSeconds(30);
    private static final Duration AWAY = Duration.ofMinutes(1);
    private static final int NOTHING_LEFT = 204;
    private static final Duration BACKOFF_FIRST = Duration.ofMillis(100);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(5);

    private final URI server;
    private final String key;
    private final Time time;
    private final RandomGenerator random;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .build();

    /**
     * @param server as in {@code http://localhost:8080}
     * @param random thread-safe
     */
    public PawlClient(URI server, Time time, RandomGenerator random) {
        this(server, "", time, random);
    }

    /**
     * The same, for a server that wants a key.
     *
     * @param key as {@code pawl keys create} showed it; empty for none
     */
    public PawlClient(URI server, String key, Time time, RandomGenerator random) {
        this.server = address(server);
        this.key = key;
        this.time = time;
        this.random = random;
    }

    /** The address that paths are resolved against. */
    static URI address(URI server) {
        String scheme = String.valueOf(server.getScheme()).toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || server.getHost() == null)
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "server \"%s\" is no address; want one as http://localhost:8080"
                            .formatted(server));
        String text = server.toString();
        return text.endsWith("/") ? server : URI.create(text + "/");
    }

    // ---- Submit

    /** Submits a job. */
    public Accepted submit(SubmitRequest request) throws InterruptedException {
        return accepted(post("v1/jobs", keyed(request).json()));
    }

    /**
     * Submits a job and waits for its end, at most that long.
     *
     * @return the job as it stood when it had ended, or the time was over
     */
    public JobView submitAndWait(SubmitRequest request, Duration atMost)
            throws InterruptedException {
        return await(submit(request).id(), atMost);
    }

    /**
     * Submits jobs in one commit; a bad one is refused alone. Answers are in order.
     *
     * @param requests at most 10,000
     */
    public List<Answer> submit(List<SubmitRequest> requests) throws InterruptedException {
        if (requests.isEmpty()) return List.of();
        ArrayNode body = JsonNodeFactory.instance.arrayNode();
        for (SubmitRequest request : requests) body.add(keyed(request).json());
        return post("v1/jobs:batch", body).path("jobs").values().stream()
                .map(PawlClient::answer)
                .toList();
    }

    private static Answer answer(JsonNode json) {
        JsonNode problem = json.path("problem");
        if (problem.isMissingNode()) return accepted(json);
        return new Answer.Refused(
                ErrorCode.ofWire(problem.path("code").stringValue(""))
                        .orElse(ErrorCode.INPUT_INVALID),
                message(problem));
    }

    /**
     * Keeps a file on the server, and answers how it stands in an input.
     *
     * @param name its own, without folders
     * @param mediaType may be empty
     */
    public JsonNode upload(String name, String mediaType, Path file) throws InterruptedException {
        try {
            String path = "v1/files?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
            Duration sending = Duration.ofSeconds(Files.size(file) / SLOWEST_BYTES_PER_SECOND);
            HttpRequest.Builder request =
                    request(path).timeout(ANSWER.plus(sending)).POST(BodyPublishers.ofFile(file));
            if (!mediaType.isEmpty()) request.header("Content-Type", mediaType);
            return json(repeated(request));
        } catch (IOException e) {
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "file %s can't be read: %s".formatted(file, e), e);
        }
    }

    private SubmitRequest keyed(SubmitRequest request) {
        if (!request.idempotencyKey().isEmpty()) return request;
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        ObjectNode copy = ((ObjectNode) request.json()).deepCopy();
        copy.put("idempotency_key", "client-" + HexFormat.of().formatHex(bytes));
        return new SubmitRequest(copy);
    }

    private static Accepted accepted(JsonNode json) {
        return new Accepted(
                JobId.parse(json.path("id").stringValue("")).orElseThrow(),
                JobState.Name.valueOf(json.path("state").stringValue("").toUpperCase(Locale.ROOT)),
                json.path("existing").booleanValue(false));
    }

    /**
     * Keeps a file on the server. Sent once: the content can't be read again.
     *
     * @param mediaType may be empty
     * @return how the file stands in an input
     */
    public JsonNode keep(String name, String mediaType, InputStream content)
            throws InterruptedException {
        String query = "?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        var request =
                request("v1/files" + query)
                        .timeout(UPLOAD)
                        .header(
                                "Content-Type",
                                mediaType.isEmpty() ? "application/octet-stream" : mediaType)
                        .POST(BodyPublishers.ofInputStream(() -> content));
        return json(once(request));
    }

    // ---- Look

    /** The job with all there is to know of it; empty when there is none. */
    public Optional<JobView> job(JobId id) throws InterruptedException {
        try {
            return Optional.of(new JobView(get("v1/jobs/" + id)));
        } catch (PawlException e) {
            if (e.code() == ErrorCode.JOB_NOT_FOUND) return Optional.empty();
            throw e;
        }
    }

    /** The job once it has ended, or as it stands when the time is over. */
    public JobView await(JobId id, Duration atMost) throws InterruptedException {
        long deadline = time.nanos() + atMost.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - time.nanos()));
            long seconds = Math.min(left.plusMillis(999).toSeconds(), LONG_POLL.toSeconds());
            HttpRequest.Builder request =
                    request("v1/jobs/" + id)
                            .header("Prefer", "wait=" + seconds)
                            .timeout(ANSWER.plusSeconds(seconds));
            var job = new JobView(json(repeated(request)));
            if (job.ended() || time.nanos() - deadline >= 0) return job;
        }
    }

    public JobPage jobs(JobQuery query) throws InterruptedException {
        JsonNode page = get("v1/jobs?" + query.text());
        return new JobPage(
                page.path("jobs").values().stream().map(JobView::new).toList(),
                page.path("next_cursor").stringValue(""));
    }

    /** The lines after the given one, oldest first; 0 and -1 for the beginning. */
    public List<LogLine> logs(JobId id, int afterAttempt, long afterSeq, int limit)
            throws InterruptedException {
        return get(
                        "v1/jobs/%s/logs?after_attempt=%d&after_seq=%d&limit=%d"
                                .formatted(id, afterAttempt, afterSeq, limit))
                .path("lines")
                .values()
                .stream()
                .map(PawlClient::line)
                .toList();
    }

    private static LogLine line(JsonNode line) {
        return new LogLine(
                line.path("attempt").intValue(0),
                line.path("seq").longValue(0),
                Instant.parse(line.path("at").stringValue("")),
                LogLine.Stream.valueOf(
                        line.path("stream").stringValue("").toUpperCase(Locale.ROOT)),
                line.path("text").stringValue(""));
    }

    /**
     * Tells what happens to a job until it has ended or is removed: where it stands now, all that
     * its attempts have said so far, and then all that comes. Blocks meanwhile. After a broken
     * connection it goes on where it was, and nothing is told twice; a server that was reached may
     * be away for a minute.
     */
    public void events(JobId id, Consumer<JobNews> told) throws InterruptedException {
        String last = "";
        long reached = time.nanos();
        for (int tried = 1; ; tried++) {
            HttpRequest.Builder request = request("v1/jobs/" + id + "/events");
            if (!last.isEmpty()) request.header("Last-Event-ID", last);
            boolean patient = !last.isEmpty() && time.nanos() - reached < AWAY.toNanos();
            Optional<HttpResponse<InputStream>> answer =
                    stream(request, tried >= TRIES && !patient);
            if (answer.isPresent()) {
                if (answer.get().statusCode() == NOTHING_LEFT) return;
                try (var events = new EventReader(answer.get().body())) {
                    for (var read = events.next(); read.isPresent(); read = events.next()) {
                        tried = 1;
                        reached = time.nanos();
                        if (!read.get().id().isEmpty()) last = read.get().id();
                        JsonNode data = Json.trusted(read.get().data());
                        Optional<JobNews> news = JobNews.of(read.get().event(), data);
                        news.ifPresent(told);
                        if (news.isPresent() && news.get().last()) return;
                    }
                }
            }
            time.sleep(backoff(tried));
        }
    }

    /** Why a job is where it is. */
    public WhyView why(JobId id) throws InterruptedException {
        return new WhyView(get("v1/jobs/" + id + "/why"));
    }

    /** An artifact's content, to be closed by the caller. */
    public InputStream artifact(JobId id, String name) throws InterruptedException {
        var path = new StringBuilder("v1/jobs/" + id + "/artifacts");
        for (String part : name.split("/", -1))
            path.append('/')
                    .append(URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"));
        return begun(request(path.toString()).timeout(UPLOAD)).body();
    }

    // ---- Act

    /** Cancels a job; answers its state before. */
    public JobState.Name cancel(JobId id) throws InterruptedException {
        return act(id, "cancel");
    }

    /** Sends a dead or cancelled job back to its queue; answers its state before. */
    public JobState.Name redrive(JobId id) throws InterruptedException {
        return act(id, "redrive");
    }

    /** Redrives as this body of {@code /v1/jobs:redrive} says; answers how many it was. */
    public JsonNode redrive(JsonNode body) throws InterruptedException {
        // Not repeated: a second one would count only those that the first left.
        return call("POST", "v1/jobs:redrive", body);
    }

    /** How many jobs died of what, and the newest of them; states and cursor are left out. */
    public JsonNode dead(JobQuery query) throws InterruptedException {
        JobFilter filter = query.filter().withStates(Set.of());
        return get("v1/dead?" + new JobQuery(filter, "", query.limit()).text());
    }

    /** Removes a dead or cancelled job for good; answers its state before. */
    public JobState.Name discard(JobId id) throws InterruptedException {
        return act(id, "discard");
    }

    private JobState.Name act(JobId id, String what) throws InterruptedException {
        // Sent once: the answer says what the job was, and a repeat would see another state.
        JsonNode done =
                json(once(request("v1/jobs/" + id + ":" + what).POST(BodyPublishers.noBody())));
        return JobState.Name.valueOf(done.path("was").stringValue("").toUpperCase(Locale.ROOT));
    }

    /** Pauses a queue or resumes it; answers it. */
    public JsonNode queuePaused(String queue, boolean paused) throws InterruptedException {
        String name = URLEncoder.encode(queue, StandardCharsets.UTF_8);
        return json(
                repeated(
                        request("v1/queues/" + name + (paused ? ":pause" : ":resume"))
                                .POST(BodyPublishers.noBody())));
    }

    /** Tells a worker to end its work. */
    public JsonNode drainWorker(String worker) throws InterruptedException {
        String name = URLEncoder.encode(worker, StandardCharsets.UTF_8);
        return post("v1/workers/" + name + ":drain", JsonNodeFactory.instance.objectNode());
    }

    /**
     * Frees the jobs of a worker that is gone.
     *
     * @param seenAt when it was heard of last; one that was heard of since is left alone. Empty for
     *     one that is known to be dead
     */
    public JsonNode reapWorker(String worker, Optional<Instant> seenAt)
            throws InterruptedException {
        String name = URLEncoder.encode(worker, StandardCharsets.UTF_8);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        seenAt.ifPresent(at -> body.put("seen_at", at.toString()));
        return post("v1/workers/" + name + ":reap", body);
    }

    /** Sets what {@code change} names of a queue, as `PUT /v1/queues/{queue}` takes it. */
    public JsonNode queueChanged(String queue, JsonNode change) throws InterruptedException {
        String name = URLEncoder.encode(queue, StandardCharsets.UTF_8);
        return json(
                repeated(
                        request("v1/queues/" + name)
                                .header("Content-Type", "application/json")
                                .PUT(BodyPublishers.ofByteArray(Json.bytes(change)))));
    }

    // ---- Around

    /** Forgets kept results that are over their time, or all, and files that no job names. */
    public JsonNode prune(boolean all) throws InterruptedException {
        return json(repeated(request("v1/cache:prune?all=" + all).POST(BodyPublishers.noBody())));
    }

    /** A document of the API, as {@code v1/tools} or {@code v1/stats}. */
    public JsonNode get(String path) throws InterruptedException {
        return json(repeated(request(path)));
    }

    /** Sent once: who asks knows best whether to ask again. */
    JsonNode call(String method, String path, JsonNode body) throws InterruptedException {
        return json(
                once(
                        request(path)
                                .header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofByteArray(Json.bytes(body)))));
    }

    /** The server's webhooks. */
    public WebhookCalls webhooks() {
        return new WebhookClient(this);
    }

    private JsonNode post(String path, JsonNode body) throws InterruptedException {
        return json(
                repeated(
                        request(path)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofByteArray(Json.bytes(body)))));
    }

    private HttpRequest.Builder request(String path) {
        return asking(server.resolve(path), key).timeout(ANSWER);
    }

    /** A request that shows the key. */
    static HttpRequest.Builder asking(URI address, String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
    }

    private HttpResponse<byte[]> repeated(HttpRequest.Builder request) throws InterruptedException {
        for (int tried = 1; ; tried++) {
            try {
                return once(request);
            } catch (PawlException e) {
                if (tried == TRIES || !passes(e.code())) throw e;
                time.sleep(backoff(tried));
            }
        }
    }

    private static boolean passes(ErrorCode code) {
        return switch (code) {
            case SERVER_UNREACHABLE, STORE_UNAVAILABLE, STORE_FULL, QUEUE_FULL -> true;
            case JOB_NOT_FOUND,
                    TOOL_NOT_FOUND,
                    WEBHOOK_NOT_FOUND,
                    WORKER_NOT_FOUND,
                    INPUT_INVALID,
                    INPUT_TOO_LARGE,
                    PARENT_NOT_FOUND,
                    IDEMPOTENCY_CONFLICT,
                    CONFIGURATION_INVALID,
                    NOT_POSSIBLE_NOW,
                    LEASE_LOST,
                    SCHEMA_NEWER,
                    STORE_MOVED,
                    STORE_CORRUPT ->
                    false;
        };
    }

    /** Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). */
    private Duration backoff(int tried) {
        long most =
                Math.min(BACKOFF_MAX.toMillis(), BACKOFF_FIRST.toMillis() << Math.min(tried, 16));
        return Duration.ofMillis(random.nextLong(most + 1));
    }

    private HttpResponse<byte[]> once(HttpRequest.Builder request) throws InterruptedException {
        HttpResponse<byte[]> response = sent(request, BodyHandlers.ofByteArray());
        if (response.statusCode() >= 400) throw refusal(response);
        return response;
    }

    private <T> HttpResponse<T> sent(
            HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
            throws InterruptedException {
        try {
            return http.send(request.build(), handler);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** Answers as soon as the answer begins; empty when the same try may have more luck later. */
    private Optional<HttpResponse<InputStream>> stream(HttpRequest.Builder request, boolean lastTry)
            throws InterruptedException {
        try {
            return Optional.of(begun(request));
        } catch (PawlException e) {
            if (lastTry || !passes(e.code())) throw e;
            return Optional.empty();
        }
    }

    /** Answers as soon as the answer begins. */
    private HttpResponse<InputStream> begun(HttpRequest.Builder request)
            throws InterruptedException {
        HttpResponse<InputStream> response = sent(request, BodyHandlers.ofInputStream());
        if (response.statusCode() < 400) return response;
        try (InputStream body = response.body()) {
            throw refusal(response.uri(), response.statusCode(), body.readAllBytes());
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private PawlException unreachable(Throwable e) {
        return unreachable(server, e);
    }

    static PawlException unreachable(URI server, Throwable e) {
        return new PawlException(
                ErrorCode.SERVER_UNREACHABLE,
                "server %s can't be reached (%s); is it running? `pawl up` starts one"
                        .formatted(server, reason(e)),
                e);
    }

    private static String reason(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    static PawlException refusal(HttpResponse<byte[]> response) {
        return refusal(response.uri(), response.statusCode(), response.body());
    }

    private static PawlException refusal(URI asked, int status, byte[] body) {
        if (Json.read(body) instanceof Json.Reading.Read(var problem)
                && problem.path("code").isString()) {
            String code = problem.path("code").stringValue("");
            return new PawlException(
                    ErrorCode.ofWire(code).orElseGet(() -> byStatus(status)), message(problem));
        }
        return new PawlException(
                byStatus(status),
                "%s answered %d, and not as a Pawl server does".formatted(asked, status));
    }

    private static String message(JsonNode problem) {
        var message = new StringBuilder(problem.path("detail").stringValue("refused"));
        JsonNode errors = problem.path("errors");
        for (JsonNode error : errors.values())
            if (errors.size() > 1)
                message.append("; ")
                        .append(error.path("pointer").stringValue(""))
                        .append(' ')
                        .append(error.path("message").stringValue(""));
        return message.toString();
    }

    private static ErrorCode byStatus(int status) {
        return status >= 500 ? ErrorCode.SERVER_UNREACHABLE : ErrorCode.INPUT_INVALID;
    }

    static JsonNode json(HttpResponse<byte[]> response) {
        return switch (Json.read(response.body())) {
            case Json.Reading.Read(var node) -> node;
            case Json.Reading.Unreadable(var reason) ->
                    throw new PawlException(
                            ErrorCode.SERVER_UNREACHABLE,
                            "%s didn't answer as a Pawl server does: %s"
                                    .formatted(response.uri(), reason));
        };
    }

    @Override
    public void close() {
        http.close();
    }
}
