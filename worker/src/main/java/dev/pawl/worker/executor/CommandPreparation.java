package dev.pawl.worker.executor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pawl.core.Artifact;
import dev.pawl.core.Attempt;
import dev.pawl.core.ClaimedJob;
import dev.pawl.tool.InputFiles;
import dev.pawl.tool.Run;
import dev.pawl.tool.TemplateValues;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Fills in the templates of one attempt and puts into its folder what the command reads. */
record CommandPreparation(
        CommandTool tool,
        CommandExecutor.Surroundings around,
        Attempt attempt,
        AttemptFolder folder) {
    /** So much of the standard input is looked at for what it requires. */
    private static final int LOOKED_AT_BYTES = 1 << 20;

    CommandLine prepare(InputFiles files) throws IOException {
        ClaimedJob job = attempt.job();
        JsonNode input = Json.read(job.submission().input());
        var values = new TemplateValues(input, job.id().toString(), job.token().attempt(), files);
        Files.writeString(folder.input(), tool.tool().inputWithPaths(input, files).toString());
        writeStdin(values);
        Map<String, String> environment = environment(values);
        requirePrograms(environment.getOrDefault("PATH", ""));
        List<String> argv = tool.tool().argv(values);
        if (argv.isEmpty())
            throw JobFailure.user("the command line is empty: each of its words wants an input");
        return new CommandLine(argv, environment, stdoutName(values));
    }

    /** A file, not a pipe: nobody has to feed it while the command runs. */
    private void writeStdin(TemplateValues values) throws IOException {
        if (tool.run().stdin().isEmpty()) {
            Files.createFile(folder.stdin());
            return;
        }
        try (InputStream in = tool.run().stdin().get().open(values)) {
            Files.copy(in, folder.stdin());
        }
    }

    private Map<String, String> environment(TemplateValues values) {
        var own = new TreeMap<String, String>();
        tool.run().environment().forEach((name, template) -> own.put(name, template.text(values)));
        ClaimedJob job = attempt.job();
        own.put("PAWL_JOB", job.id().toString());
        own.put("PAWL_ATTEMPT", Integer.toString(job.token().attempt()));
        own.put("PAWL_TOOL", job.submission().tool().toString());
        own.put("PAWL_CORRELATION_ID", job.submission().correlationId());
        String trace = job.submission().traceparent();
        if (!trace.isEmpty()) own.put("TRACEPARENT", trace);
        own.put("PAWL_INPUT", folder.input().toString());
        own.put("PAWL_OUTPUT", folder.output().toString());
        own.putAll(around.journal().markers(job.token()));
        Map<String, String> all =
                new TreeMap<>(around.environment().allowed(tool.run().environmentNames()));
        all.putAll(own);
        return all;
    }

    private void requirePrograms(String path) throws IOException {
        for (Run.Requirement requirement : tool.run().requirements()) {
            var found = Programs.find(requirement.program(), path, folder.work());
            if (found == Programs.Finding.FOUND) continue;
            var onlyWhen = requirement.onlyWhenStdinMatches();
            if (onlyWhen.isPresent() && !onlyWhen.get().matcher(startOfStdin()).find()) continue;
            throw Programs.missing(requirement.program(), List.of(requirement.debianPackage()));
        }
    }

    private String startOfStdin() throws IOException {
        try (InputStream in = Files.newInputStream(folder.stdin())) {
            return new String(in.readNBytes(LOOKED_AT_BYTES), UTF_8);
        }
    }

    private String stdoutName(TemplateValues values) {
        if (tool.run().stdout().isEmpty()) return "";
        String name = tool.run().stdout().get().text(values);
        if (Artifact.validName(name)) return name;
        throw JobFailure.permanent(
                "artifact \"%s\" of the standard output: its name is not one that can be kept"
                        .formatted(name));
    }
}
