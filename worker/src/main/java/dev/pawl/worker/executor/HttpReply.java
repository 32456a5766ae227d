package dev.pawl.worker.executor;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Optional;

/** A server's whole answer. */
final class HttpReply {
    static final int BODY_BYTES_MAX = 10 << 20;
    private static final int REDIRECTS_MAX = 5;

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    private HttpReply(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /**
     * Sends the request and reads the answer. Redirects are followed on the same server only: what
     * the request carries is meant for that one.
     *
     * @throws JobFailure when the answer leads elsewhere or is too long
     */
    static HttpReply of(HttpRequest first, HttpClient client)
            throws IOException, InterruptedException {
        HttpRequest request = first;
        for (int i = 0; i <= REDIRECTS_MAX; i++) {
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            Optional<String> location = location(response);
            if (location.isEmpty()) return read(request, response);
            response.body().close();
            request = redirected(request, response.statusCode(), location.get());
        }
        throw JobFailure.permanent(
                "%s: more than %d redirects".formatted(HttpRequests.shown(first), REDIRECTS_MAX));
    }

    int status() {
        return status;
    }

    byte[] body() {
        return body;
    }

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** Without its parameters, lower-case; empty when the server didn't say. */
    String mediaType() {
        String type = header("Content-Type").orElse("");
        int parameters = type.indexOf(';');
        return (parameters < 0 ? type : type.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static HttpReply read(HttpRequest request, HttpResponse<InputStream> response)
            throws IOException {
        try (InputStream in = response.body()) {
            byte[] body = in.readNBytes(BODY_BYTES_MAX + 1);
            if (body.length > BODY_BYTES_MAX)
                throw JobFailure.permanent(
                        "%s: the answer is longer than %d bytes"
                                .formatted(HttpRequests.shown(request), BODY_BYTES_MAX));
            return new HttpReply(response.statusCode(), response.headers(), body);
        }
    }

    private static Optional<String> location(HttpResponse<?> response) {
        return switch (response.statusCode()) {
            case 301, 302, 303, 307, 308 -> response.headers().firstValue("Location");
            default -> Optional.empty();
        };
    }

    private static HttpRequest redirected(HttpRequest request, int status, String location) {
        URI to;
        try {
            to = request.uri().resolve(location);
        } catch (IllegalArgumentException e) {
            throw JobFailure.temporary(
                    "%s: redirected to \"%s\", which is no url"
                            .formatted(HttpRequests.shown(request), location));
        }
        if (!sameServer(request.uri(), to))
            throw JobFailure.permanent(
                    "%s: redirected to another server, %s; name that one in the tool"
                            .formatted(HttpRequests.shown(request), to));
        HttpRequest.Builder next = HttpRequest.newBuilder(request, (_, _) -> true).uri(to);
        boolean asGet = status == 303 || (status < 307 && request.method().equals("POST"));
        return asGet ? next.method("GET", BodyPublishers.noBody()).build() : next.build();
    }

    private static boolean sameServer(URI from, URI to) {
        return to.getHost() != null
                && HttpRequests.authority(from).equalsIgnoreCase(HttpRequests.authority(to))
                && from.getScheme().equals(to.getScheme());
    }
}
