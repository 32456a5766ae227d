package dev.pawl.tool;

import dev.pawl.core.Artifacts;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.InputKey;
import dev.pawl.core.PawlException;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Turns what a caller asks for into what is submitted: the input checked and its defaults filled
 * in, its hash computed, the tool's policy applied. Thread-safe; stores nothing.
 */
public final class Requests {
    private final Artifacts artifacts;
    private final ProgramVersions versions;
    private final Map<String, String> environment;

    /** What a tool's version command prints; blocks while it runs. */
    public interface ProgramVersions {
        /** Its output, the same text for the same program; never empty. */
        String of(Tool tool, List<String> command);
    }

    /** What came of a request. */
    public sealed interface Request {
        /**
         * It can be submitted.
         *
         * @param input what the submission's text says
         */
        record Ready(Submission submission, CompletedInput input) implements Request {}

        /**
         * It can't.
         *
         * @param errors all that is wrong; at least one
         */
        record Wrong(List<FieldError> errors) implements Request {
            public Wrong {
                errors = List.copyOf(errors);
            }
        }
    }

    /**
     * @param artifacts where the files of inputs are kept
     * @param environment of the submitter; only what a tool's policy names counts
     */
    public Requests(
            Artifacts artifacts, ProgramVersions versions, Map<String, String> environment) {
        this.artifacts = artifacts;
        this.versions = versions;
        this.environment = Map.copyOf(environment);
    }

    /**
     * Makes a submission of this tool.
     *
     * @param input without defaults
     * @param fresh whether no kept result may answer it, nor its own result others
     * @param options changes what the tool's policy says: queue, tags, parents and the like
     */
    public Request of(
            Tool tool, JsonNode input, boolean fresh, Consumer<Submission.Builder> options) {
        return of(tool, tool.input().check(input), fresh, options);
    }

    /**
     * Makes a submission of this tool from an input's JSON text as programs write it: white space
     * in it would be stored.
     *
     * @throws PawlException {@link ErrorCode#INPUT_TOO_LARGE} over {@link
     *     JsonSchema#INPUT_BYTES_MAX}
     */
    public Request of(Tool tool, String json, boolean fresh, Consumer<Submission.Builder> options) {
        requireSmall(json);
        return of(tool, tool.input().check(json), fresh, options);
    }

    private Request of(
            Tool tool, Checked checked, boolean fresh, Consumer<Submission.Builder> options) {
        return switch (checked) {
            case Checked.Invalid(var errors) -> new Request.Wrong(errors);
            case Checked.Valid(var completed) -> of(tool, completed, fresh, options);
        };
    }

    /**
     * As {@link #of}, for callers without a place to show each error at.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} with every field that is wrong
     */
    public Submission require(
            Tool tool, JsonNode input, boolean fresh, Consumer<Submission.Builder> options) {
        return switch (of(tool, input, fresh, options)) {
            case Request.Ready(var submission, var _) -> submission;
            case Request.Wrong(var errors) -> throw invalid(tool, errors);
        };
    }

    /** The refusal of an input, with every field that is wrong. */
    public static PawlException invalid(Tool tool, List<FieldError> errors) {
        return new PawlException(
                ErrorCode.INPUT_INVALID,
                errors.stream()
                        .map(FieldError::toString)
                        .collect(Collectors.joining("; ", tool.id() + ": ", "")));
    }

    /**
     * An input's JSON text, its numbers as they are written.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} when it is none, {@link
     *     ErrorCode#INPUT_TOO_LARGE} over {@link JsonSchema#INPUT_BYTES_MAX}
     */
    public static JsonNode parse(String json) {
        requireSmall(json);
        return switch (StrictReader.json(json)) {
            case StrictReader.Read(var node, var _) -> node;
            case StrictReader.Unreadable(var mistake) ->
                    throw new PawlException(
                            ErrorCode.INPUT_INVALID,
                            "input can't be read as JSON: %s (column %d)"
                                    .formatted(mistake.reason(), mistake.place().column()));
        };
    }

    private static void requireSmall(String json) {
        JsonSchema.tooLarge(json)
                .ifPresent(error -> {
                    throw new PawlException(ErrorCode.INPUT_TOO_LARGE, error.toString());
                });
    }

    private Request of(
            Tool tool,
            CompletedInput completed,
            boolean fresh,
            Consumer<Submission.Builder> options) {
        List<FieldError> missing = missingFiles(completed);
        if (!missing.isEmpty()) return new Request.Wrong(missing);
        Submission.Builder builder = tool.submission(completed).key(key(tool, completed));
        builder.limit(tool.policy().limit(tool.id(), completed.node(), Set.of()));
        if (fresh) builder.reuse(Reuse.NEVER);
        options.accept(builder);
        try {
            if (tool.policy().perKey().asksTags()) {
                // Which tags it has is known only now.
                Set<String> tags = builder.build().tags();
                builder.limit(tool.policy().limit(tool.id(), completed.node(), tags));
            }
            return new Request.Ready(builder.build(), completed);
        } catch (IllegalArgumentException e) {
            // The record checks itself; here its refusal becomes the caller's.
            return new Request.Wrong(List.of(new FieldError("", String.valueOf(e.getMessage()))));
        }
    }

    private List<FieldError> missingFiles(CompletedInput completed) {
        var missing = new ArrayList<FieldError>();
        completed
                .files()
                .forEach((pointer, file) -> {
                    if (artifacts.file(file.sha256()).isEmpty())
                        missing.add(
                                new FieldError(
                                        pointer,
                                        "names a file with SHA-256 %s, which isn't kept here; give the file itself"
                                                .formatted(file.sha256())));
                });
        return missing;
    }

    private InputKey key(Tool tool, CompletedInput completed) {
        List<String> command = tool.policy().cache().versionCommand();
        String version = command.isEmpty() ? "" : versions.of(tool, command);
        return InputHash.key(tool, completed, version, environment);
    }
}
