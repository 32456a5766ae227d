package dev.pawl.server.compute;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What {@code bindings.json} says: which parameter of a Grasshopper definition takes which part of
 * the inputs, and which part of the outputs it gives.
 *
 * @param definition where the contract's own Grasshopper definition is, if it has one
 */
record Bindings(List<Bound> inputs, List<Bound> outputs, Path definition) {
    /** What a definition's file is called. */
    static final String DEFINITION = "ghlogic.ghx";

    Bindings {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** One parameter and its place in the contract's JSON. */
    record Bound(String parameter, BoundPath path, Type type) {}

    /** What a parameter takes or gives. */
    enum Type {
        CURVE("geometry.curve"),
        JSON("json_string"),
        NUMBER("number"),
        INTEGER("integer"),
        TEXT("string");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        static Optional<Type> of(String word) {
            return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
        }

        static List<String> words() {
            return Arrays.stream(values()).map(type -> type.word).sorted().toList();
        }

        @Override
        public String toString() {
            return word;
        }
    }
}
