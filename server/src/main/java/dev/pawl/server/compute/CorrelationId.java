package dev.pawl.server.compute;

import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes ids that tie a flow together, for callers that bring none. */
public final class CorrelationId {
    private CorrelationId() {}

    /**
     * A UUID that begins with the time (RFC 9562, version 7): a store finds jobs by it, and new
     * ones land side by side in its index rather than on a page each.
     */
    public static String of(InstantSource time, RandomGenerator random) {
        long high = time.millis() << 16 | 0x7000L | random.nextLong() >>> 52;
        long low = random.nextLong() >>> 2 | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
