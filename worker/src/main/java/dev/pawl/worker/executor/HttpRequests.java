package dev.pawl.worker.executor;

import dev.pawl.core.Artifacts;
import dev.pawl.core.ClaimedJob;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.InputFiles;
import dev.pawl.tool.Run;
import dev.pawl.tool.Template;
import dev.pawl.tool.TemplateValues;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Fills in the templates of a request. */
record HttpRequests(Run.Http run, Artifacts artifacts) {
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE");

    /**
     * The request of one attempt. {@code Idempotency-Key} is the job's id, the same for each of its
     * attempts, so that a server that honours it does the work once.
     *
     * @throws JobFailure when the input makes no request
     */
    HttpRequest request(ClaimedJob job) {
        JsonNode input = Json.read(job.submission().input());
        var values =
                new TemplateValues(
                        input,
                        job.id().toString(),
                        job.token().attempt(),
                        new KeptFiles(artifacts));
        Optional<BodyPublisher> body = body(input, values);
        URI uri = uri(run.url().urlText(values));
        var request = HttpRequest.newBuilder(uri);
        // Without TLS the client asks for an upgrade to HTTP/2, which small servers trip over.
        if (uri.getScheme().equals("http")) request.version(HttpClient.Version.HTTP_1_1);
        if (body.isPresent()) request.setHeader("Content-Type", "application/json");
        String flow = job.submission().correlationId();
        if (!flow.isEmpty()) header(request, "x-correlation-id", flow);
        String trace = job.submission().traceparent();
        if (!trace.isEmpty()) header(request, "traceparent", trace);
        request.setHeader("Idempotency-Key", job.id().toString());
        request.setHeader("Pawl-Attempt", Integer.toString(job.token().attempt()));
        run.headers().forEach((name, value) -> header(request, name, value.text(values)));
        return request.method(run.method(), body.orElseGet(BodyPublishers::noBody)).build();
    }

    /** The request for a person, without what may be a secret in its query. */
    static String shown(HttpRequest request) {
        URI uri = request.uri();
        String path = uri.getPath() == null ? "" : uri.getPath();
        return "%s %s://%s%s".formatted(request.method(), uri.getScheme(), authority(uri), path);
    }

    static String authority(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    private Optional<BodyPublisher> body(JsonNode input, TemplateValues values) {
        if (run.body().isPresent()) {
            Template body = run.body().get();
            if (FileRef.allIn(input).isEmpty())
                return Optional.of(BodyPublishers.ofString(body.text(values)));
            return Optional.of(BodyPublishers.ofInputStream(() -> body.open(values)));
        }
        if (WITHOUT_BODY.contains(run.method())) return Optional.empty();
        return Optional.of(BodyPublishers.ofString(InlineFiles.in(input, artifacts).toString()));
    }

    private static URI uri(String text) {
        try {
            var uri = new URI(text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null) return uri;
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw JobFailure.permanent("url \"%s\": want http://host/… or https://…".formatted(text));
    }

    private static void header(HttpRequest.Builder request, String name, String value) {
        try {
            request.setHeader(name, value);
        } catch (IllegalArgumentException e) {
            throw JobFailure.permanent(
                    "header \"%s\" can't be sent: %s".formatted(name, e.getMessage()));
        }
    }

    /** Files are read where they are kept: a request only reads them. */
    private record KeptFiles(Artifacts artifacts) implements InputFiles {
        @Override
        public Path stored(FileRef file) {
            return artifacts.file(file.sha256()).orElseThrow(() -> InlineFiles.gone(file));
        }

        @Override
        public Path inline(String field, String text) {
            throw JobFailure.permanent(
                    "{{input.%s.path}}: a request to a server has no files; use {{input.%s}}"
                            .formatted(field, field));
        }
    }
}
