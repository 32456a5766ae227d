package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The clocks of this machine. Instants are cut to milliseconds, which is what stores keep. */
public final class SystemTime implements Time {
    @Override
    public Instant instant() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
    }
}
