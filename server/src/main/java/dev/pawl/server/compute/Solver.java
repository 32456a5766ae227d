package dev.pawl.server.compute;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What solves. Thread-safe. */
interface Solver extends AutoCloseable {
    /** How {@code /health} calls it. */
    String mode();

    /**
     * Blocks until it is solved.
     *
     * @param inputs checked and complete
     * @param correlationId of the flow that this call belongs to
     * @return outputs; who asks checks them
     * @throws ComputeProblem when there are none
     */
    ObjectNode solve(Contract contract, JsonNode inputs, String correlationId)
            throws InterruptedException;

    /** Why nothing could be solved now; empty when all is well. Blocks for seconds at most. */
    Optional<String> trouble() throws InterruptedException;

    @Override
    void close();
}
