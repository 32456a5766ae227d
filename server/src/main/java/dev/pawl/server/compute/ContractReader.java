package dev.pawl.server.compute;

import dev.pawl.api.Json;
import dev.pawl.core.PawlException;
import dev.pawl.core.ToolId;
import dev.pawl.tool.Checked;
import dev.pawl.tool.JsonSchema;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads one contract's folder. What is wrong is collected, all of it. */
final class ContractReader {
    private static final String DRAFT_7 = "http://json-schema.org/draft-07/schema#";
    private static final long FILE_BYTES_MAX = 1 << 20;
    private static final int TIMEOUT_SECONDS_MAX = 86_400;

    private final Path folder;
    private final List<ContractProblem> problems = new ArrayList<>();

    ContractReader(Path folder) {
        this.folder = folder;
    }

    List<ContractProblem> problems() {
        return problems;
    }

    /** The contract, or empty when it can't be served. */
    Optional<Contract> read() {
        Optional<ToolId> id = id();
        Optional<JsonSchema> inputs = schema("inputs.schema.json");
        Optional<JsonSchema> outputs = schema("outputs.schema.json");
        Contract.Manifest manifest = manifest();
        Optional<Bindings> bindings = bindings();
        if (Files.exists(folder.resolve("plugins.json"))) json(folder.resolve("plugins.json"));
        List<Contract.Example> valid = examples("valid");
        List<Contract.Example> invalid = examples("invalid");
        if (!problems.isEmpty()
                || id.isEmpty()
                || inputs.isEmpty()
                || outputs.isEmpty()
                || bindings.isEmpty()) return Optional.empty();
        String title = inputs.get().node().path("title").asString(id.get().toString());
        var contract =
                new Contract(
                        id.get(),
                        title,
                        inputs.get(),
                        outputs.get(),
                        manifest,
                        bindings.get(),
                        valid,
                        invalid);
        tryExamples(contract);
        return Optional.of(contract);
    }

