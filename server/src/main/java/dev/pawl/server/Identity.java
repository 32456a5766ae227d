package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.Role;
import dev.pawl.core.Session;
import dev.pawl.core.Time;
import dev.pawl.core.User;
import dev.pawl.core.Users;
import dev.pawl.server.identity.AccessTokens;
import dev.pawl.server.identity.Passwords;
import dev.pawl.server.identity.Throttle;
import io.helidon.http.HeaderNames;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** Signs users in and out, the same for the native API and for fronts. Thread-safe. */
public final class Identity {
    private static final int TOKEN_BYTES = 32;

    /** A name that is longer is nobody's, and not worth remembering. */
    private static final int NAME_MAX = 100;

    private final Users users;
    private final Time time;
    private final RandomGenerator random;
    private final Passwords passwords;
    private final Throttle throttle;
    private final AccessTokens accessTokens;
    private volatile String tokenSecret;
    private final Map<String, String> secrets = new ConcurrentHashMap<>();

    Identity(Site site, ServerOptions options) {
        this.users = site.users();
        this.time = site.time();
        this.random = site.random();
        this.passwords = new Passwords(site.random());
        this.throttle = new Throttle(site.time());
        this.accessTokens = new AccessTokens(this::tokenSecret, site.time());
        this.tokenSecret = options.tokenSecret();
    }

    /** What was begun: the token is shown this once. */
    public record Begun(String token, Session session) {}

    /**
     * The user of that name and password.
     *
     * @throws Refused with 401 when there is none that may sign in, with 429 after too many
     *     failures, with 503 when too many sign in at once
     */
    User signIn(Exchange exchange, String name, String password) throws InterruptedException {
        String known = name.length() > NAME_MAX ? "" : name;
        String address = exchange.request().remotePeer().host();
        Optional<Duration> wait = throttle.begin(known, address);
        if (wait.isPresent()) throw tooMany(exchange, wait.get());
        Optional<Users.Known> found = users.known(known);
        Optional<String> hash = found.map(Users.Known::passwordHash);
        return switch (passwords.compare(password, hash)) {
            case RIGHT -> {
                User user = found.orElseThrow().user();
                // Told apart from a wrong password by nobody who doesn't know the right one.
                if (!user.enabled()) throw wrong();
                throttle.succeeded(known, address);
                yield user;
            }
            case WRONG -> throw wrong();
            case BUSY -> throw busy();
        };
    }

    /**
     * A new user, not kept yet.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public User fresh(String name, Role role, String tenant) {
        String id = new UUID(random.nextLong(), random.nextLong()).toString();
        return User.of(id, name, role, tenant, time.instant());
    }

    /** What is kept of a new password. */
    public String hash(String password) throws InterruptedException {
        return passwords.hash(password).orElseThrow(Identity::busy);
    }

    /** Begins a session. */
    public Begun begin(User user, Session.Kind kind, Duration length) {
        String token = random();
        Instant now = time.instant();
        var session = new Session(user, kind, now, now.plus(length));
        users.begin(session, ApiKeys.hash(token));
        return new Begun(token, session);
    }

    /** The session of that token, where it is good. */
    public Optional<Session> session(String token, Session.Kind kind) {
        Instant now = time.instant();
        return users.session(ApiKeys.hash(token))
                .filter(session -> session.kind() == kind && session.holds(now));
    }

    /** Ends the session; false when it was over already. */
    public boolean end(String token) {
        return users.end(ApiKeys.hash(token));
    }

    /** A token that says for so long that its bearer is that user. */
    public String accessToken(User user, Duration length) {
        return accessTokens.issue(user.name(), length);
    }

    /** The user of such a token, as it is now; empty where the token or the user isn't good. */
    Optional<User> ofAccessToken(String token) {
        return accessTokens.check(token).flatMap(users::find).filter(User::enabled);
    }

    /** The store keeps it, so that all its servers understand each other's tokens. */
    private String tokenSecret() {
        String known = tokenSecret;
        if (!known.isEmpty()) return known;
        known = secret("access-tokens");
        tokenSecret = known;
        return known;
    }

    /** What is kept under that name, random at first and the same on all servers of the store. */
    String secret(String name) {
        return secrets.computeIfAbsent(name, key -> users.secret(key, random()));
    }

    private String random() {
        var bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Refused wrong() {
        return new Refused(
                Problem.of(
                        401,
                        "unauthenticated",
                        "Nobody knows who asks",
                        "no user has that name and password"));
    }

    private static Refused busy() {
        return new Refused(
                Problem.of(
                        503, "busy", "Too many at once", "many sign in right now; try again soon"));
    }

    private static Refused tooMany(Exchange exchange, Duration wait) {
        long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
        exchange.response().headers().set(HeaderNames.RETRY_AFTER, Long.toString(seconds));
        return new Refused(
                Problem.of(
                        429,
                        "too_many_failures",
                        "Too many failures",
                        "too many wrong passwords from here; try again in %d s"
                                .formatted(seconds)));
    }
}
