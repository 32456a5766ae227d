package dev.pawl.server.toolrunner;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a tool is about, by words in its name where nothing says it. */
final class Categories {
    static final String OTHER = "other";

    /** In the order of the contract; the first that has a word of the name has the tool. */
    private static final Map<String, List<String>> WORDS = new LinkedHashMap<>();

    static {
        WORDS.put("graph", List.of("graph", "network", "link"));
        WORDS.put("visualization", List.of("visual", "plot", "chart", "draw", "timeline"));
        WORDS.put("indexing", List.of("index", "glossary", "contents"));
        WORDS.put("search", List.of("search", "find", "query"));
        WORDS.put("analysis", List.of("analy", "readability", "similar", "cluster"));
        WORDS.put("metadata", List.of("metadata", "meta", "tag", "front_matter"));
        WORDS.put("export", List.of("export", "convert", "publish"));
        WORDS.put("validation", List.of("valid", "check", "lint", "verify"));
        WORDS.put("statistics", List.of("stat", "count", "report"));
    }

    static final List<String> ALL = all();

    private Categories() {}

    private static List<String> all() {
        var all = new ArrayList<>(WORDS.keySet());
        all.add(OTHER);
        return List.copyOf(all);
    }

    /** What a tool of that name is about. */
    static String of(String name) {
        for (var each : WORDS.entrySet())
            if (each.getValue().stream().anyMatch(name::contains)) return each.getKey();
        return OTHER;
    }
}
