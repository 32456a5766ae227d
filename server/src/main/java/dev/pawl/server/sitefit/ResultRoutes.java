package dev.pawl.server.sitefit;

import dev.pawl.api.Json;
import dev.pawl.api.Problem;
import dev.pawl.core.Artifact;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.server.FrontExchange;
import dev.pawl.server.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a job has made. Outputs are answered as the compute server wrote them; where the attempt
 * kept files as well, they are among the outputs' artifacts, with links that expire.
 */
record ResultRoutes(SignedLinks links, Function<FrontExchange, String> secret) {
    /** As the contracts' schemas name them. */
    private static final Map<String, String> KINDS =
            Map.of(
                    "application/geo+json", "geojson",
                    "model/gltf+json", "gltf",
                    "model/gltf-binary", "gltf",
                    "application/pdf", "pdf",
                    "text/csv", "csv",
                    "image/png", "png");

    void result(FrontExchange exchange, Job job) {
        if (!(job.state() instanceof JobState.Succeeded))
            throw new Refused(
                    Problem.of(
                            409,
                            "not_ready",
                            "Not ready",
                            "Job not ready. Status: " + JobDocument.status(job.state())));
        var files = exchange.site().engine().store().artifacts(job.id());
        if (files.isEmpty()
                || !(Json.trusted(job.output()) instanceof ObjectNode outputs)
                || !(outputs.path("artifacts").isArray() || !outputs.has("artifacts"))) {
            exchange.answer(200, "application/json", job.output());
            return;
        }
        ArrayNode artifacts = outputs.withArray("artifacts");
        Instant end = links.end(exchange.site().time().instant());
        String key = secret.apply(exchange);
        for (Artifact file : files)
            artifacts
                    .addObject()
                    .put("kind", kind(file))
                    .put("url", base(exchange) + links.to(job.id(), file, end, key))
                    .put("expires_at", end.toString())
                    .put("label", file.name());
        exchange.answer(200, outputs);
    }

    private static String kind(Artifact file) {
        String known = KINDS.get(file.mediaType().toLowerCase(Locale.ROOT));
        if (known != null) return known;
        String name = file.name();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /** The address that the client knows, which a proxy before this server passes on. */
    private static String base(FrontExchange exchange) {
        String scheme = exchange.header("X-Forwarded-Proto").orElse("http");
        String host = exchange.header("Host").orElse("localhost");
        return (scheme.equals("https") ? "https://" : "http://") + host;
    }

    /** Answers a file to whoever shows a good link. */
    void file(FrontExchange exchange) throws IOException {
        String name = exchange.path("name");
        Optional<JobId> job = JobId.parse(exchange.path("id"));
        if (job.isEmpty()) throw forbidden("this link was not given out here");
        var fault =
                SignedLinks.fault(
                        job.get(),
                        name,
                        exchange.query("expires").orElse(""),
                        exchange.query("signature").orElse(""),
                        exchange.site().time().instant(),
                        secret.apply(exchange));
        switch (fault) {
            case EXPIRED -> throw forbidden("the link has expired; ask for the result again");
            case FORGED -> throw forbidden("this link was not given out here");
            case NONE -> {}
        }
        Artifact file =
                exchange.site().engine().store().artifacts(job.get()).stream()
                        .filter(artifact -> artifact.name().equals(name))
                        .findFirst()
                        .orElseThrow(() ->
                                new Refused(
                                        Problem.of(
                                                404,
                                                "artifact_not_found",
                                                "There is no such file",
                                                "Artifact not found")));
        exchange.answer(file);
    }

    private static Refused forbidden(String detail) {
        return new Refused(Problem.of(403, "forbidden", "Not allowed", detail));
    }

    /** The best of the results' scores; empty where outputs have none. */
    static Optional<Double> score(Job job) {
        if (!(job.state() instanceof JobState.Succeeded)) return Optional.empty();
        if (!(Json.read(job.output().getBytes(StandardCharsets.UTF_8))
                instanceof Json.Reading.Read(var outputs))) return Optional.empty();
        Optional<Double> best = Optional.empty();
        for (JsonNode result : outputs.path("results").values()) {
            JsonNode score = result.path("score");
            if (score.isNumber() && (best.isEmpty() || score.doubleValue() > best.get()))
                best = Optional.of(score.doubleValue());
        }
        return best;
    }
}
