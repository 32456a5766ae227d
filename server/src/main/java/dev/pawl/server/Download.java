package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.Artifact;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers an artifact's bytes: whole, not at all when the caller has them, or the one range that
 * was asked for (https://www.rfc-editor.org/rfc/rfc9110#section-14). Its hash is its ETag.
 */
final class Download {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");
    private static final HeaderName NOSNIFF = HeaderNames.create("X-Content-Type-Options");
    private static final HeaderName POLICY = HeaderNames.create("Content-Security-Policy");
    private static final HeaderName DISPOSITION = HeaderNames.create("Content-Disposition");

    /** First and last byte. */
    private record Range(long first, long last) {
        long length() {
            return last - first + 1;
        }
    }

    private Download() {}

    static void answer(Exchange exchange, Artifact artifact) throws IOException {
        var headers = exchange.response().headers();
        String etag = "\"" + artifact.sha256() + "\"";
        headers.set(HeaderNames.ETAG, etag);
        headers.set(HeaderNames.ACCEPT_RANGES, "bytes");
        headers.set(HeaderNames.CONTENT_TYPE, mediaType(artifact));
        headers.set(NOSNIFF, "nosniff");
        // A tool's page is shown, but in an origin of its own: it can't act for who looks at it.
        headers.set(POLICY, "sandbox allow-scripts");
        headers.set(DISPOSITION, "inline; filename*=UTF-8''" + encoded(artifact.name()));
        if (has(exchange, etag)) {
            exchange.response().status(Status.NOT_MODIFIED_304).send();
            return;
        }
        long size = artifact.sizeBytes();
        Optional<String> asked =
                exchange.header(HeaderNames.RANGE).filter(_ -> fresh(exchange, etag));
        Range range = new Range(0, size - 1);
        if (asked.isPresent()) {
            Matcher one = RANGE.matcher(asked.get().strip());
            // Several ranges, or another unit: the whole, as RFC 9110 allows.
            if (one.matches() && !(one.group(1).isEmpty() && one.group(2).isEmpty())) {
                Optional<Range> wanted = range(one, size);
                if (wanted.isEmpty()) {
                    headers.set(HeaderNames.CONTENT_RANGE, "bytes */" + size);
                    throw new Refused(
                            Problem.of(
                                    416,
                                    "range_not_satisfiable",
                                    "There are no such bytes",
                                    "the artifact has %d bytes".formatted(size)));
                }
                range = wanted.get();
                headers.set(
                        HeaderNames.CONTENT_RANGE,
                        "bytes %d-%d/%d".formatted(range.first(), range.last(), size));
                exchange.response().status(Status.PARTIAL_CONTENT_206);
            }
        }
        send(exchange, artifact, range);
    }

    private static void send(Exchange exchange, Artifact artifact, Range range) throws IOException {
        InputStream found =
                exchange.site()
                        .artifacts()
                        .open(artifact.sha256())
                        .orElseThrow(() ->
                                new Refused(
                                        Problem.of(
                                                410,
                                                "artifact_gone",
                                                "The artifact is gone",
                                                "its content is no longer kept")));
        try (InputStream in = found) {
            in.skipNBytes(range.first());
            exchange.response().contentLength(range.length());
            try (OutputStream out = exchange.response().outputStream()) {
                byte[] buffer = new byte[64 << 10];
                for (long left = range.length(); left > 0; ) {
                    int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                    if (read < 0) throw new IOException("the artifact's file is too short");
                    out.write(buffer, 0, read);
                    left -= read;
                }
            }
        }
    }

    private static boolean has(Exchange exchange, String etag) {
        return exchange.header(HeaderNames.IF_NONE_MATCH)
                .filter(known -> known.equals("*") || known.contains(etag))
                .isPresent();
    }

    private static boolean fresh(Exchange exchange, String etag) {
        return exchange.header(HeaderNames.IF_RANGE).map(etag::equals).orElse(true);
    }

    private static Optional<Range> range(Matcher asked, long size) {
        try {
            if (asked.group(1).isEmpty()) {
                long tail = Math.min(size, Long.parseLong(asked.group(2)));
                return tail == 0 ? Optional.empty() : Optional.of(new Range(size - tail, size - 1));
            }
            long first = Long.parseLong(asked.group(1));
            long last = asked.group(2).isEmpty() ? size - 1 : Long.parseLong(asked.group(2));
            if (first >= size || last < first) return Optional.empty();
            return Optional.of(new Range(first, Math.min(last, size - 1)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String mediaType(Artifact artifact) {
        return artifact.mediaType().isEmpty() ? "application/octet-stream" : artifact.mediaType();
    }

    private static String encoded(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        return URLEncoder.encode(last, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
