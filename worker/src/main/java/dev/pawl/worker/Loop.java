package dev.pawl.worker;

import java.time.Duration;

/**
 * Something a worker does again and again. A step may come at any time, also too early or twice;
 * steps of one loop never overlap.
 */
public interface Loop {
    /** The rest of a loop that only a signal wakes. */
    Duration FOREVER = Duration.ofDays(1);

    /** Short, for the thread's name. */
    String name();

    /**
     * Does what is due now and answers how long to rest at most before the next step; zero when
     * more is due. May throw when the store is away: then nothing is lost, and the next step comes
     * after a while.
     */
    Duration step();
}
