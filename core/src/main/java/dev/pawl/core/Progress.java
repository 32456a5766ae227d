package dev.pawl.core;

import java.time.Instant;

/**
 * How far an attempt is.
 *
 * @param fraction 0 to 1
 * @param text what it is doing, at most 200 characters
 */
public record Progress(double fraction, String text, Instant at) {
    public Progress {
        if (!(fraction >= 0 && fraction <= 1))
            throw new IllegalArgumentException("fraction is " + fraction + ", want 0 to 1");
        if (text.length() > 200) text = text.substring(0, 199) + "…";
    }
}
