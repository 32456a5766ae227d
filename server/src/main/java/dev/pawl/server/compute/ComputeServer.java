package dev.pawl.server.compute;

import dev.pawl.api.Json;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.server.Incoming;
import dev.pawl.server.Patience;
import dev.pawl.server.Refused;
import dev.pawl.tool.Checked;
import dev.pawl.tool.FieldError;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Solves over HTTP what fits a contract: inputs checked and completed, a seat taken, the outputs
 * checked. Thread-safe; closing twice, or before the start, is fine.
 */
public final class ComputeServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ComputeServer.class);
    private static final HeaderName CORRELATION = HeaderNames.create("x-correlation-id");
    private static final String SERVICE = "appserver-node";
    private static final Duration SLOW = Duration.ofMinutes(10);
    private static final int CONNECTIONS_MAX = 1_000;
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration BODY_TIME = Duration.ofSeconds(30);

    private final Contracts contracts;
    private final ComputeOptions options;
    private final Time time;
    private final RandomGenerator random;
    private final Solver solver;
    private final Semaphore seats;
    private final Faults faults = new Faults();
    private final Patience patience;
    private final WebServer web;

    /**
     * With the mock solver. Listens to nothing yet.
     *
     * @param random makes the correlation ids of calls that bring none; thread-safe
     */
    public ComputeServer(
            Contracts contracts, ComputeOptions options, Time time, RandomGenerator random) {
        this(contracts, new MockSolver(time), options, time, random);
    }

    /**
     * A proxy to Rhino.Compute. Listens to nothing yet, and asks that one nothing.
     *
     * @param contracts those of {@link Contracts#solvedBy}
     */
    public ComputeServer(
            Contracts contracts,
            RhinoOptions rhino,
            ComputeOptions options,
            Time time,
            RandomGenerator random) {
        this(contracts, new RhinoSolver(contracts, rhino), options, time, random);
    }

    private ComputeServer(
            Contracts contracts,
            Solver solver,
            ComputeOptions options,
            Time time,
            RandomGenerator random) {
        this.contracts = contracts;
        this.options = options;
        this.time = time;
        this.random = random;
        this.solver = solver;
        this.seats = new Semaphore(options.seats());
        this.patience = new Patience(time, IDLE);
        this.web =
                WebServer.builder()
                        .host(options.host())
                        .port(options.port())
                        .maxTcpConnections(CONNECTIONS_MAX)
                        .idleConnectionTimeout(IDLE)
                        .idleConnectionPeriod(IDLE.dividedBy(2))
                        .shutdownGracePeriod(Duration.ofSeconds(1))
                        .shutdownHook(false)
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(patience)
                        .routing(this::route)
                        .build();
    }

    private void route(HttpRouting.Builder routing) {
        routing.post("/gh/{contract}/solve", this::solve);
        routing.get("/health", (_, response) -> health(response));
        routing.get("/ready", (_, response) -> ready(response));
        routing.any((request, response) ->
                answer(
                        response,
                        404,
                        problem(404, "Endpoint not found").put("path", request.path().path())));
        routing.error(Throwable.class, ComputeServer::bug);
    }

    /** The next solves go wrong so; faults that were set before come first. */
    public void fault(Fault fault) {
        faults.add(fault);
    }

    /**
     * Listens.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} when the address is taken
     */
    public ComputeServer start() {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(options.host(), options.port()));
        } catch (IOException e) {
            throw taken(e);
        }
        web.start();
        // It logs why, and throws nothing.
        if (!web.isRunning()) throw taken(new IOException("the log says why"));
        return this;
    }

    private PawlException taken(IOException why) {
        return new PawlException(
                ErrorCode.CONFIGURATION_INVALID,
                "%s:%d can't be listened on (%s); is it in use?"
                        .formatted(options.host(), options.port(), why.getMessage()),
                why);
    }

    /** The port it listens on. */
    public int port() {
        return web.port();
    }

    @Override
    public void close() {
        web.stop();
        solver.close();
    }

    // ---- Solve

    private void solve(ServerRequest request, ServerResponse response) {
        String flow =
                request.headers()
                        .first(CORRELATION)
                        .orElseGet(() -> CorrelationId.of(time, random));
        response.headers().set(CORRELATION, flow);
        String name = request.path().pathParameters().get("contract");
        try (var _ = MDC.putCloseable("correlation_id", flow)) {
            log.info("solve.start {}", name);
            try {
                solve(name, flow, request, response);
            } catch (ComputeProblem e) {
                log.info("solve.error {}: {} {}", name, e.status(), e.getMessage());
                if (e.status() == 429 || e.status() == 503)
                    response.headers().set(HeaderNames.RETRY_AFTER, "1");
                ObjectNode node = problem(e.status(), String.valueOf(e.getMessage()));
                node.putArray("details").addAll(e.details());
                answer(response, e.status(), node.put("correlation_id", flow));
            } catch (Refused e) {
                int status = e.problem().status();
                log.info("solve.error {}: {} {}", name, status, e.getMessage());
                response.headers().set(HeaderValues.CONNECTION_CLOSE);
                answer(
                        response,
                        status,
                        problem(status, String.valueOf(e.getMessage()))
                                .put("correlation_id", flow));
                e.drop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                answer(response, 503, problem(503, "The server stops").put("correlation_id", flow));
            }
        }
    }

    private void solve(String name, String flow, ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long begun = time.nanos();
        Contract contract = contract(name);
        JsonNode inputs = inputs(contract, request);
        Optional<Fault.Kind> fault = faults.next();
        if (fault.isPresent()) strike(fault.get());
        if (fault.filter(Fault.Kind.GARBAGE::equals).isPresent()) {
            response.headers().set(HeaderNames.CONTENT_TYPE, "application/json");
            response.send("{\"results\": [".getBytes(StandardCharsets.UTF_8));
            return;
        }
        ObjectNode outputs = seated(contract, inputs, flow);
        if (fault.filter(Fault.Kind.BAD_OUTPUT::equals).isPresent()) outputs.put("surprise", 1);
        List<FieldError> broken = contract.outputs().errors(outputs);
        if (!broken.isEmpty())
            throw new ComputeProblem(500, "Output violates the contract", details(broken));
        log.info(
                "solve.success {} after {} ms",
                name,
                TimeUnit.NANOSECONDS.toMillis(time.nanos() - begun));
        answer(response, 200, outputs);
    }

    private Contract contract(String name) {
        int colon = name.indexOf(':');
        Optional<Contract> found =
                colon < 0
                        ? Optional.empty()
                        : contracts.find(name.substring(0, colon), name.substring(colon + 1));
        if (found.isPresent()) return found.get();
        ObjectNode detail = JsonNodeFactory.instance.objectNode();
        detail.put("path", name).put("type", "contract");
        throw new ComputeProblem(404, "Contract not found: " + name, List.of(detail));
    }

    private JsonNode inputs(Contract contract, ServerRequest request) {
        JsonNode given =
                switch (Json.read(body(request))) {
                    case Json.Reading.Read(var node) -> node;
                    case Json.Reading.Unreadable(var reason) ->
                            throw new ComputeProblem(400, "The body is no JSON: " + reason);
                };
        JsonNode inputs =
                switch (contract.inputs().check(given)) {
                    case Checked.Valid(var completed) -> completed.node();
                    case Checked.Invalid(var errors) ->
                            throw new ComputeProblem(
                                    400, "Inputs do not fit the contract", details(errors));
                };
        int vertices = vertices(inputs);
        int most = contract.manifest().verticesMax();
        if (vertices > most)
            throw new ComputeProblem(
                    422,
                    "The outlines have %d vertices; the contract takes %d"
                            .formatted(vertices, most));
        return inputs;
    }

    private byte[] body(ServerRequest request) {
        var bounds = new Incoming.Bounds(options.bodyBytesMax(), BODY_TIME, "send fewer");
        try (Incoming in = Incoming.of(request, patience, bounds)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ComputeProblem(400, "The body ended early: " + e.getMessage());
        }
    }

    /** Corners of all outlines: what stands under {@code coordinates}, wherever that is. */
    private static int vertices(JsonNode inputs) {
        int count = 0;
        for (var member : inputs.properties())
            count +=
                    member.getKey().equals("coordinates")
                            ? member.getValue().size()
                            : vertices(member.getValue());
        return count;
    }

    private void strike(Fault.Kind kind) throws InterruptedException {
        if (kind.status().isPresent())
            throw new ComputeProblem(
                    kind.status().get(), "Fault switched on: " + kind.status().get());
        if (kind == Fault.Kind.SLOW) time.sleep(SLOW);
    }

    private ObjectNode seated(Contract contract, JsonNode inputs, String flow)
            throws InterruptedException {
        if (!seats.tryAcquire(options.seatWait().toNanos(), TimeUnit.NANOSECONDS))
            throw new ComputeProblem(
                    429, "All %d seats are taken; try again".formatted(options.seats()));
        try {
            return solver.solve(contract, inputs, flow);
        } finally {
            seats.release();
        }
    }

    private static List<JsonNode> details(List<FieldError> errors) {
        return errors.stream()
                .<JsonNode>map(error ->
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("instancePath", error.pointer())
                                .put("message", error.message()))
                .toList();
    }

    // ---- Around

    /**
     * Says that this process is well, and of what it needs how that is: a restart mends nothing.
     */
    private void health(ServerResponse response) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        Optional<String> trouble = trouble();
        node.put("status", trouble.isEmpty() ? "ok" : "degraded")
                .put("service", SERVICE)
                .put("mode", solver.mode());
        trouble.ifPresent(reason -> node.put("reason", reason));
        answer(response, 200, node);
    }

    private void ready(ServerResponse response) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        Optional<String> trouble =
                contracts.all().isEmpty() ? Optional.of("no contract can be served") : trouble();
        if (trouble.isPresent())
            answer(response, 503, node.put("status", "not_ready").put("reason", trouble.get()));
        else
            answer(
                    response,
                    200,
                    node.put("status", "ready").put("service", SERVICE).put("mode", solver.mode()));
    }

    private Optional<String> trouble() {
        try {
            return solver.trouble();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the server stops");
        }
    }

    private static ObjectNode problem(int status, String message) {
        return JsonNodeFactory.instance.objectNode().put("code", status).put("message", message);
    }

    private static void answer(ServerResponse response, int status, JsonNode node) {
        response.status(Status.create(status));
        response.headers().set(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(Json.bytes(node));
    }

    private static void bug(ServerRequest request, ServerResponse response, Throwable e) {
        int status = e instanceof HttpException http ? Math.max(400, http.status().code()) : 500;
        if (status == 500)
            log.error("{} {} hit a bug", request.prologue().method(), request.path().path(), e);
        answer(response, status, problem(status, status == 500 ? "A bug" : "Bad request"));
    }
}
