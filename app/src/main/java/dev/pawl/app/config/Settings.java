package dev.pawl.app.config;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.tool.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values by key: defaults, then the file, then variables, then flags, the last one wins. */
final class Settings {
    private static final Pattern QUEUE_DEPTH = Pattern.compile("queues\\.([^.]+)\\.depth");
    private static final Pattern QUEUE_VARIABLE = Pattern.compile("PAWL_QUEUES_(.+)_DEPTH");

    private final Map<String, Setting> values = new LinkedHashMap<>();

    Settings() {
        for (Key key : Key.values())
            values.put(key.path(), new Setting(key.path(), key.defaultText(), Setting.DEFAULT));
    }

    /** Takes a value over. Refuses a key that isn't one, naming the nearest. */
    void set(String path, String text, String source) {
        if (Key.of(path).isEmpty() && !QUEUE_DEPTH.matcher(path).matches())
            throw unknown("key \"" + path + "\"", path, source, Key.paths());
        values.put(path, new Setting(path, text, source));
    }

    /**
     * Takes over what the originals of fronts read, where it counts.
     *
     * @param fronts those that are asked for
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} for a value that it can't have
     */
    void setOriginals(Map<String, String> environment, Set<String> fronts) {
        for (Original each : Original.ALL) {
            String text = each.text(environment);
            if (!text.isEmpty()
                    && each.fate() instanceof Original.Fate.Read(var key, _, var reader)
                    && each.counts(environment, fronts))
                set(key.path(), reader.apply(text), each.variable());
        }
    }

    void setVariables(Map<String, String> environment) {
        for (var variable : environment.entrySet()) {
            String name = variable.getKey();
            if (name.startsWith("PAWL_") && !Key.isForeign(name))
                set(path(name), variable.getValue(), name);
        }
    }

    private static String path(String variable) {
        var key = Key.ofVariable(variable);
        if (key.isPresent()) return key.get().path();
        Matcher queue = QUEUE_VARIABLE.matcher(variable);
        if (queue.matches()) return "queues." + queue.group(1).toLowerCase(Locale.ROOT) + ".depth";
        var known = new ArrayList<String>();
        for (Key each : Key.values()) known.add(each.variable());
        throw unknown("variable " + variable, variable, "environment", known);
    }

    Setting get(Key key) {
        Setting setting = values.get(key.path());
        if (setting == null) throw new IllegalStateException("no " + key);
        return setting;
    }

    /** The caps of queues by queue. */
    Map<String, Setting> queueDepths() {
        var depths = new LinkedHashMap<String, Setting>();
        for (Setting setting : values.values()) {
            Matcher queue = QUEUE_DEPTH.matcher(setting.path());
            if (queue.matches()) depths.put(queue.group(1), setting);
        }
        return depths;
    }

    List<Setting> all() {
        return List.copyOf(values.values());
    }

    private static PawlException unknown(
            String what, String word, String source, List<String> known) {
        String hint =
                Nearest.of(word, known)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("; `pawl config` lists the known ones");
        return new PawlException(
                ErrorCode.CONFIGURATION_INVALID,
                "%s (%s) is not known%s".formatted(what, source, hint));
    }
}
