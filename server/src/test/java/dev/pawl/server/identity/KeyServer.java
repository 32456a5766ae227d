package dev.pawl.server.identity;

import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Where somebody who signs tokens shows the public keys. */
public final class KeyServer implements AutoCloseable {
    public final AtomicInteger asked = new AtomicInteger();
    public volatile String answer = "";
    public volatile int status = 200;
    private final HttpServer http;

    public KeyServer(JWKSet keys) throws IOException {
        show(keys);
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext(
                "/keys",
                exchange -> {
                    asked.incrementAndGet();
                    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        http.start();
    }

    public void show(JWKSet keys) {
        answer = keys.toPublicJWKSet().toString();
    }

    public String url() {
        return "http://localhost:%d/keys".formatted(http.getAddress().getPort());
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
