package dev.pawl.server;

import java.time.Duration;

/**
 * How a server listens.
 *
 * @param host name or address of the interface
 * @param port 0 for any that is free
 * @param jsonBytesMax of a body that is read into memory
 * @param fileBytesMax of a body that is kept as files
 * @param connectionsMax open at once; more wait to be accepted
 * @param idle how long a connection may say nothing
 * @param bodyTime how long a body may take to arrive, and a second more for each 16 KiB of it
 */
public record ServerOptions(
        String host,
        int port,
        long jsonBytesMax,
        long fileBytesMax,
        int connectionsMax,
        Duration idle,
        Duration bodyTime) {
    public ServerOptions {
        if (host.isBlank()) throw new IllegalArgumentException("host is blank");
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("port is " + port + ", want 0 to 65535");
        if (jsonBytesMax < 1) throw new IllegalArgumentException("jsonBytesMax is " + jsonBytesMax);
        if (fileBytesMax < 1) throw new IllegalArgumentException("fileBytesMax is " + fileBytesMax);
        if (connectionsMax < 1)
            throw new IllegalArgumentException("connectionsMax is " + connectionsMax);
    }

    public static ServerOptions defaults() {
        return new ServerOptions(
                "localhost",
                8080,
                10 << 20,
                2L << 30,
                12_000,
                Duration.ofMinutes(1),
                Duration.ofSeconds(30));
    }

    public ServerOptions withHost(String value) {
        return new ServerOptions(
                value, port, jsonBytesMax, fileBytesMax, connectionsMax, idle, bodyTime);
    }

    public ServerOptions withPort(int value) {
        return new ServerOptions(
                host, value, jsonBytesMax, fileBytesMax, connectionsMax, idle, bodyTime);
    }

    public ServerOptions withJsonBytesMax(long value) {
        return new ServerOptions(host, port, value, fileBytesMax, connectionsMax, idle, bodyTime);
    }

    public ServerOptions withFileBytesMax(long value) {
        return new ServerOptions(host, port, jsonBytesMax, value, connectionsMax, idle, bodyTime);
    }

    public ServerOptions withConnectionsMax(int value) {
        return new ServerOptions(host, port, jsonBytesMax, fileBytesMax, value, idle, bodyTime);
    }

    public ServerOptions withIdle(Duration value) {
        return new ServerOptions(
                host, port, jsonBytesMax, fileBytesMax, connectionsMax, value, bodyTime);
    }

    public ServerOptions withBodyTime(Duration value) {
        return new ServerOptions(
                host, port, jsonBytesMax, fileBytesMax, connectionsMax, idle, value);
    }
}
