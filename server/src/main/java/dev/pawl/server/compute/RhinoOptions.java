package dev.pawl.server.compute;

import java.net.URI;
import java.time.Duration;

/**
 * How Rhino.Compute is asked.
 *
 * @param url of the server; its calls are below it
 * @param key that it wants; empty for none
 * @param definitions the folder or address of Grasshopper definitions as that server sees it, with
 *     {@code NAME/VERSION/ghlogic.ghx} in it; empty where each contract has its own to send
 * @param timeout of one call; a contract may ask for less
 * @param probeTimeout of asking whether it is there
 * @param answerBytesMax of one answer
 */
public record RhinoOptions(
        URI url,
        String key,
        String definitions,
        Duration timeout,
        Duration probeTimeout,
        int answerBytesMax) {
    public RhinoOptions {
        boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!web || url.getHost() == null || url.getQuery() != null || url.getUserInfo() != null)
            throw new IllegalArgumentException(
                    "want the address of Rhino.Compute, as http://host:6500");
        if (!key.chars().allMatch(c -> c > ' ' && c < 0x7F))
            throw new IllegalArgumentException("a key has letters, digits and signs, no blanks");
        if (timeout.isZero() || timeout.isNegative())
            throw new IllegalArgumentException("timeout is " + timeout + ", want > 0");
        if (probeTimeout.isZero() || probeTimeout.isNegative())
            throw new IllegalArgumentException("probeTimeout is " + probeTimeout + ", want > 0");
        if (answerBytesMax < 1)
            throw new IllegalArgumentException(
                    "answerBytesMax is " + answerBytesMax + ", want >= 1");
    }

    public static RhinoOptions of(URI url) {
        return new RhinoOptions(
                url, "", "", Duration.ofMinutes(4), Duration.ofSeconds(5), 32 << 20);
    }

    public RhinoOptions withKey(String value) {
        return new RhinoOptions(url, value, definitions, timeout, probeTimeout, answerBytesMax);
    }

    public RhinoOptions withDefinitions(String value) {
        return new RhinoOptions(url, key, value, timeout, probeTimeout, answerBytesMax);
    }

    public RhinoOptions withTimeout(Duration value) {
        return new RhinoOptions(url, key, definitions, value, probeTimeout, answerBytesMax);
    }

    RhinoOptions withAnswerBytesMax(int value) {
        return new RhinoOptions(url, key, definitions, timeout, probeTimeout, value);
    }

    /** A key is nothing for a log. */
    @Override
    public String toString() {
        return "Rhino.Compute at " + url;
    }
}
