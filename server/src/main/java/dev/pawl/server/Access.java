package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.ApiKey;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.Role;
import dev.pawl.core.Time;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells who asks, by the key of the request (https://www.rfc-editor.org/rfc/rfc6750#section-2.1),
 * and refuses what the caller may not do. A key is looked up at each request, so that a revoked one
 * is refused from then on. Thread-safe.
 */
final class Access {
    private static final Pattern BEARER = Pattern.compile("(?i)bearer +(\\S+) *");
    private static final Duration USED_EVERY = Duration.ofMinutes(1);

    private final ApiKeys keys;
    private final Time time;
    private final Optional<Role> anonymous;

    /** What a route wants of its caller. */
    enum Need {
        /** Nothing: it tells nothing of anybody's jobs. */
        NOTHING,
        VIEWER,
        USER,
        /** An admin of all tenants: it is about what they share. */
        OPERATOR
    }

    /**
     * @param anonymous what those may do who show no key; empty for nothing
     */
    Access(ApiKeys keys, Time time, Optional<Role> anonymous) {
        this.keys = keys;
        this.time = time;
        this.anonymous = anonymous;
    }

    /**
     * Who asks.
     *
     * @throws Refused with 401 when nobody knows, with 403 when the caller may not do that
     */
    Caller caller(ServerRequest request, Need need) {
        return caller(request.headers(), need);
    }

    /** The same, of a request whose headers are all there is. */
    Caller caller(Headers headers, Need need) {
        Optional<String> shown = headers.first(HeaderNames.AUTHORIZATION).filter(v -> !v.isBlank());
        if (need == Need.NOTHING && shown.isEmpty()) return Caller.anonymous(Role.VIEWER);
        Caller caller = shown.isPresent() ? known(shown.get()) : unknown();
        boolean may =
                switch (need) {
                    case NOTHING -> true;
                    case VIEWER -> caller.role().covers(Role.VIEWER);
                    case USER -> caller.role().covers(Role.USER);
                    case OPERATOR -> caller.reachesAll();
                };
        if (may) return caller;
        String whose = shown.isEmpty() ? "who shows no key" : caller.name();
        String wanted = need == Need.USER ? "a user" : "an admin of all tenants";
        throw new Refused(
                Problem.of(
                        403,
                        "forbidden",
                        "Not allowed",
                        "%s is %s here; that takes %s"
                                .formatted(whose, caller.role().wire(), wanted)));
    }

    private Caller unknown() {
        return Caller.anonymous(
                anonymous.orElseThrow(
                        () -> unauthenticated("show a key: Authorization: Bearer KEY")));
    }

    private Caller known(String header) {
        Matcher bearer = BEARER.matcher(header);
        if (!bearer.matches())
            throw unauthenticated("the header Authorization is none of the form: Bearer KEY");
        Instant now = time.instant();
        // Why it isn't good is nobody's business who doesn't have a good one.
        ApiKey key =
                keys.find(ApiKeys.hash(bearer.group(1)))
                        .filter(found -> found.holds(now))
                        .orElseThrow(
                                () -> unauthenticated("the key is not known, over, or revoked"));
        boolean told = key.usedAt().map(at -> at.plus(USED_EVERY).isAfter(now)).orElse(false);
        if (!told) keys.used(key.id(), now);
        return new Caller(key.name(), key.role(), key.tenant());
    }

    private static Refused unauthenticated(String detail) {
        return new Refused(Problem.of(401, "unauthenticated", "Nobody knows who asks", detail));
    }
}
