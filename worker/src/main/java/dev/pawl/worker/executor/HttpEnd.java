package dev.pawl.worker.executor;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import dev.pawl.core.Outcome;
import dev.pawl.core.Time;
import dev.pawl.tool.Run;
import dev.pawl.tool.Tool;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says what a server's answer means. JSON is the output as it is; other text is the output's {@code
 * body}; anything else becomes the artifact {@code response}.
 */
record HttpEnd(Tool tool, Run.Http run, Artifacts artifacts, Time time) {
    private static final int SHOWN_CHARS = 500;

    Outcome of(String what, HttpReply reply) {
        Optional<ErrorClass> kind = run.error(reply.status());
        if (kind.isPresent()) return failed(what, reply, kind.get());
        if (isJson(reply)) {
            return switch (Json.read(reply.body())) {
                case Json.Reading.Value value -> Outputs.checked(tool, value, List.of());
                case Json.Reading.Invalid(var why) ->
                        Outcome.failed(
                                ErrorClass.TRANSIENT,
                                "%s: the answer says it is JSON, but %s".formatted(what, why));
            };
        }
        return text(reply.body()).map(text -> asText(reply, text)).orElseGet(() -> asFile(reply));
    }

    private Outcome failed(String what, HttpReply reply, ErrorClass kind) {
        Duration wait =
                reply.header("Retry-After")
                        .map(text -> RetryAfter.parse(text, time.instant()))
                        .orElse(Duration.ZERO);
        String body = text(reply.body()).orElse("").strip();
        if (body.length() > SHOWN_CHARS) body = body.substring(0, SHOWN_CHARS) + "…";
        String message = "%s answered %d".formatted(what, reply.status());
        if (!body.isEmpty()) message += ": " + body;
        return new Outcome.Failed(new JobError(kind, message, wait), List.of());
    }

    private Outcome asText(HttpReply reply, String text) {
        ObjectNode output = JsonNodeFactory.instance.objectNode();
        output.put("status", reply.status()).put("body", text);
        return Outputs.checked(tool, new Json.Reading.Value(output.toString(), output), List.of());
    }

    private Outcome asFile(HttpReply reply) {
        Artifact kept =
                artifacts.put(
                        "response",
                        reply.mediaType().isEmpty()
                                ? "application/octet-stream"
                                : reply.mediaType(),
                        new ByteArrayInputStream(reply.body()));
        ObjectNode output = JsonNodeFactory.instance.objectNode();
        output.put("status", reply.status()).put("artifact", kept.name());
        return Outputs.checked(
                tool, new Json.Reading.Value(output.toString(), output), List.of(kept));
    }

    private static boolean isJson(HttpReply reply) {
        String type = reply.mediaType();
        return reply.body().length > 0
                && (type.equals("application/json") || type.endsWith("+json"));
    }

    private static Optional<String> text(byte[] body) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
