package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.ApiKey;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.Role;
import dev.pawl.core.Session;
import dev.pawl.core.Time;
import dev.pawl.server.identity.AccessTokens;
import dev.pawl.server.identity.Tokens;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells who asks, by the key or token of the request
 * (https://www.rfc-editor.org/rfc/rfc6750#section-2.1) or else a browser's cookie, and refuses what
 * the caller may not do. Keys and cookies are looked up at each request, so that one that was ended
 * is refused from then on. Thread-safe.
 */
final class Access {
    private static final Pattern BEARER = Pattern.compile("(?i)bearer +(\\S+) *");
    private static final Duration USED_EVERY = Duration.ofMinutes(1);

    private final ApiKeys keys;
    private final Identity identity;
    private final Time time;
    private final Tokens tokens;
    private final Optional<Role> anonymous;

    Access(Site site, Identity identity, ServerOptions options) {
        this.keys = site.keys();
        this.identity = identity;
        this.time = site.time();
        this.tokens = new Tokens(options.jwt(), site.time());
        this.anonymous = options.anonymous();
    }

    /**
     * Who asks.
     *
     * @param origins whose pages may act here without a key, where nobody needs one
     * @throws Refused with 401 when nobody knows, with 403 when the caller may not do that
     */
    Caller caller(ServerRequest request, Need need, Origins origins) throws InterruptedException {
        return caller(request.headers(), request.prologue().method(), need, origins);
    }

    /** The same, of a request of which that is all there is. */
    Caller caller(Headers headers, Method method, Need need, Origins origins)
            throws InterruptedException {
        if (need == Need.NOTHING) return Caller.anonymous(Role.VIEWER);
        Optional<String> shown = headers.first(HeaderNames.AUTHORIZATION).filter(v -> !v.isBlank());
        Optional<Caller> signedIn = shown.isPresent() ? Optional.empty() : signedIn(headers);
        Caller caller;
        if (signedIn.isPresent()) caller = signedIn.get();
        else caller = shown.isPresent() ? known(shown.get()) : unknown();
        boolean may =
                switch (need) {
                    case NOTHING -> true;
                    case VIEWER -> caller.role().covers(Role.VIEWER);
                    case USER -> caller.role().covers(Role.USER);
                    case ADMIN -> caller.role().covers(Role.ADMIN);
                    case OPERATOR -> caller.reachesAll();
                };
        boolean proved = shown.isPresent() || signedIn.isPresent();
        if (!may) throw refused(proved ? caller.name() : "who shows no key", caller, need);
        // Who shows a key means it. A cookie, and being on this machine, a browser brings along.
        boolean welcome = signedIn.isEmpty() && origins.names(headers);
        if (shown.isEmpty() && !welcome) SessionCookie.requireSameSite(headers, method);
        return caller;
    }

    /** Whether who asks may see anything at all. */
    boolean admits(ServerRequest request) {
        return anonymous.isPresent() || signedIn(request.headers()).isPresent();
    }

    private static Refused refused(String whose, Caller caller, Need need) {
        String wanted =
                switch (need) {
                    case NOTHING, VIEWER -> "a viewer";
                    case USER -> "a user";
                    case ADMIN -> "an admin";
                    case OPERATOR -> "an admin of all tenants";
                };
        return new Refused(
                Problem.of(
                        403,
                        "forbidden",
                        "Not allowed",
                        "%s is %s here; that takes %s"
                                .formatted(whose, caller.role().wire(), wanted)));
    }

    /** By the cookie of a browser. One that is over is as none. */
    private Optional<Caller> signedIn(Headers headers) {
        return SessionCookie.read(headers)
                .flatMap(token -> identity.session(token, Session.Kind.BROWSER))
                .map(session -> Caller.of(session.user()));
    }

    private Caller unknown() {
        return Caller.anonymous(
                anonymous.orElseThrow(() ->
                        unauthenticated(
                                "show a key: Authorization: Bearer KEY; the command pawl"
                                        + " takes it from PAWL_KEY")));
    }

    private Caller known(String header) throws InterruptedException {
        Matcher bearer = BEARER.matcher(header);
        if (!bearer.matches())
            throw unauthenticated("the header Authorization is none of the form: Bearer KEY");
        String shown = bearer.group(1);
        return Tokens.looksLikeOne(shown) ? tokened(shown) : keyed(shown);
    }

    private Caller tokened(String shown) throws InterruptedException {
        if (AccessTokens.claimsToBeOne(shown))
            return identity.ofAccessToken(shown)
                    .map(Caller::of)
                    .orElseThrow(() -> unauthenticated("the token is over, or isn't good here"));
        return switch (tokens.check(shown)) {
            case Tokens.Checked.Good(var name, var role, var tenant) ->
                    new Caller(name, role, tenant);
            case Tokens.Checked.Bad(var reason) -> throw unauthenticated(reason);
            case Tokens.Checked.Unknowable() ->
                    throw new Refused(
                            Problem.of(
                                    503,
                                    "keys_unavailable",
                                    "Tokens can't be checked",
                                    "the keys that sign tokens can't be fetched right now; the"
                                            + " server's log says why"));
        };
    }

    private Caller keyed(String shown) {
        Instant now = time.instant();
        // Why it isn't good is nobody's business who doesn't have a good one.
        ApiKey key =
                keys.find(ApiKeys.hash(shown))
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
