package dev.pawl.server;

import java.time.Duration;

/** Says when a stream has been silent for so long that a heartbeat is due. */
final class Beat {
    /** How long a stream waits before it looks whether the server stops. */
    static final Duration LOOK = Duration.ofMillis(500);

    /** Proxies give up a connection after a minute of silence; dead clients are found by it. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private int looks;

    /** Counts one look; {@code told} when it was not in vain. */
    boolean due(boolean told) {
        if (!told && ++looks < SILENCE.dividedBy(LOOK)) return false;
        looks = 0;
        return !told;
    }
}
