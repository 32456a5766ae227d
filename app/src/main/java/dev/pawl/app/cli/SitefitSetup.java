package dev.pawl.app.cli;

import dev.pawl.app.config.SitefitSettings;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.server.compute.ComputeOptions;
import dev.pawl.server.compute.ComputeServer;
import dev.pawl.server.compute.Contracts;
import dev.pawl.server.compute.RhinoOptions;
import dev.pawl.server.sitefit.ContractTools;
import dev.pawl.server.sitefit.SitefitFront;
import dev.pawl.server.sitefit.SitefitOptions;
import dev.pawl.tool.Tool;
import java.util.List;
import java.util.Optional;

/**
 * The front sitefit and what it needs. Closing ends the compute server, where there is one in this
 * process.
 */
record SitefitSetup(SitefitFront front, List<Tool> tools, Optional<ComputeServer> compute)
        implements AutoCloseable {
    static final String HOST = "localhost";

    /**
     * Reads the contracts; without an address of one it starts a compute server and says so.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} naming what is wrong
     */
    static SitefitSetup of(Call call) {
        Optional<String> url = call.configuration().sitefit().compute();
        if (url.isPresent())
            return of(call, Compute.contracts(call, Optional.empty()), url.get(), Optional.empty());
        Optional<RhinoOptions> rhino = call.configuration().compute().rhino();
        Contracts contracts = Compute.contracts(call, rhino);
        var options = ComputeOptions.defaults().withHost(HOST).withPort(0);
        ComputeServer compute = Compute.server(call, contracts, rhino, options).start();
        String own = "http://%s:%d".formatted(HOST, compute.port());
        call.screen()
                .line(
                        "pawl computes in this process on %s (%s); set APPSERVER_URL for another server"
                                .formatted(own, Compute.solver(rhino)));
        try {
            return of(call, contracts, own, Optional.of(compute));
        } catch (RuntimeException e) {
            compute.close();
            throw e;
        }
    }

    private static SitefitSetup of(
            Call call, Contracts contracts, String url, Optional<ComputeServer> compute) {
        SitefitSettings settings = call.configuration().sitefit();
        return new SitefitSetup(
                new SitefitFront(contracts, call.outside().random(), settings.linkSecret()),
                ContractTools.of(contracts, options(settings, url)),
                compute);
    }

    private static SitefitOptions options(SitefitSettings settings, String url) {
        try {
            return SitefitOptions.of(url)
                    .withTimeoutMax(settings.timeout())
                    .withAttempts(settings.attempts())
                    .withResultsKept(settings.resultsKept());
        } catch (IllegalArgumentException e) {
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        compute.ifPresent(ComputeServer::close);
    }
}
