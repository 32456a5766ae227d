package dev.pawl.server;

/**
 * Where a front listens: on the server's interface.
 *
 * @param port 0 for any that is free
 */
public record FrontPort(Front front, int port) {
    public FrontPort {
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("port is " + port + ", want 0 to 65535");
    }
}
