package dev.pawl.tool;

import dev.pawl.tool.StrictReader.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects the mistakes of one file, each with its place. */
final class Problems {
    private final Path file;
    private final Map<String, Place> places;
    private final List<ToolProblem> found = new ArrayList<>();

    Problems(Path file, Map<String, Place> places) {
        this.file = file;
        this.places = places;
    }

    List<ToolProblem> found() {
        return found;
    }

    /** Notes a mistake where the pointer leads, or at the nearest place around it. */
    void add(String pointer, String reason, String hint) {
        String at = pointer;
        while (!places.containsKey(at) && !at.isEmpty()) at = at.substring(0, at.lastIndexOf('/'));
        Place place = places.getOrDefault(at, Place.START);
        found.add(new ToolProblem(file, place.line(), place.column(), reason, hint));
    }
}
