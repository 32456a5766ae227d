package dev.pawl.worker.executor;

import dev.pawl.core.Attempt;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The Java handlers of this program, by the name that tools call them. Thread-safe. */
public final class Handlers {
    private final Map<String, Registered<?>> byName = new ConcurrentHashMap<>();

    /**
     * Does what a tool is for; called by many threads at once.
     *
     * @param <I> a record that the input is read into, or {@code JsonNode}
     */
    public interface Handler<I> {
        /**
         * Runs to its end, unless interrupted: then it stops soon and throws.
         *
         * @return the output: what Jackson writes as JSON, {@code null} for none, or an {@link
         *     dev.pawl.core.Outcome}
         * @throws JobFailure to say how it failed
         * @throws Snooze to run later
         * @throws Exception what else it throws is a transient error
         */
        @Nullable Object run(I input, Attempt attempt) throws Exception;
    }

    record Registered<I>(Class<I> input, Handler<? super I> handler) {
        I read(JsonNode json) {
            return Json.MAPPER.treeToValue(json, input);
        }

        @Nullable Object run(JsonNode json, Attempt attempt) throws Exception {
            return handler.run(read(json), attempt);
        }
    }

    /**
     * Makes the handler known under that name.
     *
     * @throws IllegalStateException when the name is taken
     */
    public <I> Handlers register(String name, Class<I> input, Handler<? super I> handler) {
        var registered = new Registered<>(input, handler);
        if (byName.putIfAbsent(name, registered) != null)
            throw new IllegalStateException("handler \"" + name + "\" is registered twice");
        return this;
    }

    public Set<String> names() {
        return new TreeSet<>(byName.keySet());
    }

    Optional<Registered<?>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
