package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import java.util.LinkedHashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The flags that {@code run} and {@code submit} share, and what is made of them. */
final class SubmitFlags {
    static final Flag<Boolean> NO_CACHE =
            Flag.on("--no-cache", "Run it even if a kept result would answer; keep none of it.");
    static final Flag<Integer> PRIORITY =
            Flag.number("--priority", "N", "Larger runs first, -32768 to 32767.");
    static final Flag<String> TAG =
            Flag.text("--tag", "TAG", "A word to find the job by; may be repeated.").repeated();
    static final Flag<String> CORRELATION =
            Flag.text("--correlation-id", "ID", "Ties a flow of jobs together.");
    static final Flag<String> IDEMPOTENCY =
            Flag.text("--idempotency-key", "KEY", "The same key and input is the same job.");
    static final Flag<String> QUEUE =
            Flag.text("--queue", "QUEUE", "Queue of the job (default: the tool's).");

    static final List<Flag<?>> ALL =
            List.of(NO_CACHE, PRIORITY, TAG, CORRELATION, IDEMPOTENCY, QUEUE);

    private SubmitFlags() {}

    static void apply(Call call, Submission.Builder builder) {
        call.get(QUEUE).ifPresent(builder::queue);
        call.get(PRIORITY).ifPresent(builder::priority);
        call.get(CORRELATION).ifPresent(builder::correlationId);
        call.get(IDEMPOTENCY).ifPresent(builder::idempotencyKey);
        builder.tags(new LinkedHashSet<>(call.all(TAG)));
    }

    /**
     * The submission that the call says.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} with every field that is wrong
     */
    static Submission submission(
            Requests requests,
            Tool tool,
            JsonNode input,
            boolean fresh,
            java.util.function.Consumer<Submission.Builder> options) {
        return requests.require(tool, input, fresh, options);
    }
}
