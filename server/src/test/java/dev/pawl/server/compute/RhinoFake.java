package dev.pawl.server.compute;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pawl.api.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Rhino.Compute in small, written from its public description: {@code POST /grasshopper} with
 * definitions by pointer or in the call, the key, {@code /healthcheck}, errors as it gives them. It
 * reads values by the type that the definition's parameter has, as the real one does, whatever the
 * call says that they are.
 */
public final class RhinoFake implements AutoCloseable {
    private final HttpServer http;
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Definition> definitions = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Each call of {@code /grasshopper} as it came. */
    public final LinkedBlockingQueue<Call> came = new LinkedBlockingQueue<>();

    /** That it wants; empty for none. */
    volatile String key = "";

    /** Whether there is a {@code /healthcheck}, which older ones lack. */
    volatile boolean healthcheck = true;

    /** What is answered instead, while there is any. */
    public volatile @Nullable Reply instead;

    /** A call and what it has of headers that matter. */
    public record Call(JsonNode body, String correlationId) {}

    /** An answer; status 0 is none at all, and -1 a connection that ends. */
    public record Reply(int status, String body) {}

    /** The values of each parameter that was given. */
    public record Given(Map<String, List<Object>> values) {
        /** The first value of a parameter that must be there. */
        public Object first(String parameter) {
            List<Object> found = values.getOrDefault(parameter, List.of());
            if (found.isEmpty()) throw new IllegalArgumentException(parameter + " is missing");
            return found.getFirst();
        }
    }

    /** Takes parameters by name, and gives others. */
    public interface Definition {
        /** The type of each parameter that it takes, as Grasshopper calls it. */
        Map<String, String> takes();

        /**
         * Solves.
         *
         * @return of each parameter a list of values
         * @throws IllegalArgumentException for a component's error
         */
        Map<String, List<?>> solve(Given given);
    }

    /** A definition from its parameters and what it does. */
    public static Definition definition(
            Map<String, String> takes, Function<Given, Map<String, List<?>>> does) {
        return new Definition() {
            @Override
            public Map<String, String> takes() {
                return takes;
            }

            @Override
            public Map<String, List<?>> solve(Given given) {
                return does.apply(given);
            }
        };
    }

    public RhinoFake() {
        this(0);
    }

