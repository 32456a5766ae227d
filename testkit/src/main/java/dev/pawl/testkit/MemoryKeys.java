package dev.pawl.testkit;

import dev.pawl.core.ApiKey;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** Keys in memory: what the contract's cases are written against. */
public final class MemoryKeys implements ApiKeys {
    private final Time time;
    private final Map<String, ApiKey> byHash = new ConcurrentHashMap<>();

    public MemoryKeys(Time time) {
        this.time = time;
    }

    @Override
    public void add(ApiKey key, String sha256) {
        boolean there = byHash.values().stream().anyMatch(k -> k.id().equals(key.id()));
        if (there || byHash.putIfAbsent(sha256, key) != null)
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW, "key %s is there already".formatted(key.id()));
    }

    @Override
    public Optional<ApiKey> find(String sha256) {
        return Optional.ofNullable(byHash.get(sha256));
    }

    @Override
    public List<ApiKey> all() {
        return byHash.values().stream()
                .sorted(Comparator.comparing(ApiKey::createdAt).thenComparing(ApiKey::id))
                .toList();
    }

    @Override
    public boolean revoke(String id) {
        Instant now = time.instant().truncatedTo(ChronoUnit.MILLIS);
        return change(id, key -> with(key, Optional.of(key.revokedAt().orElse(now)), key.usedAt()));
    }

    @Override
    public void used(String id, Instant at) {
        boolean _ = change(id, key -> with(key, key.revokedAt(), Optional.of(at)));
    }

    private boolean change(String id, UnaryOperator<ApiKey> edit) {
        boolean there = byHash.values().stream().anyMatch(key -> key.id().equals(id));
        byHash.replaceAll((_, key) -> key.id().equals(id) ? edit.apply(key) : key);
        return there;
    }

    private static ApiKey with(ApiKey key, Optional<Instant> revoked, Optional<Instant> used) {
        return new ApiKey(
                key.id(),
                key.name(),
                key.role(),
                key.tenant(),
                key.createdAt(),
                key.expiresAt(),
                revoked,
                used);
    }
}
