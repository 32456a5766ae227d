package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.server.ServerOptions;
import dev.pawl.server.compute.ComputeOptions;
import dev.pawl.server.compute.ComputeServer;
import dev.pawl.server.compute.Contracts;
import dev.pawl.server.compute.Fault;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** {@code pawl compute}: solves what fits a contract, until it is told to stop. */
public final class Compute implements Command {
    static final Flag<Path> CONTRACTS =
            Flag.path("--contracts", "DIR", "Folder of contracts, NAME/VERSION/.");
    private static final Flag<Integer> SEATS =
            Flag.number("--seats", "N", "Solves at once (default: 8); a call over that gets 429.");
    private static final Flag<Fault> FAULT =
            new Flag<>(
                    "--fault",
                    "",
                    "FAULT",
                    "What goes wrong on purpose: a status, slow, garbage or bad-output; 429*2 the"
                            + " next two times. May be repeated.",
                    "one of %s, with *TIMES".formatted(String.join(", ", Fault.words())),
                    List.of(),
                    Fault::parse,
                    true,
                    false);

    @Override
    public String name() {
        return "compute";
    }

    @Override
    public String summary() {
        return "Serves POST /gh/{definition}:{version}/solve from a folder of contracts, with a"
                + " mock solver.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(CONTRACTS, Up.PORT, Up.HOST, Up.INSECURE, SEATS, FAULT);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        ServerOptions listening = call.configuration().server();
        Up.requireLocal(listening, call.has(Up.INSECURE));
        requireMock(call.outside().environment());
        call.wiring().startLog(call.configuration(), true);
        Contracts contracts = contracts(call);
        var stop = new CountDownLatch(1);
        try (var server =
                        new ComputeServer(
                                contracts,
                                options(call, listening),
                                call.outside().time(),
                                call.outside().random());
                var _ =
                        call.outside()
                                .signals()
                                .watch(count -> {
                                    if (count == 1) stop.countDown();
                                    else call.outside().signals().exitNow(ExitCode.CANCELLED);
                                })) {
            call.all(FAULT).forEach(server::fault);
            server.start();
            call.screen()
                    .line(
                            "pawl computes on http://%s:%d (mock solver, %d contracts)"
                                    .formatted(
                                            listening.host(),
                                            server.port(),
                                            contracts.all().size()));
            stop.await();
        }
        return ExitCode.SUCCEEDED;
    }

    /** The contracts of the folder that is named; what is wrong with them is told. */
    static Contracts contracts(Call call) {
        String variable = call.outside().environment().getOrDefault("CONTRACTS_DIR", "");
        Path folder =
                call.get(CONTRACTS)
                        .or(() ->
                                variable.isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(Path.of(variable)))
                        .orElseThrow(() ->
                                new PawlException(
                                        ErrorCode.INPUT_INVALID,
                                        "no folder of contracts is named; give it with"
                                                + " --contracts"));
        Contracts contracts = Contracts.of(call.outside().folder().resolve(folder));
        contracts.problems().forEach(problem -> call.screen().note("pawl: " + problem));
        return contracts;
    }

    private static ComputeOptions options(Call call, ServerOptions listening) {
        var options =
                ComputeOptions.defaults().withHost(listening.host()).withPort(listening.port());
        int seats = call.get(SEATS).orElse(options.seats());
        if (seats < 1)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "--seats is " + seats + "; want at least 1");
        return options.withSeats(seats, options.seatWait());
    }

    /** Answers of a mock are nothing for who wants to compute. */
    static void requireMock(Map<String, String> environment) {
        if (environment.getOrDefault("USE_COMPUTE", "false").equals("true"))
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "USE_COMPUTE is true, but this version has only the mock solver; unset it, or"
                            + " set APPSERVER_URL to a server that computes");
    }
}
