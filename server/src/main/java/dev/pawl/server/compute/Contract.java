package dev.pawl.server.compute;

import dev.pawl.core.ToolId;
import dev.pawl.tool.JsonSchema;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a definition of one version takes and gives, as its folder says. A released version is never
 * changed.
 *
 * @param id the definition's name and version
 * @param title one line
 * @param inputs what inputs must fit; their defaults
 * @param outputs what outputs must fit
 * @param bindings what of it a Grasshopper definition's parameters are
 * @param valid inputs that fit
 * @param invalid inputs that don't
 */
public record Contract(
        ToolId id,
        String title,
        JsonSchema inputs,
        JsonSchema outputs,
        Manifest manifest,
        Bindings bindings,
        List<Example> valid,
        List<Example> invalid) {
    public Contract {
        valid = List.copyOf(valid);
        invalid = List.copyOf(invalid);
    }

    /**
     * What of {@code manifest.json} counts here.
     *
     * @param timeout of one solve
     * @param verticesMax corners in all outlines of the inputs together
     */
    public record Manifest(Duration timeout, int verticesMax) {
        static final Manifest DEFAULTS = new Manifest(Duration.ofMinutes(4), 10_000);
    }

    /** Inputs that came with the contract, and their file's name. */
    public record Example(String name, JsonNode inputs) {}

    /** As it stands in paths: {@code sitefit:1.0.0}. */
    public String name() {
        return id.name() + ":" + id.version();
    }
}
