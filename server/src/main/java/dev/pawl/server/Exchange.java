package dev.pawl.server;

import dev.pawl.api.Json;
import dev.pawl.api.Problem;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpMediaType;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** One request and its answer, in the words of this API. */
record Exchange(
        Site site,
        ServerOptions options,
        Patience patience,
        Caller caller,
        ServerRequest request,
        ServerResponse response) {
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final HeaderName PREFER = HeaderNames.create("Prefer");
    private static final HeaderName PREFERENCE_APPLIED = HeaderNames.create("Preference-Applied");

    /** https://www.rfc-editor.org/rfc/rfc7240#section-4.3 */
    private static final Pattern WAIT =
            Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?(\\d{1,9})\"?");

    /** Answers after which the rest of the body is not worth reading. */
    private static final Set<Integer> HANG_UP = Set.of(408, 413);

    private static final Duration WAIT_MAX = Duration.ofMinutes(10);

    /** What handles one route. */
    interface Handler {
        void handle(Exchange exchange) throws IOException, InterruptedException;
    }

    // ---- Asked

    String path(String name) {
        return request.path().pathParameters().get(name);
    }

    /** The same, of a caller that is known now. */
    Exchange by(Caller known) {
        return new Exchange(site, options, patience, known, request, response);
    }

    /** The job that the path names; where there is one, the caller may see it. */
    JobId job() {
        String text = path("id");
        JobId id =
                JobId.parse(text)
                        .orElseThrow(() ->
                                new Refused(
                                        ErrorCode.JOB_NOT_FOUND,
                                        "\"%s\" is no job id; want a UUID as the submit answered it"
                                                .formatted(text)));
        if (!caller.reachesAll()) requireSeen(id);
        return id;
    }

    /** Another's job is as little there as none: 404, not 403. */
    void requireSeen(JobId id) {
        Optional<Job> job = site.engine().store().find(id);
        if (job.isEmpty() || !caller.sees(job.get().submission())) throw JobRoutes.none(id);
    }

    Optional<String> header(HeaderName name) {
        return request.headers().first(name).filter(value -> !value.isBlank());
    }

    Optional<String> query(String name) {
        return request.query().first(name).asOptional().filter(value -> !value.isEmpty());
    }

    List<String> queries(String name) {
        return request.query().contains(name) ? request.query().all(name) : List.of();
    }

    /** Refuses a query parameter that the route doesn't know. */
    void onlyQueries(Set<String> known) {
        for (String name : request.query().names())
            if (!Filters.known(known, name))
                throw badRequest(
                        "query parameter \"%s\" is not known; known are %s"
                                .formatted(name, new TreeSet<>(known)));
    }

    int number(String name, int standard, int min, int max) {
        Optional<String> text = query(name);
        if (text.isEmpty()) return standard;
        try {
            int value = Integer.parseInt(text.get());
            if (value >= min && value <= max) return value;
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw badRequest(
                "query parameter \"%s\" is \"%s\"; want %d to %d"
                        .formatted(name, text.get(), min, max));
    }

    /** How long the caller wants to wait for a job's end, at most {@link #WAIT_MAX}. */
    Optional<Duration> preferredWait() {
        Matcher wait = WAIT.matcher(header(PREFER).orElse(""));
        if (!wait.find()) return Optional.empty();
        Duration wanted = Duration.ofSeconds(Long.parseLong(wait.group(1)));
        Duration granted = wanted.compareTo(WAIT_MAX) < 0 ? wanted : WAIT_MAX;
        response.headers().set(PREFERENCE_APPLIED, "wait=" + granted.toSeconds());
        return Optional.of(granted);
    }

    /**
     * Whether the client is still there, to be asked while the request waits; its connection is
     * closed after the answer.
     */
    BooleanSupplier listening() {
        response.headers().set(HeaderValues.CONNECTION_CLOSE);
        return patience.listening();
    }

    boolean is(String mediaType) {
        Optional<HttpMediaType> type = request.headers().contentType();
        return type.isPresent() && type.get().mediaType().text().equalsIgnoreCase(mediaType);
    }

    /** The body as JSON; within the limit, or the request is refused. */
    JsonNode json() {
        if (!is(JSON))
            throw new Refused(
                    Problem.of(
                            415,
                            "unsupported_media_type",
                            "The body has another type",
                            "want Content-Type: application/json, not "
                                    + header(HeaderNames.CONTENT_TYPE).orElse("none")));
        return json(body(), "the body");
    }

    /** These bytes as JSON; or the request is refused. */
    static JsonNode json(byte[] bytes, String what) {
        return switch (Json.read(bytes)) {
            case Json.Reading.Read(var node) -> node;
            case Json.Reading.Unreadable(var reason) ->
                    throw new Refused(
                            Problem.of(
                                    400,
                                    "not_json",
                                    "The body is no JSON",
                                    what + " can't be read as JSON: " + reason));
        };
    }

    /** The body's bytes; within the limits of size and time, or the request is refused. */
    byte[] body() {
        return bytes(Incoming.of(this, options.jsonBytesMax(), "upload large files to /v1/files"));
    }

    private static byte[] bytes(Incoming body) {
        try {
            return body.readAllBytes();
        } catch (IOException e) {
            throw Incoming.endedEarly(String.valueOf(e.getMessage()));
        }
    }

    /** The fields of a URL-encoded form; empty where the body is none. */
    Optional<Map<String, String>> form() {
        if (!is(FORM)) return Optional.empty();
        var fields = new HashMap<String, String>();
        try {
            String body = new String(body(), StandardCharsets.UTF_8);
            for (String pair : body.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0)
                    fields.put(
                            URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        } catch (IllegalArgumentException e) {
            throw badRequest("the form is not URL-encoded: " + e.getMessage());
        }
        return Optional.of(fields);
    }

    static Refused badRequest(String detail) {
        return new Refused(Problem.of(400, "bad_request", "The request can't be read", detail));
    }

    // ---- Answered

    void answer(JsonNode json) {
        answer(200, json);
    }

    void answer(int status, JsonNode json) {
        response.status(Status.create(status));
        response.headers().set(HeaderNames.CONTENT_TYPE, JSON);
        response.send(Json.bytes(json));
    }

    void answer(String mediaType, String text) {
        response.headers().set(HeaderNames.CONTENT_TYPE, mediaType);
        response.send(text.getBytes(StandardCharsets.UTF_8));
    }

    void answer(Problem problem) {
        refusing(problem);
        response.status(Status.create(problem.status()));
        response.headers().set(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE);
        response.send(Json.bytes(problem.json()));
    }

    /** Sets what the answer to a refused request has of headers, whatever its body. */
    void refusing(Problem problem) {
        if (problem.status() == 401)
            response.headers().set(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"pawl\"");
        if (problem.status() == 429 || problem.status() == 503)
            response.headers().setIfAbsent(HeaderValues.create(HeaderNames.RETRY_AFTER, "5"));
        if (HANG_UP.contains(problem.status()))
            response.headers().set(HeaderValues.CONNECTION_CLOSE);
    }
}
