package dev.pawl.core;

import java.time.Duration;
import java.time.InstantSource;

/** All the time there is: nothing else in the code base reads a clock or sleeps. Thread-safe. */
public interface Time extends InstantSource {
    /** For measuring how long something took, in nanoseconds; never compare across processes. */
    long nanos();

    /** Waits for {@code duration}; returns early only by throwing. */
    void sleep(Duration duration) throws InterruptedException;
}
