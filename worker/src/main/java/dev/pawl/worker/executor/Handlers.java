package dev.pawl.worker.executor;

import dev.pawl.tool.CompletedInput;
import dev.pawl.tool.FieldError;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The Java handlers of this program, by the name that tools call them. Thread-safe. */
public final class Handlers {
    private final Map<String, Registered<?>> byName = new ConcurrentHashMap<>();

    /**
     * A handler, and what it is called with.
     *
     * @param text reads an input from the text that its job has
     */
    record Registered<I>(Class<I> input, Function<String, I> text, Handler<? super I> handler) {
        I read(JsonNode json) {
            return Json.MAPPER.treeToValue(json, input);
        }

        I read(String json) {
            return text.apply(json);
        }

        String mistake(JacksonException e) {
            return "doesn't fit %s: %s".formatted(input.getSimpleName(), e.getOriginalMessage());
        }
    }

    /**
     * Makes the handler known under that name.
     *
     * @throws IllegalStateException when the name is taken
     */
    public <I> Handlers register(String name, Class<I> input, Handler<? super I> handler) {
        var registered = new Registered<>(input, Json.reader(input), handler);
        if (byName.putIfAbsent(name, registered) != null)
            throw new IllegalStateException("handler \"" + name + "\" is registered twice");
        return this;
    }

    public Set<String> names() {
        return new TreeSet<>(byName.keySet());
    }

    /**
     * What a handler couldn't read of an input, as its tool's schema let it pass; empty when it can
     * read all of it, when it isn't known here, and when the input has files, whose text is put in
     * only when it runs.
     */
    public Optional<FieldError> misfit(String name, CompletedInput input) {
        Registered<?> handler = byName.get(name);
        if (handler == null || !input.files().isEmpty()) return Optional.empty();
        try {
            handler.read(input.node());
            return Optional.empty();
        } catch (JacksonException e) {
            return Optional.of(new FieldError(Json.pointer(e), handler.mistake(e)));
        }
    }

    Optional<Registered<?>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
