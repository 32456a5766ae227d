package dev.pawl.tool;

import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What can be run: everything a tool file says.
 *
 * @param title one line
 * @param description may be empty
 * @param input what an input must fit
 * @param output what an output must fit
 * @param source where it comes from: its file, or a word
 */
public record Tool(
        ToolId id,
        String title,
        String description,
        JsonSchema input,
        JsonSchema output,
        Run run,
        ToolPolicy policy,
        Examples examples,
        String source) {

    /** Inputs that fit and inputs that don't, for {@code pawl tools check}. */
    public record Examples(List<JsonNode> valid, List<JsonNode> invalid) {
        public static final Examples NONE = new Examples(List.of(), List.of());

        public Examples {
            valid = List.copyOf(valid);
            invalid = List.copyOf(invalid);
        }
    }

    /**
     * The command line of one attempt.
     *
     * @throws IllegalStateException when the tool is no command
     */
    public List<String> argv(TemplateValues values) {
        if (!(run instanceof Run.Command command))
            throw new IllegalStateException("tool " + id + " is no command");
        var argv = new ArrayList<>(command.argv(values));
        if (command.argumentsAsFlags())
            argv.addAll(Arguments.flags(inputWithPaths(values.input(), values.files())));
        return argv;
    }

    /**
     * The input as a command gets it in {@code PAWL_INPUT} and in flags: a property that may be a
     * file is the path of one.
     */
    public JsonNode inputWithPaths(JsonNode whole, InputFiles files) {
        return FilePaths.replaced(whole, input.tree(), files);
    }

    /** A job of this tool under its policy; the caller adds the rest. */
    public Submission.Builder submission(CompletedInput completed) {
        return Submission.of(id, completed.text())
                .queue(policy.queue())
                .priority(policy.priority())
                .ttl(policy.ttl())
                .retry(policy.retry())
                .reuse(policy.cache().reuse());
    }

    /** JSON pointers of the files whose names the tool shows, so that they count for its hash. */
    Set<String> fileNamesThatCount() {
        return new HashSet<>(templates().flatMap(t -> t.namesShown().stream()).toList());
    }

    /** Whether no worker of this program runs it, but one that claims it over HTTP. */
    public boolean runsElsewhere() {
        return run instanceof Run.External;
    }

    private Stream<Template> templates() {
        return switch (run) {
            case Run.Command c ->
                    Stream.of(
                                    c.words().stream().flatMap(List::stream),
                                    c.stdin().stream(),
                                    c.stdout().stream(),
                                    c.environment().values().stream())
                            .flatMap(t -> t);
            case Run.Http h ->
                    Stream.of(Stream.of(h.url()), h.headers().values().stream(), h.body().stream())
                            .flatMap(t -> t);
            case Run.Java _, Run.External _ -> Stream.of();
        };
    }
}
