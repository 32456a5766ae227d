package dev.pawl.server.compute;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The contracts of a folder {@code NAME/VERSION/}, as they were when it was read. Immutable. */
public final class Contracts {
    private static final long DEFINITION_BYTES_MAX = 10 << 20;

    private final List<Contract> all;
    private final List<ContractProblem> problems;

    private Contracts(List<Contract> all, List<ContractProblem> problems) {
        this.all = List.copyOf(all);
        this.problems = List.copyOf(problems);
    }

    /**
     * Reads all contracts of the folder; one with a mistake leaves the others alone. Names that
     * begin with {@code .} or {@code _} are no contracts.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} when the folder can't be listed
     */
    public static Contracts of(Path folder) {
        var all = new ArrayList<Contract>();
        var problems = new ArrayList<ContractProblem>();
        try {
            for (Path definition : folders(folder))
                for (Path version : folders(definition)) {
                    var reader = new ContractReader(version);
                    reader.read().ifPresent(all::add);
                    problems.addAll(reader.problems());
                }
        } catch (IOException | UncheckedIOException e) {
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "contracts folder %s can't be listed (%s); want a folder with NAME/VERSION/ in it"
                            .formatted(folder, e),
                    e);
        }
        return new Contracts(all, problems);
    }

    /** Those that can be served, by name, then by version as text. */
    public List<Contract> all() {
        return all;
    }

    public Optional<Contract> find(String definition, String version) {
        return all.stream()
                .filter(c -> c.id().name().equals(definition) && c.id().version().equals(version))
                .findFirst();
    }

    /** What is wrong with the folders, in their order. */
    public List<ContractProblem> problems() {
        return problems;
    }

    /**
     * Those that Rhino.Compute can be asked to solve. Where definitions aren't on its side, a
     * contract without one of its own is left out, and named.
     */
    public Contracts solvedBy(RhinoOptions rhino) {
        if (!rhino.definitions().isEmpty()) return this;
        var kept = new ArrayList<Contract>();
        var found = new ArrayList<>(problems);
        for (Contract contract : all) {
            Path definition = contract.bindings().definition();
            Optional<String> trouble = trouble(definition);
            if (trouble.isEmpty()) kept.add(contract);
            else found.add(new ContractProblem(definition, trouble.get(), false));
        }
        return new Contracts(kept, found);
    }

    private static Optional<String> trouble(Path definition) {
        try {
            if (!Files.isRegularFile(definition))
                return Optional.of("is missing, and compute.definitions names no other place");
            return Files.size(definition) > DEFINITION_BYTES_MAX
                    ? Optional.of("has more than %,d bytes".formatted(DEFINITION_BYTES_MAX))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("can't be read: " + e.getMessage());
        }
    }

    private static List<Path> folders(Path folder) throws IOException {
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (Files.isDirectory(entry) && !name.startsWith(".") && !name.startsWith("_"))
                    found.add(entry);
            }
        }
        Collections.sort(found);
        return found;
    }
}
