package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.ApiKey;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.PawlException;
import dev.pawl.core.Role;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every place for keys does. */
public interface KeysContract {
    Instant MADE = Instant.parse("2026-03-01T12:00:00Z");

    /** A fresh one, for this test only. */
    ApiKeys keys();

    @Test
    default void aKeyIsFoundByItsHashAsItWasAdded() {
        ApiKeys keys = keys();
        ApiKey ann = key("k1", "ann", Role.USER, "acme", MADE.plusSeconds(60));
        ApiKey root = key("k2", "root", Role.ADMIN, "", Instant.MAX);
        keys.add(ann, hash('a'));
        keys.add(root, hash('b'));

        assertThat(keys.find(hash('a'))).contains(ann);
        assertThat(keys.find(hash('b'))).contains(root);
        assertThat(keys.find(hash('c'))).isEmpty();
        assertThat(keys.all()).containsExactly(ann, root);
    }

    @Test
    default void anIdAndAHashAreThereOnce() {
        ApiKeys keys = keys();
        ApiKey key = key("k1", "ann", Role.USER, "acme", Instant.MAX);
        keys.add(key, hash('a'));

        assertThatThrownBy(() -> keys.add(key, hash('b'))).isInstanceOf(PawlException.class);
        ApiKey other = key("k2", "bob", Role.USER, "acme", Instant.MAX);
        assertThatThrownBy(() -> keys.add(other, hash('a'))).isInstanceOf(PawlException.class);
        assertThat(keys.all()).containsExactly(key);
    }

    @Test
    default void aRevokedKeyStaysAndHoldsNoMore() {
        ApiKeys keys = keys();
        keys.add(key("k1", "ann", Role.USER, "acme", Instant.MAX), hash('a'));

        assertThat(keys.revoke("k1")).isTrue();
        ApiKey revoked = keys.find(hash('a')).orElseThrow();
        assertThat(revoked.holds(revoked.revokedAt().orElseThrow())).isFalse();
        assertThat(keys.revoke("k1")).isTrue();
        assertThat(keys.find(hash('a'))).contains(revoked);
        assertThat(keys.revoke("k9")).isFalse();
    }

    @Test
    default void whenAKeyWasShownIsKept() {
        ApiKeys keys = keys();
        keys.add(key("k1", "ann", Role.USER, "acme", Instant.MAX), hash('a'));

        keys.used("k1", MADE.plusSeconds(9));
        keys.used("k9", MADE);

        assertThat(keys.find(hash('a')).orElseThrow().usedAt()).contains(MADE.plusSeconds(9));
    }

    private static ApiKey key(String id, String name, Role role, String tenant, Instant until) {
        return new ApiKey(id, name, role, tenant, MADE, until, Optional.empty(), Optional.empty());
    }

    private static String hash(char digit) {
        return String.valueOf(digit).repeat(64);
    }
}