    RhinoFake(int port) {
        try {
            http =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.setExecutor(calls);
        http.createContext("/", this::answer);
        http.start();
    }

    public URI url() {
        return URI.create("http://localhost:" + port());
    }

    int port() {
        return http.getAddress().getPort();
    }

    /** Known by that pointer, or as that file. */
    public void define(String pointer, Definition definition) {
        definitions.put(pointer, definition);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            String given = exchange.getRequestHeaders().getFirst("RhinoComputeKey");
            Reply reply = instead;
            if (!key.isEmpty() && !key.equals(given))
                reply =
                        new Reply(
                                401,
                                given == null
                                        ? "Api Key was not provided."
                                        : "Unauthorized client.");
            else if (path.equals("/healthcheck") && healthcheck) reply = new Reply(200, "Healthy");
            else if (path.equals("/version") && !healthcheck)
                reply = new Reply(200, "{\"rhino\":\"8.7.0\",\"compute\":\"1.0.0.0\"}");
            else if (!path.equals("/grasshopper")) reply = new Reply(404, "");
            else {
                JsonNode call = Json.trusted(new String(body, StandardCharsets.UTF_8));
                String flow = exchange.getRequestHeaders().getFirst("x-correlation-id");
                came.add(new Call(call, flow == null ? "" : flow));
                if (reply == null) reply = grasshopper(call);
            }
            send(exchange, reply);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(HttpExchange exchange, Reply reply) throws IOException, InterruptedException {
        if (reply.status() == 0) closed.await();
        if (reply.status() <= 0) return;
        byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    // ---- What a solve does

    private Reply grasshopper(JsonNode call) {
        String pointer = call.path("pointer").asString("");
        String algo = call.path("algo").asString("");
        String named =
                algo.isEmpty()
                        ? pointer
                        : new String(Base64.getDecoder().decode(algo), StandardCharsets.UTF_8);
        Definition definition = definitions.get(named);
        // An exception that nobody catches there.
        if (definition == null) return new Reply(500, "");
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("algo", "").put("pointer", pointer).putArray("values");
        try {
            Map<String, List<?>> outputs = definition.solve(values(call, definition));
            outputs.forEach((name, values) -> answer.withArray("values").add(tree(name, values)));
            return new Reply(200, answer.toString());
        } catch (IllegalArgumentException e) {
            answer.putArray("errors").add(e.getMessage() + ": component \"Solver\"");
            return new Reply(500, answer.toString());
        }
    }

    /** A parameter that the definition hasn't is passed over, as the real one does. */
    private static Given values(JsonNode call, Definition definition) {
        var values = new ConcurrentHashMap<String, List<Object>>();
        for (JsonNode tree : call.path("values")) {
            String name = tree.path("ParamName").stringValue();
            String type = definition.takes().get(name);
            if (type == null) continue;
            var read = new ArrayList<Object>();
            for (var branch : tree.path("InnerTree").properties()) {
                if (!branch.getKey().matches("\\{\\d+(;\\d+)*}"))
                    throw new IllegalArgumentException("a path is " + branch.getKey());
                for (JsonNode item : branch.getValue())
                    read.add(value(type, item.path("data").stringValue()));
            }
            values.put(name, read);
        }
        return new Given(values);
    }

    private static Object value(String type, String data) {
        JsonNode node = Json.trusted(data);
        return switch (type) {
            case "Number" -> node.doubleValue();
            case "Integer" -> node.intValue();
            case "Text" -> node.stringValue();
            case "Geometry" ->
                    polyline(Base64.getDecoder().decode(node.path("data").stringValue()));
            default -> throw new IllegalArgumentException(type);
        };
    }

    /** The points of an archived polyline, {@code [x, y, z]} each; the checksums are checked. */
    private static List<List<Double>> polyline(byte[] archived) {
        ByteBuffer in = ByteBuffer.wrap(archived).order(ByteOrder.LITTLE_ENDIAN);
        in.getInt();
        if (in.getLong() != in.remaining()) throw new IllegalArgumentException("object's length");
        byte[] type = chunk(in);
        if (type.length != 16) throw new IllegalArgumentException("class");
        ByteBuffer data = ByteBuffer.wrap(chunk(in)).order(ByteOrder.LITTLE_ENDIAN);
        data.get();
        var points = new ArrayList<List<Double>>();
        int count = data.getInt();
        for (int i = 0; i < count; i++)
            points.add(List.of(data.getDouble(), data.getDouble(), data.getDouble()));
        return points;
    }

    private static byte[] chunk(ByteBuffer in) {
        in.getInt();
        byte[] content = new byte[(int) in.getLong() - Integer.BYTES];
        in.get(content);
        var crc = new CRC32();
        crc.update(content);
        if ((int) crc.getValue() != in.getInt()) throw new IllegalArgumentException("checksum");
        return content;
    }

    private static ObjectNode tree(String name, List<?> values) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("ParamName", name);
        var branches = tree.putObject("InnerTree");
        // One branch each, as a grafted output has.
        for (int i = 0; i < values.size(); i++)
            branches.putArray("{0;%d}".formatted(i)).add(item(values.get(i)));
        return tree;
    }

    private static ObjectNode item(Object value) {
        ObjectNode item = JsonNodeFactory.instance.objectNode();
        return switch (value) {
            case Double number -> item.put("type", "System.Double").put("data", number.toString());
            case Integer number -> item.put("type", "System.Int32").put("data", number.toString());
            case JsonNode node -> item.put("type", PolylineCurve.TYPE).put("data", node.toString());
            default ->
                    item.put("type", "System.String")
                            .put(
                                    "data",
                                    JsonNodeFactory.instance
                                            .stringNode(value.toString())
                                            .toString());
        };
    }

    @Override
    public void close() {
        closed.countDown();
        http.stop(0);
        calls.close();
    }
}
