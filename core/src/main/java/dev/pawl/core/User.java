package dev.pawl.core;

import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who signs in with a password, without the password.
 *
 * @param id stays the same whatever else changes; without spaces
 * @param name what it signs in with, and the owner of the jobs it submits; 1 to 100 characters
 *     without spaces
 * @param email empty where nobody told
 * @param fullName empty where nobody told
 * @param tenant whose jobs it reaches; empty for those of all tenants, which only an admin may
 * @param disabledAt since when it is not let in; empty where it is
 * @param signedInAt when it last signed in; empty for never
 */
public record User(
        String id,
        String name,
        String email,
        String fullName,
        Role role,
        String tenant,
        Instant createdAt,
        Optional<Instant> disabledAt,
        Optional<Instant> signedInAt) {
    private static final int TEXT_MAX = 200;

    public User {
        ApiKey.requireWord("id", id);
        ApiKey.requireOwner("user", name, role, tenant);
        requireText("email", email);
        requireText("full name", fullName);
    }

    /** A new one of that role. */
    public static User of(String id, String name, Role role, String tenant, Instant now) {
        return new User(id, name, "", "", role, tenant, now, Optional.empty(), Optional.empty());
    }

    public boolean enabled() {
        return disabledAt.isEmpty();
    }

    /** The same of another role. */
    public User withRole(Role other, String otherTenant) {
        return new User(
                id, name, email, fullName, other, otherTenant, createdAt, disabledAt, signedInAt);
    }

    /** The same with what people call it. */
    public User withDetails(String otherEmail, String otherFullName) {
        return new User(
                id,
                name,
                otherEmail,
                otherFullName,
                role,
                tenant,
                createdAt,
                disabledAt,
                signedInAt);
    }

    private static void requireText(String what, String value) {
        if (value.length() > TEXT_MAX || value.chars().anyMatch(Character::isISOControl))
            throw new IllegalArgumentException(
                    "%s: want at most %d characters on one line".formatted(what, TEXT_MAX));
    }
}
