package dev.pawl.server.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who has a webhook: keeps what comes, and answers what it was told to. */
final class Receiver implements AutoCloseable {
    private static final InetSocketAddress HERE =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final HttpServer server;
    private final String scheme;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Received> received = new ArrayList<>();
    private final Deque<Answer> answers = new ArrayDeque<>();

    /** What came. */
    record Received(Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }
    }

    private record Answer(int status, Map<String, String> headers, String body) {}

    Receiver() throws IOException {
        this(HttpServer.create(HERE, 0), "http");
    }

    /** One that speaks TLS, and shows the certificate in this. */
    static Receiver overTls(SSLContext tls) throws IOException {
        HttpsServer server = HttpsServer.create(HERE, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return new Receiver(server, "https");
    }

    private Receiver(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::receive);
        server.start();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var headers = new HashMap<String, String>();
            exchange.getRequestHeaders()
                    .forEach((name, values) ->
                            headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            Answer answer;
            lock.lock();
            try {
                received.add(new Received(headers, body));
                answer = answers.isEmpty() ? new Answer(204, Map.of(), "") : answers.poll();
            } finally {
                lock.unlock();
            }
            answer.headers.forEach(exchange.getResponseHeaders()::set);
            byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) exchange.getResponseBody().write(bytes);
        }
    }

    /** The next answers, in order; then 204 again. */
    Receiver answers(int... statuses) {
        for (int status : statuses) answers(status, Map.of(), "");
        return this;
    }

    Receiver answers(int status, Map<String, String> headers, String body) {
        lock.lock();
        try {
            answers.add(new Answer(status, headers, body));
        } finally {
            lock.unlock();
        }
        return this;
    }

    List<Received> received() {
        lock.lock();
        try {
            return List.copyOf(received);
        } finally {
            lock.unlock();
        }
    }

    String url() {
        return "%s://localhost:%d/hook".formatted(scheme, server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
