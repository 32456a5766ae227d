package dev.pawl.app.cli;

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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The front sitefit and what it needs. Closing ends the compute server, where there is one in this
 * process.
 */
record SitefitSetup(SitefitFront front, List<Tool> tools, Optional<ComputeServer> compute)
        implements AutoCloseable {
    static final String HOST = "localhost";

    /**
     * Reads the contracts; without {@code APPSERVER_URL} it starts a compute server and says so.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} naming what is wrong
     */
    static SitefitSetup of(Call call) {
        String url = computeUrl(call);
        if (!url.isEmpty())
            return of(call, Compute.contracts(call, Optional.empty()), url, Optional.empty());
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

    /** The compute server that is named; empty for one in this process. */
    static String computeUrl(Call call) {
        Map<String, String> environment = call.outside().environment();
        return environment.getOrDefault(
                "APPSERVER_URL", environment.getOrDefault("APP_SERVER_URL", ""));
    }

    private static SitefitSetup of(
            Call call, Contracts contracts, String url, Optional<ComputeServer> compute) {
        Map<String, String> environment = call.outside().environment();
        String given = environment.getOrDefault("BLOB_SAS_SIGNING", "");
        Optional<String> linkSecret = given.isEmpty() ? Optional.empty() : Optional.of(given);
        return new SitefitSetup(
                new SitefitFront(contracts, call.outside().random(), linkSecret),
                ContractTools.of(contracts, options(environment, url)),
                compute);
    }

    private static SitefitOptions options(Map<String, String> environment, String url) {
        try {
            var options = SitefitOptions.of(url);
            return options.withTimeoutMax(
                            seconds(environment, "JOB_TIMEOUT_SEC", options.timeoutMax()))
                    .withAttempts(number(environment, "MAX_ATTEMPTS", options.attempts()))
                    .withResultsKept(
                            seconds(environment, "RESULT_CACHE_TTL", options.resultsKept()));
        } catch (IllegalArgumentException e) {
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static Duration seconds(
            Map<String, String> environment, String variable, Duration standard) {
        return Duration.ofSeconds(number(environment, variable, (int) standard.toSeconds()));
    }

    private static int number(Map<String, String> environment, String variable, int standard) {
        String text = environment.getOrDefault(variable, "");
        if (text.isEmpty()) return standard;
        if (text.matches("[1-9]\\d{0,8}")) return Integer.parseInt(text);
        throw new PawlException(
                ErrorCode.CONFIGURATION_INVALID,
                "%s is \"%s\"; want a whole number above 0".formatted(variable, text));
    }

    @Override
    public void close() {
        compute.ifPresent(ComputeServer::close);
    }
}
