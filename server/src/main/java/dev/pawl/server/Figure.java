package dev.pawl.server;

import java.util.Map;

/**
 * So many since this process began, which took so long together.
 *
 * @param labels what they have in common, by name
 */
public record Figure(Map<String, String> labels, long count, double seconds) {
    public Figure {
        labels = Map.copyOf(labels);
    }

    /** What they are called so; empty where they aren't. */
    public String label(String name) {
        return labels.getOrDefault(name, "");
    }

    /** These and others, under the labels of these. */
    public Figure and(Figure others) {
        return new Figure(labels, count + others.count, seconds + others.seconds);
    }
}
