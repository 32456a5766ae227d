package dev.pawl.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Whose pages may ask a front from a browser, beside its own
 * (https://fetch.spec.whatwg.org/#http-cors-protocol). Cookies are not among what they may send:
 * they show a token or a key. Immutable.
 *
 * @param listed as {@code https://example.org:8443}; {@code *} for any
 */
public record Origins(Set<String> listed) {
    /** No others. */
    public static final Origins NONE = new Origins(Set.of());

    private static final String ANY = "*";
    private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://[^/\\s,]+");
    private static final HeaderName ASKED_METHOD =
            HeaderNames.create("Access-Control-Request-Method");
    private static final HeaderName ALLOW_ORIGIN =
            HeaderNames.create("Access-Control-Allow-Origin");
    private static final HeaderName EXPOSE = HeaderNames.create("Access-Control-Expose-Headers");
    private static final HeaderName ALLOW_METHODS =
            HeaderNames.create("Access-Control-Allow-Methods");
    private static final HeaderName ALLOW_HEADERS =
            HeaderNames.create("Access-Control-Allow-Headers");
    private static final HeaderName MAX_AGE = HeaderNames.create("Access-Control-Max-Age");

    public Origins {
        listed = Set.copyOf(listed);
    }

    /**
     * Reads a list with commas; empty for none.
     *
     * @throws IllegalArgumentException for what is no origin
     */
    public static Origins parse(String text) {
        var listed = new TreeSet<String>();
        for (String one : text.split(",", -1)) {
            String origin = one.strip().toLowerCase(Locale.ROOT).replaceFirst("/$", "");
            if (origin.isEmpty()) continue;
            if (!origin.equals(ANY) && !ORIGIN.matcher(origin).matches())
                throw new IllegalArgumentException(
                        "want origins with commas, as http://localhost:3000, or *");
            listed.add(origin);
        }
        return new Origins(listed);
    }

    /** Whether pages of everybody are among them. */
    public boolean any() {
        return listed.contains(ANY);
    }

    private boolean admits(String origin) {
        return any() || listed.contains(origin.toLowerCase(Locale.ROOT));
    }

    /** Whether the page that asks is of one that is listed by name. */
    boolean names(Headers headers) {
        return headers.first(HeaderNames.ORIGIN)
                .filter(origin -> listed.contains(origin.toLowerCase(Locale.ROOT)))
                .isPresent();
    }

    /** Why a page may not talk here; empty where it may, or where no page asks. */
    Optional<String> foreign(Headers headers) {
        String host = headers.first(HeaderNames.HOST).orElse("");
        String origin = headers.first(HeaderNames.ORIGIN).orElse("");
        boolean own = origin.isEmpty() || authority(origin).equalsIgnoreCase(host);
        if (own || admits(origin)) return Optional.empty();
        return Optional.of("a page of %s may not talk to %s".formatted(origin, host));
    }

    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Lets the browser show the answer to the page that asked, where that is a listed one. */
    void allow(ServerRequest request, ServerResponse response) {
        if (listed.isEmpty()) return;
        response.headers().set(HeaderNames.VARY, "Origin");
        request.headers()
                .first(HeaderNames.ORIGIN)
                .filter(this::admits)
                .ifPresent(origin -> {
                    response.headers().set(ALLOW_ORIGIN, origin);
                    response.headers()
                            .set(EXPOSE, "Content-Disposition, Retry-After, x-correlation-id");
                });
    }

    /**
     * Answers what a browser asks before it lets a listed page ask; a path that isn't there too, so
     * that the page sees the 404.
     *
     * @return whether that was asked
     */
    boolean answered(ServerRequest request, ServerResponse response) {
        Headers asked = request.headers();
        boolean preflight =
                request.prologue().method().equals(Method.OPTIONS)
                        && asked.contains(ASKED_METHOD)
                        && asked.first(HeaderNames.ORIGIN).filter(this::admits).isPresent();
        if (!preflight) return false;
        response.headers().set(ALLOW_METHODS, "GET, POST, PUT, DELETE");
        response.headers().set(ALLOW_HEADERS, "Authorization, Content-Type, x-correlation-id");
        response.headers().set(MAX_AGE, "600");
        response.status(Status.NO_CONTENT_204).send();
        return true;
    }
}
