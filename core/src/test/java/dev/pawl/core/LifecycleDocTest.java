package dev.pawl.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Writes {@code docs/lifecycle.md} from {@link Lifecycle}, and fails when it was stale. */
final class LifecycleDocTest {
    private static final Path DOC =
            Path.of(System.getProperty("pawl.root", "..")).resolve("docs/lifecycle.md");

    @Test
    void theDiagramInTheDocsIsTheTable() throws IOException {
        String fresh = page();
        String committed = Files.exists(DOC) ? Files.readString(DOC) : "";

        if (!committed.equals(fresh)) Files.writeString(DOC, fresh);

        assertThat(committed)
                .as(DOC + " was stale; it is written anew, commit it")
                .isEqualTo(fresh);
    }

    private static String page() {
        return """
        # The life of a job

        Generated from `Lifecycle.java` by `LifecycleDocTest`; don't edit. An arrow's label lists the events that lead there.

        ```mermaid
        stateDiagram-v2
        %s```

        What each event does in each state. Empty: it doesn't concern a job in this state, and nothing is written.

        %s\
        """
                .formatted(diagram(), table());
    }

    private static String diagram() {
        var arrows = new LinkedHashMap<String, Set<String>>();
        each((state, event, from, to) ->
                arrows.computeIfAbsent(
                                "%s --> %s".formatted(from.name().wire(), to.name().wire()),
                                _ -> new LinkedHashSet<>())
                        .add(event.replaceAll(":.*", "")));
        var text = new StringBuilder("    [*] --> queued: submit\n    [*] --> waiting: submit\n");
        arrows.forEach((arrow, events) ->
                text.append("    %s: %s\n".formatted(arrow, String.join(", ", events))));
        return text.toString();
    }

    private static String table() {
        Map<String, JobState> states = Samples.states();
        var text = new StringBuilder("| event |");
        states.keySet().forEach(name -> text.append(" ").append(name).append(" |"));
        text.append("\n|---|").append("---|".repeat(states.size())).append("\n");
        var lifecycle = new Lifecycle(Samples.THREE);
        Samples.events()
                .forEach((name, event) ->
                        text.append("| ")
                                .append(name)
                                .append(" | ")
                                .append(
                                        states.values().stream()
                                                .map(state -> cell(lifecycle, state, event))
                                                .collect(Collectors.joining(" | ")))
                                .append(" |\n"));
        return text.toString();
    }

    private static String cell(Lifecycle lifecycle, JobState state, JobEvent event) {
        return lifecycle.next(state, event).map(to -> cell(state, to)).orElse("");
    }

    private static String cell(JobState from, JobState to) {
        var text = new StringBuilder(to.name().wire());
        if (to.attempt() != from.attempt()) text.append(", attempt + 1");
        int change = failures(to) - failures(from);
        if (to instanceof JobState.Queued && change > 0)
            text.append(", failures + ").append(change);
        if (to instanceof JobState.Dead dead)
            text.append(" (").append(dead.kind().wire()).append(")");
        return text.toString();
    }

    private static int failures(JobState state) {
        return switch (state) {
            case JobState.Queued s -> s.failures();
            case JobState.Running s -> s.failures();
            case JobState.Waiting _, JobState.Succeeded _, JobState.Dead _, JobState.Cancelled _ ->
                    0;
        };
    }

    private interface Visitor {
        void visit(String state, String event, JobState from, JobState to);
    }

    private static void each(Visitor visitor) {
        var lifecycle = new Lifecycle(Samples.THREE);
        Samples.states()
                .forEach((stateName, state) ->
                        Samples.events()
                                .forEach((eventName, event) ->
                                        lifecycle
                                                .next(state, event)
                                                .ifPresent(to ->
                                                        visitor.visit(
                                                                stateName, eventName, state, to))));
    }
}
