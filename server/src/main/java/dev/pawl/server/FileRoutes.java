package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.Artifact;
import dev.pawl.tool.FileRef;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Routes about files that inputs name. */
final class FileRoutes {
    private FileRoutes() {}

    /** Keeps the body as it arrives; answers how it stands in an input. */
    static void keep(Exchange exchange) {
        if (exchange.is(Form.MEDIA_TYPE))
            throw new Refused(
                    Problem.of(
                            415,
                            "unsupported_media_type",
                            "The body has another type",
                            "want the file itself as the body; POST /v1/jobs takes forms"));
        String name = exchange.query("name").orElse("file");
        if (!FileRef.isName(name))
            throw Exchange.badRequest(
                    "query parameter \"name\" is \"%s\"; want a file's name without folders"
                            .formatted(name));
        // Before anything is written: a file larger than allowed says so in its header.
        Incoming body = body(exchange);
        exchange.answer(201, kept(exchange, name, mediaType(exchange), body).node());
    }

    /** The body of a request that carries files. */
    static Incoming body(Exchange exchange) {
        return Incoming.of(
                exchange, exchange.options().fileBytesMax(), "server.file-max allows no more");
    }

    /** Keeps the content, to its end, without holding it in memory. */
    static FileRef kept(Exchange exchange, String name, String mediaType, InputStream content) {
        Artifact artifact = exchange.site().artifacts().put(name, mediaType, content);
        return new FileRef(name, artifact.sha256(), artifact.sizeBytes(), mediaType);
    }

    private static String mediaType(Exchange exchange) {
        // What curl says of any --data-binary tells nothing about the file.
        return exchange.is("application/x-www-form-urlencoded")
                ? ""
                : exchange.header(HeaderNames.CONTENT_TYPE).orElse("");
    }

    static void download(Exchange exchange) throws IOException {
        String sha256 = exchange.path("sha256");
        Path file =
                exchange.site()
                        .artifacts()
                        .file(sha256)
                        .orElseThrow(() ->
                                new Refused(
                                        Problem.of(
                                                404,
                                                "file_not_found",
                                                "There is no such file",
                                                "no file with SHA-256 %s is kept"
                                                        .formatted(sha256))));
        Download.answer(exchange, new Artifact(sha256, Files.size(file), sha256, ""));
    }
}
