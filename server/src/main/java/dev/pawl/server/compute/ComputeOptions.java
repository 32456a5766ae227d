package dev.pawl.server.compute;

import java.time.Duration;

/**
 * How a compute server serves.
 *
 * @param host name or address of the interface
 * @param port 0 for any that is free
 * @param seats solves at once
 * @param seatWait how long a call waits for a seat before it is told that there is none
 * @param bodyBytesMax of one call's inputs
 */
public record ComputeOptions(
        String host, int port, int seats, Duration seatWait, int bodyBytesMax) {
    public ComputeOptions {
        if (host.isBlank()) throw new IllegalArgumentException("host is blank");
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("port is " + port + ", want 0 to 65535");
        if (seats < 1) throw new IllegalArgumentException("seats is " + seats + ", want >= 1");
        if (seatWait.isNegative())
            throw new IllegalArgumentException("seatWait is " + seatWait + ", want >= 0");
        if (bodyBytesMax < 1)
            throw new IllegalArgumentException("bodyBytesMax is " + bodyBytesMax + ", want >= 1");
    }

    public static ComputeOptions defaults() {
        return new ComputeOptions("localhost", 8080, 8, Duration.ofMillis(250), 10 << 20);
    }

    public ComputeOptions withHost(String value) {
        return new ComputeOptions(value, port, seats, seatWait, bodyBytesMax);
    }

    public ComputeOptions withPort(int value) {
        return new ComputeOptions(host, value, seats, seatWait, bodyBytesMax);
    }

    public ComputeOptions withSeats(int value, Duration wait) {
        return new ComputeOptions(host, port, value, wait, bodyBytesMax);
    }
}
