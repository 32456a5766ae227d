package dev.pawl.server.compute;

import dev.pawl.core.Time;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Solves without geometry: the results follow from the seed alone, so that the same inputs give the
 * same results but for {@code generated_at}. Takes 100 ms, as a solver would some time.
 */
record MockSolver(Time time) implements Solver {
    private static final Duration WORK = Duration.ofMillis(100);

    @Override
    public String mode() {
        return "mock";
    }

    /** Outputs in the shape that the contract's schema asks for, where it is one that is known. */
    @Override
    public ObjectNode solve(Contract contract, JsonNode inputs, String correlationId)
            throws InterruptedException {
        time.sleep(WORK);
        JsonNode promised = contract.outputs().node().path("properties");
        if (promised.has("results")) return placed(contract, inputs);
        ObjectNode outputs = JsonNodeFactory.instance.objectNode();
        if (promised.has("result")) {
            JsonNode value = inputs.path("value");
            if (value.isIntegralNumber()) outputs.put("result", value.longValue() + 10);
            else outputs.put("result", value.asDouble(0) + 10);
        }
        return outputs;
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    private ObjectNode placed(Contract contract, JsonNode inputs) {
        long seed = inputs.path("seed").asLong(1);
        long shift = seed % 10;
        ObjectNode outputs = JsonNodeFactory.instance.objectNode();
        ObjectNode result = outputs.putArray("results").addObject();
        result.put("id", "result-" + seed);
        ObjectNode transform = result.putObject("transform");
        transform
                .putObject("rotation")
                .put("axis", "z")
                .put("value", seed % 360 * 15 % 360)
                .put("units", "deg");
        transform
                .putObject("translation")
                .put("x", shift)
                .put("y", shift)
                .put("z", 0)
                .put("units", "m");
        transform.putObject("scale").put("uniform", 1);
        result.put("score", 85.5 + shift);
        result.putObject("metrics")
                .put("area_m2", 100)
                .put("overlap_pct", 0)
                .put("distance_to_edge_m", 2.5)
                .put("seed", seed)
                .put("mock", true);
        result.putArray("tags").add("mock").add("feasible").add("optimal");
        outputs.putArray("artifacts");
        outputs.set("metadata", metadata(contract, inputs, seed));
        return outputs;
    }

    private ObjectNode metadata(Contract contract, JsonNode inputs, long seed) {
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.put("definition", contract.id().name()).put("version", contract.id().version());
        metadata.putObject("units")
                .put("length", "m")
                .put("angle", "deg")
                .put("crs", inputs.path("crs").asString(""));
        metadata.put("seed", seed).put("generated_at", time.instant().toString());
        metadata.putObject("engine")
                .put("name", "mock")
                .put("version", "0.1.0")
                .put("mode", "deterministic");
        metadata.put("cache_hit", false).putArray("warnings");
        return metadata;
    }
}
