package dev.pawl.core;

import java.time.Instant;
import java.util.Locale;

/**
 * A user who has signed in, without the token that says so.
 *
 * @param user as it is now, not as it was when it signed in
 * @param expiresAt from then on it is refused
 */
public record Session(User user, Kind kind, Instant createdAt, Instant expiresAt) {
    /** What its token is good for. */
    public enum Kind {
        /** A browser's, shown as a cookie. */
        BROWSER,
        /** To be handed in once, for a fresh one and an access token. */
        REFRESH;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it is good at that moment. */
    public boolean holds(Instant now) {
        return user.enabled() && now.isBefore(expiresAt);
    }
}
