package dev.pawl.server.identity;

import dev.pawl.core.Role;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which tokens of others are good, and what they say of who shows them.
 *
 * @param secret of those signed with HS256, at least 32 bytes; empty for none
 * @param jwks where the public keys of those signed with RS256 or ES256 are: a URL (https, or http
 *     of this machine) or a file; empty for none
 * @param issuer what {@code iss} has to be; empty for anything
 * @param audience what {@code aud} has to name; empty for anything
 * @param claims where a token says what
 * @param roles a role by what the role's claim may say beside the roles' own names
 * @param role of a token that says none that is known; empty to refuse it
 */
public record JwtOptions(
        String secret,
        String jwks,
        String issuer,
        String audience,
        Claims claims,
        Map<String, Role> roles,
        Optional<Role> role) {
    /** No token is good. */
    public static final JwtOptions NONE =
            new JwtOptions("", "", "", "", Claims.STANDARD, Map.of(), Optional.empty());

    private static final int SECRET_MIN = 32;
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Names of claims; a dot leads into an object, as in {@code realm_access.roles}.
     *
     * @param name the owner of the jobs
     * @param role a text, or a list of which the mightiest counts
     * @param tenant missing for the default tenant, an admin's for all
     */
    public record Claims(String name, String role, String tenant) {
        public static final Claims STANDARD = new Claims("sub", "role", "tenant");
    }

    public JwtOptions {
        roles = Map.copyOf(roles);
        requireSecret(secret);
        if (isUrl(jwks)) requireSafe(URI.create(jwks));
    }

    public JwtOptions withSecret(String value) {
        return new JwtOptions(value, jwks, issuer, audience, claims, roles, role);
    }

    public JwtOptions withJwks(String value) {
        return new JwtOptions(secret, value, issuer, audience, claims, roles, role);
    }

    /** HS256 needs a secret as long as its hash. */
    public static void requireSecret(String secret) {
        int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > 0 && bytes < SECRET_MIN)
            throw new IllegalArgumentException(
                    "the secret has %d bytes; want at least %d".formatted(bytes, SECRET_MIN));
    }

    private static void requireSafe(URI url) {
        String host = url.getHost() == null ? "" : url.getHost();
        boolean safe = url.getScheme().equals("https") || LOCAL.contains(host);
        if (!safe || host.isEmpty())
            throw new IllegalArgumentException(
                    "want https, or http of this machine: who changes the keys on their way"
                            + " becomes anybody");
    }

    /** Whether any token could be good. */
    public boolean accepts() {
        return !secret.isEmpty() || !jwks.isEmpty();
    }

    static boolean isUrl(String jwks) {
        return jwks.startsWith("http://") || jwks.startsWith("https://");
    }
}
