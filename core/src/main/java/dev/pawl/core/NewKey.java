package dev.pawl.core;

import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A key as it is made: the only moment at which the key itself is known.
 *
 * @param secret to be shown once, and kept nowhere
 */
public record NewKey(ApiKey key, String secret) {
    private static final String BEGIN = "pawl_";
    private static final int BYTES = 32;
    private static final int ID_DIGITS = 12;

    /**
     * Makes one.
     *
     * @param until {@link Instant#MAX} for never
     * @param random nobody can guess what it says next
     * @throws IllegalArgumentException naming what is wrong with name, role or tenant
     */
    public static NewKey of(
            String name,
            Role role,
            String tenant,
            Instant now,
            Instant until,
            RandomGenerator random) {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String secret = BEGIN + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String id = ApiKeys.hash(secret).substring(0, ID_DIGITS);
        var key =
                new ApiKey(id, name, role, tenant, now, until, Optional.empty(), Optional.empty());
        return new NewKey(key, secret);
    }

    /** What is kept of it beside the key. */
    public String sha256() {
        return ApiKeys.hash(secret);
    }
}
