package dev.pawl.worker.executor;

import dev.pawl.core.Artifacts;
import dev.pawl.tool.FileRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Puts the text of an input's files where the files stand, for those who want it whole. */
final class InlineFiles {
    static final int BYTES_MAX = 10 << 20;

    private InlineFiles() {}

    /**
     * A copy of the input without files; the input itself when there are none.
     *
     * @throws JobFailure when one is gone, no text or longer than {@link #BYTES_MAX}
     */
    static JsonNode in(JsonNode input, Artifacts artifacts) {
        if (FileRef.allIn(input).isEmpty()) return input;
        return FileRef.replaceAll(
                input, file -> JsonNodeFactory.instance.stringNode(text(file, artifacts)));
    }

    private static String text(FileRef file, Artifacts artifacts) {
        try (InputStream in = artifacts.open(file.sha256()).orElseThrow(() -> gone(file))) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX)
                throw JobFailure.user(
                        "input file \"%s\" is longer than %d bytes, which this kind of tool takes"
                                .formatted(file.name(), BYTES_MAX));
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw JobFailure.user(
                    "input file \"%s\" is not UTF-8 text, which this kind of tool takes"
                            .formatted(file.name()));
        } catch (IOException e) {
            throw JobFailure.infrastructure(
                    "input file \"%s\" can't be read: %s".formatted(file.name(), e));
        }
    }

    static JobFailure gone(FileRef file) {
        return JobFailure.infrastructure(
                "input file \"%s\" (sha256 %s) is not kept any more; submit it again"
                        .formatted(file.name(), file.sha256()));
    }
}
