package dev.pawl.server.compute;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes ids that tie a flow together, for callers that bring none. */
public final class CorrelationId {
    private CorrelationId() {}

    /** A random UUID (RFC 9562, version 4). */
    public static String of(RandomGenerator random) {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() >>> 2) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
