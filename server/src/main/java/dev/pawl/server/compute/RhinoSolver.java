package dev.pawl.server.compute;

import dev.pawl.api.Json;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.ToolId;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Has a Rhino.Compute solve. Each exchange has a thread of its own, which the end of the time ends:
 * the client's own timeout doesn't cover the body.
 */
final class RhinoSolver implements Solver {
    private static final Logger log = LoggerFactory.getLogger(RhinoSolver.class);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int ERRORS_MAX = 20;

    /** What a header can hold; an id that it can't isn't passed on. */
    private static final Pattern HEADER = Pattern.compile("[ -~]{1,256}");

    private final RhinoOptions options;
    private final Map<ToolId, String> own;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .build();

    /**
     * Reads the definitions that contracts have of their own, where they are to be sent.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} when one can't be read
     */
    RhinoSolver(Contracts contracts, RhinoOptions options) {
        this.options = options;
        this.own = options.definitions().isEmpty() ? definitions(contracts) : Map.of();
    }

    private static Map<ToolId, String> definitions(Contracts contracts) {
        var definitions = new HashMap<ToolId, String>();
        for (Contract contract : contracts.all())
            try {
                byte[] bytes = Files.readAllBytes(contract.bindings().definition());
                definitions.put(contract.id(), Base64.getEncoder().encodeToString(bytes));
            } catch (IOException e) {
                throw new PawlException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "%s can't be read (%s)"
                                .formatted(contract.bindings().definition(), e.getMessage()),
                        e);
            }
        return Map.copyOf(definitions);
    }

    @Override
    public String mode() {
        return "compute";
    }

    /** Which Rhino.Compute. */
    @Override
    public String toString() {
        return options.toString();
    }

    @Override
    public ObjectNode solve(Contract contract, JsonNode inputs, String correlationId)
            throws InterruptedException {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        call.put("algo", own.get(contract.id()));
        call.put("pointer", own.containsKey(contract.id()) ? null : pointer(contract));
        call.putArray("values").addAll(Grasshopper.values(contract.bindings(), inputs));
        var request =
                request("grasshopper")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(Json.bytes(call)));
        if (HEADER.matcher(correlationId).matches())
            request.header("x-correlation-id", correlationId);
        Duration asked = contract.manifest().timeout();
        Duration timeout = asked.compareTo(options.timeout()) < 0 ? asked : options.timeout();
        Reply reply = exchange(request.build(), timeout);
        JsonNode answer = answer(reply);
        log(answer.path("warnings"));
        List<JsonNode> errors = messages(answer.path("errors"));
        if (!errors.isEmpty())
            throw new ComputeProblem(422, "Grasshopper can't solve these inputs", errors);
        return Grasshopper.outputs(contract.bindings(), answer);
    }

    /** Where that server finds the definition; with its own kind of slash. */
    private String pointer(Contract contract) {
        String slash = options.definitions().contains("\\") ? "\\" : "/";
        String folder = options.definitions();
        while (folder.endsWith(slash)) folder = folder.substring(0, folder.length() - 1);
        return String.join(
                slash, folder, contract.id().name(), contract.id().version(), Bindings.DEFINITION);
    }

    /** An answer; its JSON is missing where it is none. */
    private record Reply(int status, JsonNode json) {}

    /** Errors of a definition come with status 500, and in a whole answer. */
    private static JsonNode answer(Reply reply) {
        int status = reply.status();
        JsonNode node = reply.json();
        if (status == 200 && node.isObject()) return node;
        if (status == 500 && !messages(node.path("errors")).isEmpty()) return node;
        if (status == 401 || status == 403)
            throw new ComputeProblem(
                    502, "Rhino.Compute refuses the key (%d); check compute.key".formatted(status));
        if (status == 429) throw new ComputeProblem(429, "Rhino.Compute has no seat; try again");
        if (status >= 500) throw new ComputeProblem(503, "Rhino.Compute answered " + status);
        if (status == 400 || status == 413 || status == 422)
            throw new ComputeProblem(422, "Rhino.Compute rejects the call: " + status);
        if (status == 200)
            throw new ComputeProblem(502, "Rhino.Compute answered what is no JSON object");
        throw new ComputeProblem(
                502, "Rhino.Compute answered %d; check compute.url".formatted(status));
    }

    private static List<JsonNode> messages(JsonNode list) {
        var messages = new ArrayList<JsonNode>();
        for (JsonNode one : list)
            if (messages.size() < ERRORS_MAX)
                messages.add(
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("message", one.asString(one.toString())));
        return messages;
    }

    private static void log(JsonNode warnings) {
        for (JsonNode warning : messages(warnings))
            log.warn("Grasshopper warns: {}", warning.path("message").stringValue());
    }

    @Override
    public Optional<String> trouble() throws InterruptedException {
        try {
            int status = probe("healthcheck");
            // Older ones have none; asking for the version starts a Rhino where none runs.
            if (status == 404) status = probe("version");
            if (status == 200) return Optional.empty();
            return Optional.of("%s answers %d".formatted(options, status));
        } catch (ComputeProblem e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private int probe(String path) throws InterruptedException {
        return exchange(request(path).GET().build(), options.probeTimeout()).status();
    }

    private HttpRequest.Builder request(String path) {
        String base = options.url().toString().replaceFirst("/+$", "");
        var request = HttpRequest.newBuilder(URI.create(base + "/" + path));
        if (!options.key().isEmpty()) request.header("RhinoComputeKey", options.key());
        return request;
    }

    private Reply exchange(HttpRequest request, Duration timeout) throws InterruptedException {
        var exchange = new FutureTask<>(() -> send(request));
        Thread thread = Thread.ofVirtual().name("rhino").start(exchange);
        try {
            return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ComputeProblem(
                    504,
                    "%s gave no whole answer within %d ms".formatted(options, timeout.toMillis()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ComputeProblem problem) throw problem;
            if (e.getCause() instanceof IOException trouble)
                throw new ComputeProblem(
                        503, "%s can't be reached (%s)".formatted(options, reason(trouble)));
            throw new IllegalStateException("the call of " + options, e.getCause());
        } finally {
            exchange.cancel(true);
            thread.join();
        }
    }

    private Reply send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            byte[] body = in.readNBytes(options.answerBytesMax() + 1);
            if (body.length > options.answerBytesMax())
                throw new ComputeProblem(
                        500,
                        "Rhino.Compute's answer has more than %,d bytes"
                                .formatted(options.answerBytesMax()));
            JsonNode json =
                    Json.read(body) instanceof Json.Reading.Read(var node)
                            ? node
                            : JsonNodeFactory.instance.missingNode();
            return new Reply(response.statusCode(), json);
        }
    }

    /** The client says little of some errors; the type says more than nothing. */
    private static String reason(IOException e) {
        String type = e.getClass().getSimpleName();
        return e.getMessage() == null || e.getMessage().isBlank()
                ? type
                : type + ": " + e.getMessage();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
