package dev.pawl.app.config;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.server.compute.RhinoOptions;
import java.util.Optional;

/**
 * What a compute server solves with.
 *
 * @param server Rhino.Compute; empty where none is named
 */
public record ComputeSettings(Solver solver, Optional<RhinoOptions> server) {
    /** The mock, or Rhino.Compute. */
    public enum Solver {
        MOCK,
        RHINO
    }

    /**
     * The server that is to be asked; empty where the mock is to solve.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} when none is named
     */
    public Optional<RhinoOptions> rhino() {
        if (solver == Solver.MOCK) return Optional.empty();
        if (server.isEmpty())
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "compute.solver is rhino, but no address of Rhino.Compute is given; set"
                            + " compute.url (or COMPUTE_URL beside USE_COMPUTE), as"
                            + " http://host:6500");
        return server;
    }
}
