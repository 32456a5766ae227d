package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pawl.core.JobEvent;
import dev.pawl.core.JobState;
import dev.pawl.core.Lifecycle;
import dev.pawl.testkit.LifecycleCase.Event;
import dev.pawl.testkit.LifecycleCase.From;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The life cycle: every state with every event, in the store as in {@link Lifecycle}. */
public interface LifecycleContract extends StoreSubject {
    @TestFactory
    default Stream<DynamicTest> everyEventInEveryStateDoesWhatTheTableSays() {
        var s = new StoreDriver(this);
        return Arrays.stream(From.values())
                .flatMap(from -> Arrays.stream(Event.values()).map(event -> test(s, from, event)))
                .onClose(s::close);
    }

    /** Tries the row at once, so that the test's name can say where the table leads. */
    private static DynamicTest test(StoreDriver s, From from, Event event) {
        String name = from.text + " + " + event.text;
        try {
            var row = new LifecycleCase(s, from, event).result();
            String to = row.table().map(state -> state.name().wire()).orElse("ignored");
            return dynamicTest(
                    name + " -> " + to,
                    () -> assertThat(row.after()).isEqualTo(row.table().orElse(row.before())));
        } catch (RuntimeException | AssertionError e) {
            return dynamicTest(
                    name,
                    () -> {
                        throw e;
                    });
        }
    }

    @Test
    default void everyEventAndEveryStateOfTheLifeCycleIsTried() {
        Set<Class<?>> events =
                Arrays.stream(Event.values()).map(e -> e.kind).collect(Collectors.toSet());
        assertThat(events).isEqualTo(subtypes(JobEvent.class));
        try (var s = new StoreDriver(this)) {
            Set<Class<?>> states =
                    Arrays.stream(From.values())
                            .map(from -> new LifecycleCase(s, from, Event.REDRIVEN).result())
                            .map(row -> row.before().getClass())
                            .collect(Collectors.toSet());
            assertThat(states).isEqualTo(subtypes(JobState.class));
        }
    }

    private static Set<Class<?>> subtypes(Class<?> sealed) {
        return Set.of(sealed.getPermittedSubclasses());
    }
}
