package dev.pawl.testkit;

import dev.pawl.core.Role;
import dev.pawl.core.Session;
import dev.pawl.core.Time;
import dev.pawl.core.User;
import dev.pawl.core.Users;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Users in memory: what the contract's cases are written against. */
public final class MemoryUsers implements Users {
    private final Time time;
    private final Map<String, Known> byName = new HashMap<>();
    private final Map<String, Session> byHash = new LinkedHashMap<>();
    private final Map<String, String> secrets = new HashMap<>();

    public MemoryUsers(Time time) {
        this.time = time;
    }

    @Override
    public synchronized boolean add(User user, String passwordHash) {
        if (byName.values().stream().anyMatch(known -> known.user().id().equals(user.id())))
            return false;
        return byName.putIfAbsent(user.name(), new Known(user, passwordHash)) == null;
    }

    @Override
    public synchronized Optional<User> register(User user, String passwordHash) {
        User kept = byName.isEmpty() ? user.withRole(Role.ADMIN, "") : user;
        return add(kept, passwordHash) ? Optional.of(kept) : Optional.empty();
    }

    @Override
    public Optional<User> find(String name) {
        return known(name).map(Known::user);
    }

    @Override
    public synchronized Optional<Known> known(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    @Override
    public synchronized List<User> all() {
        return byName.values().stream()
                .map(Known::user)
                .sorted(Comparator.comparing(User::createdAt).thenComparing(User::name))
                .toList();
    }

    @Override
    public boolean setRole(String name, Role role, String tenant) {
        return change(name, k -> new Known(k.user().withRole(role, tenant), k.passwordHash()));
    }

    @Override
    public boolean setPassword(String name, String passwordHash) {
        endAll(name);
        return change(name, k -> new Known(k.user(), passwordHash));
    }

    @Override
    public boolean setDisabled(String name, boolean disabled) {
        if (disabled) endAll(name);
        Instant now = now();
        return change(
                name,
                k -> {
                    Optional<Instant> since = Optional.of(k.user().disabledAt().orElse(now));
                    return new Known(
                            seen(
                                    k.user(),
                                    disabled ? since : Optional.empty(),
                                    k.user().signedInAt()),
                            k.passwordHash());
                });
    }

    private Instant now() {
        return time.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static User seen(User u, Optional<Instant> disabled, Optional<Instant> signedIn) {
        return new User(
                u.id(),
                u.name(),
                u.email(),
                u.fullName(),
                u.role(),
                u.tenant(),
                u.createdAt(),
                disabled,
                signedIn);
    }

    private synchronized boolean change(String name, UnaryOperator<Known> edit) {
        return byName.computeIfPresent(name, (_, known) -> edit.apply(known)) != null;
    }

    @Override
    public synchronized void begin(Session session, String sha256) {
        Instant now = now();
        byHash.values().removeIf(old -> !now.isBefore(old.expiresAt()));
        var same =
                byHash.entrySet().stream()
                        .filter(e -> e.getValue().kind() == session.kind())
                        .filter(e -> e.getValue().user().name().equals(session.user().name()))
                        .map(Map.Entry::getKey)
                        .toList();
        if (same.size() >= SESSIONS_MAX)
            same.subList(0, same.size() - SESSIONS_MAX + 1).forEach(byHash::remove);
        byHash.put(sha256, session);
        boolean _ =
                change(
                        session.user().name(),
                        k ->
                                new Known(
                                        seen(
                                                k.user(),
                                                k.user().disabledAt(),
                                                Optional.of(session.createdAt())),
                                        k.passwordHash()));
    }

    @Override
    public synchronized Optional<Session> session(String sha256) {
        Session kept = byHash.get(sha256);
        if (kept == null) return Optional.empty();
        return find(kept.user().name())
                .map(user -> new Session(user, kept.kind(), kept.createdAt(), kept.expiresAt()));
    }

    @Override
    public synchronized boolean end(String sha256) {
        return byHash.remove(sha256) != null;
    }

    @Override
    public synchronized void endAll(String name) {
        byHash.values().removeIf(session -> session.user().name().equals(name));
    }

    @Override
    public synchronized String secret(String name, String fresh) {
        String kept = secrets.putIfAbsent(name, fresh);
        return kept == null ? fresh : kept;
    }
}