    private Optional<ToolId> id() {
        Path definition = folder.getParent();
        String name = definition == null ? "" : definition.getFileName().toString();
        try {
            return Optional.of(new ToolId(name, folder.getFileName().toString()));
        } catch (IllegalArgumentException e) {
            wrong(folder, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** A schema that doesn't name its draft is one of draft-07: all contracts are. */
    private Optional<JsonSchema> schema(String name) {
        Path file = folder.resolve(name);
        Optional<ObjectNode> node = object(file);
        if (node.isEmpty()) return Optional.empty();
        if (!node.get().has("$schema")) node.get().put("$schema", DRAFT_7);
        try {
            return Optional.of(JsonSchema.of(node.get()));
        } catch (PawlException e) {
            wrong(file, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Contract.Manifest manifest() {
        var standard = Contract.Manifest.DEFAULTS;
        Path file = folder.resolve("manifest.json");
        Optional<ObjectNode> node = object(file);
        if (node.isEmpty()) return standard;
        JsonNode manifest = node.get();
        Path definition = folder.toAbsolutePath().getParent();
        if (definition != null) same(file, manifest, "definition", definition.getFileName());
        same(file, manifest, "version", folder.getFileName());
        int timeout =
                number(
                        file,
                        manifest.path("timeout_sec"),
                        "timeout_sec",
                        (int) standard.timeout().toSeconds(),
                        TIMEOUT_SECONDS_MAX);
        int vertices =
                number(
                        file,
                        manifest.path("limits").path("max_vertices"),
                        "limits.max_vertices",
                        standard.verticesMax(),
                        Integer.MAX_VALUE);
        return new Contract.Manifest(Duration.ofSeconds(timeout), vertices);
    }

    private void same(Path file, JsonNode manifest, String key, Path wanted) {
        JsonNode value = manifest.path(key);
        if (!value.isMissingNode() && !value.asString("").equals(wanted.toString()))
            wrong(file, "%s is %s in a folder called %s".formatted(key, value, wanted));
    }

    private int number(Path file, JsonNode value, String key, int standard, int max) {
        if (value.isMissingNode()) return standard;
        if (value.isIntegralNumber() && value.canConvertToInt()) {
            int number = value.intValue();
            if (number >= 1 && number <= max) return number;
        }
        wrong(file, "%s is %s; want a whole number, 1 to %d".formatted(key, value, max));
        return standard;
    }

    private Optional<Bindings> bindings() {
        Path file = folder.resolve("bindings.json");
        return object(file)
                .map(bindings ->
                        new Bindings(
                                bound(file, bindings, "inputs", "jsonpath"),
                                bound(file, bindings, "outputs", "output_path"),
                                folder.resolve(Bindings.DEFINITION)));
    }

    private List<Bindings.Bound> bound(Path file, JsonNode bindings, String side, String pathKey) {
        JsonNode list = bindings.path(side);
        if (!list.isArray()) {
            wrong(file, side + " is missing; want a list");
            return List.of();
        }
        var found = new ArrayList<Bindings.Bound>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode one = list.get(i);
            String at = side + "/" + i;
            Optional<BoundPath> path = BoundPath.parse(one.path(pathKey).asString(""));
            // Outputs are an object: its members can be given, not itself.
            if (path.isEmpty() || (path.get().members().isEmpty() && side.equals("outputs")))
                wrong(
                        file,
                        "%s: %s is %s, no path as $.name or $.names[*].name"
                                .formatted(at, pathKey, shown(one.path(pathKey))));
            String parameter = one.path("gh_param").asString("");
            if (parameter.isBlank()) wrong(file, at + ": gh_param is missing");
            Optional<Bindings.Type> type = Bindings.Type.of(one.path("type").asString(""));
            if (type.isEmpty())
                wrong(
                        file,
                        "%s: type is %s; known are %s"
                                .formatted(at, shown(one.path("type")), Bindings.Type.words()));
            if (path.isPresent() && type.isPresent())
                found.add(new Bindings.Bound(parameter, path.get(), type.get()));
        }
        return found;
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "missing" : value.toString();
    }

    private List<Contract.Example> examples(String kind) {
        Path examples = folder.resolve("examples").resolve(kind);
        if (!Files.isDirectory(examples)) return List.of();
        var files = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(examples, "*.json")) {
            entries.forEach(files::add);
        } catch (IOException e) {
            wrong(examples, "can't be listed: " + e.getMessage());
        }
        Collections.sort(files);
        var found = new ArrayList<Contract.Example>();
        for (Path file : files)
            json(file)
                    .ifPresent(node ->
                            found.add(new Contract.Example(file.getFileName().toString(), node)));
        return found;
    }

    /** An example that says otherwise than the schema is named; which of them is right is open. */
    private void tryExamples(Contract contract) {
        Path examples = folder.resolve("examples");
        for (Contract.Example example : contract.valid())
            if (contract.inputs().check(example.inputs()) instanceof Checked.Invalid(var errors))
                doubtful(
                        examples.resolve("valid").resolve(example.name()),
                        "does not fit: " + errors.getFirst());
        for (Contract.Example example : contract.invalid())
            if (contract.inputs().check(example.inputs()) instanceof Checked.Valid)
                doubtful(
                        examples.resolve("invalid").resolve(example.name()),
                        "fits, though it should not");
    }

    private Optional<ObjectNode> object(Path file) {
        Optional<JsonNode> node = json(file);
        if (node.isEmpty()) return Optional.empty();
        if (node.get() instanceof ObjectNode object) return Optional.of(object);
        wrong(file, "want a JSON object");
        return Optional.empty();
    }

    private Optional<JsonNode> json(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                wrong(file, "is missing");
            } else if (Files.size(file) > FILE_BYTES_MAX) {
                wrong(file, "has more than %,d bytes".formatted(FILE_BYTES_MAX));
            } else {
                switch (Json.read(Files.readAllBytes(file))) {
                    case Json.Reading.Read(var node) -> {
                        return Optional.of(node);
                    }
                    case Json.Reading.Unreadable(var reason) ->
                            wrong(file, "can't be read as JSON: " + reason);
                }
            }
        } catch (IOException e) {
            wrong(file, "can't be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    private void wrong(Path file, String reason) {
        problems.add(new ContractProblem(file, reason, false));
    }

    private void doubtful(Path file, String reason) {
        problems.add(new ContractProblem(file, reason, true));
    }
}
