package dev.pawl.server;

import dev.pawl.api.Problem;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Method;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The cookie of a browser that has signed in. No script reads it, and no other site's page sends it
 * along ({@code SameSite=Strict}); as ports of one host count as one site, and old browsers know
 * neither, a request that changes something is also refused when it says that it comes from
 * elsewhere (https://www.w3.org/TR/fetch-metadata/).
 */
final class SessionCookie {
    private static final String NAME = "pawl_session";
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final HeaderName FORWARDED_PROTO = HeaderNames.create("X-Forwarded-Proto");
    private static final Set<Method> READS = Set.of(Method.GET, Method.HEAD);

    private SessionCookie() {}

    /** The token that the request shows. */
    static Optional<String> read(Headers headers) {
        if (!headers.contains(HeaderNames.COOKIE)) return Optional.empty();
        return headers.get(HeaderNames.COOKIE).allValues().stream()
                .flatMap(line -> Stream.of(line.split(";", -1)))
                .map(String::strip)
                .filter(pair -> pair.startsWith(NAME + "="))
                .map(pair -> pair.substring(NAME.length() + 1))
                .filter(token -> !token.isBlank() && token.length() <= 100)
                .findFirst();
    }

    static void set(Exchange exchange, String token, Duration length) {
        write(exchange, token, length.toSeconds());
    }

    static void clear(Exchange exchange) {
        write(exchange, "", 0);
    }

    private static void write(Exchange exchange, String token, long seconds) {
        boolean https = exchange.header(FORWARDED_PROTO).filter("https"::equals).isPresent();
        exchange.response()
                .headers()
                .set(
                        HeaderNames.SET_COOKIE,
                        "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"
                                .formatted(NAME, token, seconds, https ? "; Secure" : ""));
    }

    /**
     * Refuses a request that changes something and comes from another site's page.
     *
     * @throws Refused with 403
     */
    static void requireSameSite(Headers headers, Method method) {
        if (READS.contains(method)) return;
        Optional<String> site = headers.first(FETCH_SITE);
        boolean same =
                site.isPresent()
                        ? site.get().equals("same-origin") || site.get().equals("none")
                        : headers.first(HeaderNames.ORIGIN)
                                .map(origin -> isOwn(origin, headers))
                                .orElse(true);
        if (!same)
            throw new Refused(
                    Problem.of(
                            403,
                            "cross_site",
                            "Asked from another site",
                            "a page of another address may not act here without a key"));
    }

    private static boolean isOwn(String origin, Headers headers) {
        try {
            String own = headers.first(HeaderNames.HOST).orElse("");
            return own.equals(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
