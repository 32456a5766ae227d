package dev.pawl.worker.executor;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import dev.pawl.core.Attempt;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Says what became of an attempt whose command has ended, and keeps what it made. */
record CommandEnd(CommandTool tool, Artifacts artifacts, Attempt attempt, AttemptFolder folder) {
    static final int OUTPUT_BYTES_MAX = 1 << 20;

    /**
     * @throws IOException when an output could not be written, or what was made can't be read
     */
    Outcome of(String stdoutName, int code, RunningCommand command, Signs signs)
            throws IOException {
        if (command.outputFailure().isPresent()) throw command.outputFailure().get();
        Optional<Signs.Found> sign = signs.first();
        if (sign.isPresent())
            return failed(sign.get().sign().kind(), sign.get().message(), stdoutName);
        if (code != 0) return failed(code, command.lastWords(), stdoutName);
        return succeeded(stdoutName);
    }

    private Outcome succeeded(String stdoutName) throws IOException {
        List<Artifact> kept;
        try {
            kept = keep(stdoutName);
        } catch (WorkFiles.RefusedException e) {
            return Outcome.failed(ErrorClass.PERMANENT, String.valueOf(e.getMessage()));
        }
        return switch (output()) {
            case Json.Reading.Value value -> Outputs.checked(tool.tool(), value, kept);
            case Json.Reading.Invalid(var why) ->
                    new Outcome.Failed(
                            new JobError(
                                    ErrorClass.PERMANENT,
                                    "the command exited with 0, but its output (PAWL_OUTPUT) is"
                                            + " unusable: "
                                            + why),
                            kept);
        };
    }

    private Outcome failed(int code, String lastWords, String stdoutName) throws IOException {
        String message = "command " + ExitCodes.text(code);
        if (!lastWords.isEmpty()) message += ": " + lastWords;
        if (!DiskTrouble.behind(folder.work(), lastWords))
            return failed(new ExitCodes(tool.run().exits()).of(code), message, stdoutName);
        message +=
                " (disk is full: %s, %s bytes free)"
                        .formatted(folder.work(), DiskTrouble.freeBytes(folder.work()));
        return failed(ErrorClass.INFRASTRUCTURE, message, stdoutName);
    }

    private Outcome failed(ErrorClass kind, String message, String stdoutName) throws IOException {
        return new Outcome.Failed(new JobError(kind, message), keepSome(stdoutName));
    }

    /** After a failure the command's own error is what counts. */
    private List<Artifact> keepSome(String stdoutName) throws IOException {
        try {
            return keep(stdoutName);
        } catch (WorkFiles.RefusedException e) {
            attempt.log(LogLine.Stream.PAWL, "nothing kept: " + e.getMessage());
            return List.of();
        }
    }

    private List<Artifact> keep(String stdoutName) throws IOException, WorkFiles.RefusedException {
        Map<String, Path> files =
                new TreeMap<>(WorkFiles.matching(folder.work(), tool.run().artifacts()));
        if (!stdoutName.isEmpty()) files.put(stdoutName, folder.stdout());
        var kept = new ArrayList<Artifact>();
        for (var file : files.entrySet())
            try (InputStream in =
                    Files.newInputStream(file.getValue(), LinkOption.NOFOLLOW_LINKS)) {
                kept.add(artifacts.put(file.getKey(), mediaType(file.getKey()), in));
            }
        return kept;
    }

    /** What the command wrote; an object with nothing in it when it wrote none. */
    private Json.Reading output() throws IOException {
        Path file = folder.output();
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS))
            return new Json.Reading.Value("{}", Json.read("{}"));
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
            return new Json.Reading.Invalid("it is not a plain file");
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(OUTPUT_BYTES_MAX + 1);
            if (bytes.length > OUTPUT_BYTES_MAX)
                return new Json.Reading.Invalid(
                        "it is longer than %d bytes; write a file and have it kept as an artifact"
                                .formatted(OUTPUT_BYTES_MAX));
            return Json.read(bytes);
        }
    }

    private static String mediaType(String name) {
        String known = URLConnection.guessContentTypeFromName(name);
        return known == null ? "application/octet-stream" : known;
    }
}
