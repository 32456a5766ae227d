package dev.pawl.server;

import java.time.Duration;

/**
 * How a server listens.
 *
 * @param host name or address of the interface
 * @param port 0 for any that is free
 * @param jsonBytesMax of a body that is read into memory
 * @param connectionsMax open at once; more wait to be accepted
 * @param idle how long a connection may say nothing
 * @param bodyTime how long a JSON body may take to arrive
 */
public record ServerOptions(
        String host,
        int port,
        long jsonBytesMax,
        int connectionsMax,
        Duration idle,
        Duration bodyTime) {
    public ServerOptions {
        if (host.isBlank()) throw new IllegalArgumentException("host is blank");
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("port is " + port + ", want 0 to 65535");
        if (jsonBytesMax < 1) throw new IllegalArgumentException("jsonBytesMax is " + jsonBytesMax);
        if (connectionsMax < 1)
            throw new IllegalArgumentException("connectionsMax is " + connectionsMax);
    }

    public static ServerOptions defaults() {
        return new ServerOptions(
                "localhost", 8080, 10 << 20, 12_000, Duration.ofMinutes(1), Duration.ofSeconds(30));
    }

    public ServerOptions withHost(String value) {
        return new ServerOptions(value, port, jsonBytesMax, connectionsMax, idle, bodyTime);
    }

    public ServerOptions withPort(int value) {
        return new ServerOptions(host, value, jsonBytesMax, connectionsMax, idle, bodyTime);
    }

    public ServerOptions withJsonBytesMax(long value) {
        return new ServerOptions(host, port, value, connectionsMax, idle, bodyTime);
    }

    public ServerOptions withIdle(Duration value) {
        return new ServerOptions(host, port, jsonBytesMax, connectionsMax, value, bodyTime);
    }

    public ServerOptions withBodyTime(Duration value) {
        return new ServerOptions(host, port, jsonBytesMax, connectionsMax, idle, value);
    }
}
