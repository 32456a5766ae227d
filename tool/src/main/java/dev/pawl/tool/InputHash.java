package dev.pawl.tool;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.InputKey;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What makes two inputs of a tool equal: the cache key, and its parts. */
public final class InputHash {
    private InputHash() {}

    /**
     * The key that a submission carries. Its parts say only what the submission doesn't: most would
     * repeat the input.
     */
    public static InputKey key(
            Tool tool,
            CompletedInput input,
            String commandVersion,
            Map<String, String> environment) {
        KeyParts parts = parts(tool, input, commandVersion, environment);
        String text = parts.text();
        boolean repeats = input.files().isEmpty() && parts.isToolAndInput();
        return new InputKey(KeyParts.sha256(text), repeats ? "" : text);
    }

    /**
     * The parts of the key that a job was submitted with; empty where it has none, and where they
     * are its input's and that isn't given, as in lists.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} when its key has parts that {@link
     *     #key} doesn't make
     */
    public static Optional<KeyParts> parts(Submission submission) {
        InputKey key = submission.key();
        if (!key.parts().isEmpty()) return Optional.of(KeyParts.parse(key.parts()));
        if (key.hash().isEmpty()) return Optional.empty();
        return switch (StrictReader.json(submission.input())) {
            case StrictReader.Read(var input, var _) ->
                    Optional.of(new KeyParts(submission.tool(), input, "", Map.of()))
                            .filter(parts -> parts.hash().equals(key.hash()));
            case StrictReader.Unreadable _ -> Optional.empty();
        };
    }

    /**
     * The parts of the key.
     *
     * @param commandVersion what the policy's version command printed; empty without one
     * @param environment of the submitter; what the policy doesn't name is left out, what it names
     *     and isn't there counts as not there
     */
    public static KeyParts parts(
            Tool tool,
            CompletedInput input,
            String commandVersion,
            Map<String, String> environment) {
        ToolPolicy.Cache cache = tool.policy().cache();
        var variables = new TreeMap<String, String>();
        for (String name : cache.environmentNames()) {
            String value = environment.get(name);
            if (value != null) variables.put(name, value);
        }
        String program = (cache.programVersion() + "\n" + commandVersion).strip();
        JsonNode reduced =
                input.files().isEmpty()
                        ? input.node()
                        : reduced(input.node(), "", tool.fileNamesThatCount());
        return new KeyParts(tool.id(), reduced, program, variables);
    }

    /** Of a file only the content counts, and its name where the tool shows it. */
    private static JsonNode reduced(JsonNode value, String at, Set<String> names) {
        Optional<FileRef> file = FileRef.of(value);
        if (file.isPresent()) {
            ObjectNode reduced = JsonNodeFactory.instance.objectNode();
            reduced.put("sha256", file.get().sha256());
            if (names.contains(at)) reduced.put("name", file.get().name());
            return JsonNodeFactory.instance.objectNode().set(FileRef.MARK, reduced);
        }
        if (value.isArray()) {
            var copy = JsonNodeFactory.instance.arrayNode();
            for (JsonNode item : value.values())
                copy.add(reduced(item, Pointer.child(at, copy.size()), names));
            return copy;
        }
        if (!value.isObject()) return value;
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        for (var member : value.properties())
            copy.set(
                    member.getKey(),
                    reduced(member.getValue(), Pointer.child(at, member.getKey()), names));
        return copy;
    }
}
