package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.tool.ArgumentFiles;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.Flags;
import dev.pawl.tool.Lookup;
import dev.pawl.tool.Tool;
import dev.pawl.tool.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The flags of one tool's input on the command line. A property called like one of the command's
 * own flags is {@code --input.NAME}.
 */
final class ToolFlags {
    private static final Flag<String> WHOLE =
            Flag.text(
                    "--" + Flags.WHOLE,
                    "JSON|@FILE",
                    "The whole input as JSON; the other flags add to it.");

    private final Flags flags;
    private final Map<String, Flag<String>> byProperty = new LinkedHashMap<>();

    /**
     * @param taken names, with dashes, that the command has for itself
     */
    ToolFlags(ToolForm tool, Set<String> taken) {
        this.flags = Flags.of(tool.input());
        var names = new HashSet<>(taken);
        for (dev.pawl.tool.Flag property : flags.list()) {
            String name = "--" + property.name();
            if (!names.add(name)) name = "--input." + property.name();
            byProperty.put(property.name(), flag(name, property));
        }
        if (names.add(WHOLE.name())) byProperty.put(Flags.WHOLE, WHOLE);
    }

    /** The tool that was named. */
    static Tool find(Tools tools, String name) {
        return switch (tools.find(name)) {
            case Lookup.Found(var tool) -> tool;
            case Lookup.Unknown(var message, var _) ->
                    throw new PawlException(ErrorCode.TOOL_NOT_FOUND, message);
        };
    }

    List<Flag<?>> list() {
        return List.copyOf(byProperty.values());
    }

    /**
     * The input that the flags say; not yet checked. Files are kept on the way.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} with all that is wrong
     */
    JsonNode input(Call call, Target target) {
        var given = new LinkedHashMap<String, List<String>>();
        byProperty.forEach((property, flag) -> {
            List<String> texts = call.values().getOrDefault(flag.name(), List.of());
            if (!texts.isEmpty()) given.put(property, texts);
        });
        return switch (flags.input(given, new NamedFiles(call, target))) {
            case Flags.Parsed.Input(var node) -> node;
            case Flags.Parsed.Wrong(var messages) ->
                    throw new PawlException(ErrorCode.INPUT_INVALID, String.join("; ", messages));
        };
    }

    private static Flag<String> flag(String name, dev.pawl.tool.Flag property) {
        boolean bare = property.kind() == dev.pawl.tool.Flag.Kind.BOOLEAN;
        boolean negatable = bare && !property.repeatable();
        return new Flag<>(
                name,
                "",
                negatable ? "" : property.placeholder(),
                help(property),
                "a text",
                property.choices(),
                Optional::of,
                property.repeatable(),
                negatable);
    }

    private static String help(dev.pawl.tool.Flag property) {
        var more = new ArrayList<String>();
        if (property.required()) more.add("required");
        property.defaultValue().ifPresent(value -> more.add("default: " + value));
        if (property.repeatable()) more.add("may be repeated");
        String text = property.description();
        if (!more.isEmpty()) {
            String joined = String.join("; ", more);
            text = text.isEmpty() ? joined : text + " (" + joined + ")";
        }
        return text.isEmpty()
                ? ""
                : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
    }

    /** Files that flags name: read relative to where the user is, kept by their content's hash. */
    private record NamedFiles(Call call, Target target) implements ArgumentFiles {
        @Override
        public InputStream open(String path) throws IOException {
            if (path.equals("-")) return call.outside().in();
            Path file = call.outside().folder().resolve(path);
            if (Files.isDirectory(file)) throw new IOException("is a folder");
            return Files.newInputStream(file);
        }

        @Override
        public FileRef keep(String name, String mediaType, InputStream content) {
            try {
                return target.keep(name, mediaType, content);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PawlException(
                        ErrorCode.SERVER_UNREACHABLE, "interrupted while it sent " + name, e);
            }
        }
    }
}
