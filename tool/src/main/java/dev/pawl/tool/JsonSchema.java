package dev.pawl.tool;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import com.networknt.schema.path.PathType;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A JSON Schema, compiled once: 2020-12, or draft-07 where its {@code $schema} says so. Nothing
 * outside the schema is ever fetched. Thread-safe.
 */
public final class JsonSchema {
    /** Largest input read, in bytes; what is larger belongs in a file. */
    public static final int INPUT_BYTES_MAX = 1 << 20;

    private static final String DRAFT_7 = "http://json-schema.org/draft-07/schema";
    private static final String DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema";

    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12,
                    registry ->
                            registry.schemaRegistryConfig(
                                            SchemaRegistryConfig.builder()
                                                    .pathType(PathType.JSON_POINTER)
                                                    .formatAssertionsEnabled(true)
                                                    .build())
                                    .schemaCacheEnabled(true)
                                    .schemaLoader(loader ->
                                            loader.block(iri -> !comesWithUs(iri.toString()))));

    /** The schema that every value fits. */
    public static final JsonSchema ANYTHING = of(JsonNodeFactory.instance.objectNode());

    private final JsonNode node;
    private final SchemaTree tree;
    private final Schema compiled;
    private final boolean takesFiles;

    private JsonSchema(JsonNode node, Schema compiled, boolean takesFiles) {
        this.node = node;
        this.tree = SchemaTree.kept(node);
        this.compiled = compiled;
        this.takesFiles = takesFiles;
    }

    /**
     * The compiled schema.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} with every mistake in it
     */
    public static JsonSchema of(JsonNode schema) {
        return switch (compile(schema)) {
            case Compiled.Good(var good) -> good;
            case Compiled.Bad(var mistakes) ->
                    throw new PawlException(
                            ErrorCode.CONFIGURATION_INVALID,
                            "schema: "
                                    + String.join(
                                            "; ",
                                            mistakes.stream().map(FieldError::toString).toList()));
        };
    }

    /** What came of compiling. */
    sealed interface Compiled {
        record Good(JsonSchema schema) implements Compiled {}

        /** The pointers are into the schema. */
        record Bad(List<FieldError> mistakes) implements Compiled {}
    }

    static Compiled compile(JsonNode schema) {
        String dialect = schema.path("$schema").asString(DRAFT_2020_12);
        if (dialect.endsWith("#")) dialect = dialect.substring(0, dialect.length() - 1);
        if (!dialect.equals(DRAFT_7) && !dialect.equals(DRAFT_2020_12))
            return bad(
                    "/$schema",
                    "is \"%s\"; want %s or %s#".formatted(dialect, DRAFT_2020_12, DRAFT_7));
        List<FieldError> mistakes =
                FieldErrors.of(meta(dialect).validate(schema), new SchemaTree(schema));
        if (!mistakes.isEmpty()) return new Compiled.Bad(mistakes);
        try {
            JsonNode accepting = FileRule.added(schema);
            Schema compiled = REGISTRY.getSchema(accepting);
            compiled.initializeValidators();
            var good = new JsonSchema(schema, compiled, !accepting.equals(schema));
            List<FieldError> defaults = good.defaultsThatDoNotFit();
            return defaults.isEmpty() ? new Compiled.Good(good) : new Compiled.Bad(defaults);
        } catch (SchemaException e) {
            return bad("", reason(e));
        }
    }

    /** The schema as it was written; not to be changed. */
    public JsonNode node() {
        return node;
    }

    SchemaTree tree() {
        return tree;
    }

    /**
     * Reads the text as JSON, fills in the defaults and checks the result. A text that can't be
     * read gives one error; one that lacks no default is stored as it stands.
     */
    public Checked check(String json) {
        Optional<FieldError> tooLarge = tooLarge(json);
        if (tooLarge.isPresent()) return new Checked.Invalid(List.of(tooLarge.get()));
        return switch (StrictReader.json(json)) {
            case StrictReader.Read(var read, var _) -> filled(read, json);
            case StrictReader.Unreadable(var mistake) ->
                    invalid(
                            mistake.pointer(),
                            "can't be read as JSON: %s (line %d, column %d)"
                                    .formatted(
                                            mistake.reason(),
                                            mistake.place().line(),
                                            mistake.place().column()));
        };
    }

    /** What is said of an input with more than {@link #INPUT_BYTES_MAX} bytes. */
    static Optional<FieldError> tooLarge(String json) {
        // No character has more than three bytes per unit of text: most need no count.
        if (json.length() <= INPUT_BYTES_MAX / 3) return Optional.empty();
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        if (bytes <= INPUT_BYTES_MAX) return Optional.empty();
        return Optional.of(
                new FieldError(
                        "",
                        "has %,d bytes; want at most %,d; give what is large as a file"
                                .formatted(bytes, INPUT_BYTES_MAX)));
    }

    /** Fills in the defaults and checks the result; the input given stays as it is. */
    public Checked check(JsonNode input) {
        var completion = new Completion(tree);
        JsonNode whole = completion.complete(input);
        if (!completion.errors().isEmpty()) return new Checked.Invalid(completion.errors());
        return checked(whole, Optional.empty());
    }

    private Checked filled(JsonNode own, String json) {
        var completion = new Completion(tree);
        JsonNode whole = completion.completeOwn(own);
        if (!completion.errors().isEmpty()) return new Checked.Invalid(completion.errors());
        return checked(whole, completion.filled() ? Optional.empty() : Optional.of(json));
    }

    private Checked checked(JsonNode whole, Optional<String> text) {
        Map<String, FileRef> files = FileRef.allIn(whole);
        List<FieldError> errors = errors(whole, files.keySet());
        if (!errors.isEmpty()) return new Checked.Invalid(errors);
        return new Checked.Valid(new CompletedInput(whole, files, text.orElseGet(whole::toString)));
    }

    /** What is wrong with a value as it stands, no defaults filled in; as for a tool's output. */
    public List<FieldError> errors(JsonNode value) {
        return errors(value, FileRef.allIn(value).keySet());
    }

    private List<FieldError> errors(JsonNode value, Set<String> files) {
        var errors = new ArrayList<>(FieldErrors.of(compiled.validate(value), tree));
        for (String pointer : files)
            if (!takesFiles || !tree.isFile(Pointer.steps(pointer)))
                errors.add(new FieldError(pointer, "is a file; the schema doesn't take one here"));
        return errors;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonSchema that && node.equals(that.node);
    }

    @Override
    public int hashCode() {
        return node.hashCode();
    }

    @Override
    public String toString() {
        return node.toString();
    }

    private List<FieldError> defaultsThatDoNotFit() {
        var found = new ArrayList<FieldError>();
        findDefaults(node, "", found);
        return found;
    }

    private void findDefaults(JsonNode schema, String at, List<FieldError> found) {
        if (schema.isObject() && schema.has("default")) {
            var completion = new Completion(tree);
            JsonNode whole = completion.complete(schema, schema.path("default"));
            var errors = new ArrayList<>(completion.errors());
            if (errors.isEmpty()) errors.addAll(errorsAt(at, whole));
            for (FieldError e : errors)
                found.add(new FieldError(at + "/default" + e.pointer(), e.message()));
        }
        FileRule.subschemas(schema)
                .forEach((pointer, part) -> findDefaults(part, at + pointer, found));
    }

    private List<FieldError> errorsAt(String schemaPointer, JsonNode value) {
        var path = new NodePath(PathType.JSON_POINTER);
        JsonNode here = node;
        for (String step : Pointer.steps(schemaPointer)) {
            path = here.isArray() ? path.append(Integer.parseInt(step)) : path.append(step);
            here = here.isArray() ? here.path(Integer.parseInt(step)) : here.path(step);
        }
        return FieldErrors.of(compiled.getRefSchema(path).validate(value), tree);
    }

    private static Schema meta(String dialect) {
        return REGISTRY.getSchema(
                SchemaLocation.of(dialect.equals(DRAFT_7) ? dialect + "#" : dialect));
    }

    private static boolean comesWithUs(String iri) {
        return iri.startsWith(DRAFT_7) || iri.startsWith("https://json-schema.org/draft/2020-12/");
    }

    private static String reason(SchemaException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        String line = message.lines().findFirst().orElse("is wrong");
        if (line.contains("is not allowed to be loaded"))
            return line.replaceFirst("^Schema from ", "\\$ref ")
                    .replaceFirst(
                            "is not allowed to be loaded.*",
                            "is outside this schema; write it under \\$defs");
        return line.replaceFirst("^[a-z.]+\\.(\\w+Exception): ", "");
    }

    private static Compiled bad(String pointer, String message) {
        return new Compiled.Bad(List.of(new FieldError(pointer, message)));
    }

    private static Checked invalid(String pointer, String message) {
        return new Checked.Invalid(List.of(new FieldError(pointer, message)));
    }
}
