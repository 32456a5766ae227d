package dev.pawl.app.config;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * Reads {@code pawl.yaml}: levels become dots, a list its items joined by {@code :}, or by {@code
 * ,} where they are no paths.
 */
final class ConfigFile {
    private final Path file;
    private final Settings settings;
    private final ArrayDeque<String> path = new ArrayDeque<>();

    private ConfigFile(Path file, Settings settings) {
        this.file = file;
        this.settings = settings;
    }

    static void read(Path file, Settings settings) {
        try (JsonParser parser =
                YAMLFactory.builder()
                        .build()
                        .createParser(ObjectReadContext.empty(), Files.readString(file))) {
            new ConfigFile(file, settings).document(parser);
        } catch (JacksonException e) {
            var place = e.getLocation();
            throw refused(
                    "%s%s: %s"
                            .formatted(
                                    file,
                                    place == null ? "" : ":" + place.getLineNr(),
                                    firstLine(e.getOriginalMessage())));
        } catch (IOException e) {
            throw refused(
                    "configuration file %s can't be read (%s); check its name and mode"
                            .formatted(file, Reason.of(e)));
        }
    }

    private void document(JsonParser parser) {
        JsonToken token = parser.nextToken();
        if (token == null || token == JsonToken.VALUE_NULL) return;
        if (token != JsonToken.START_OBJECT)
            throw refused("%s: want keys and values, as store: {…}".formatted(file));
        object(parser);
    }

    private void object(JsonParser parser) {
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_OBJECT; t = parser.nextToken()) {
            path.addLast(parser.currentName());
            JsonToken value = parser.nextToken();
            if (value == JsonToken.START_OBJECT) object(parser);
            else set(parser, value == JsonToken.START_ARRAY ? list(parser) : scalar(parser));
            path.removeLast();
        }
    }

    private String list(JsonParser parser) {
        var items = new ArrayList<String>();
        while (parser.nextToken() != JsonToken.END_ARRAY) items.add(scalar(parser));
        return String.join(isPath() ? ":" : ",", items);
    }

    private boolean isPath() {
        return Key.of(dotted()).filter(Key::isPath).isPresent();
    }

    private String scalar(JsonParser parser) {
        if (parser.currentToken().isStructStart())
            throw refused("%s: %s can't hold that".formatted(at(parser), dotted()));
        return parser.currentToken() == JsonToken.VALUE_NULL ? "" : parser.getString();
    }

    private void set(JsonParser parser, String text) {
        String key = dotted();
        settings.set(key, isPath() ? fromHere(text) : text, at(parser));
    }

    private String dotted() {
        var joined = new StringBuilder();
        for (Iterator<String> steps = path.iterator(); steps.hasNext(); ) {
            joined.append(steps.next());
            if (steps.hasNext()) joined.append('.');
        }
        return joined.toString();
    }

    /** Paths in a file are relative to its folder. */
    private String fromHere(String paths) {
        var resolved = new ArrayList<String>();
        for (String one : paths.split(":", -1))
            resolved.add(one.isEmpty() ? "" : file.resolveSibling(one).toString());
        return String.join(":", resolved);
    }

    private String at(JsonParser parser) {
        return file + ":" + parser.currentTokenLocation().getLineNr();
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("can't be read as YAML");
    }

    private static PawlException refused(String message) {
        return new PawlException(ErrorCode.CONFIGURATION_INVALID, message);
    }
}
