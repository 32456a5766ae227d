package dev.pawl.core;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that a caller of the server shows, without the key itself.
 *
 * @param id names it to people; says nothing of the key
 * @param name whose it is: the owner of the jobs that are submitted with it; 1 to 100 characters
 *     without spaces
 * @param tenant whose jobs it reaches; empty for those of all tenants, which only an admin's may
 * @param expiresAt from then on it is refused; {@link Instant#MAX} for never
 * @param revokedAt since when it is refused; empty where it isn't
 * @param usedAt when it was last shown, give or take a minute; empty for never
 */
public record ApiKey(
        String id,
        String name,
        Role role,
        String tenant,
        Instant createdAt,
        Instant expiresAt,
        Optional<Instant> revokedAt,
        Optional<Instant> usedAt) {
    /** The owner of what is submitted without a key, where that makes nobody an admin. */
    public static final String ANONYMOUS = "anonymous";

    public ApiKey {
        if (id.isBlank()) throw new IllegalArgumentException("a key's id is empty");
        requireOwner("key", name, role, tenant);
    }

    /** Whether it is good at that moment. */
    public boolean holds(Instant now) {
        return revokedAt.isEmpty() && now.isBefore(expiresAt);
    }

    /** What holds of everybody who may own jobs. */
    static void requireOwner(String what, String name, Role role, String tenant) {
        requireWord("name", name);
        if (name.equals(ANONYMOUS))
            throw new IllegalArgumentException("\"anonymous\" is who shows no key");
        if (!tenant.isEmpty()) requireWord("tenant", tenant);
        if (tenant.isEmpty() && role != Role.ADMIN)
            throw new IllegalArgumentException(
                    "a %s of role %s has no tenant; only an admin's reaches all"
                            .formatted(what, role.wire()));
    }

    static void requireWord(String what, String value) {
        if (value.isBlank() || value.length() > 100 || value.chars().anyMatch(c -> c <= ' '))
            throw new IllegalArgumentException(
                    "%s \"%s\": want 1 to 100 characters without spaces".formatted(what, value));
    }
}
