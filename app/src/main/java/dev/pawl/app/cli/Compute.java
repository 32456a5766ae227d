package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.server.ServerOptions;
import dev.pawl.server.compute.ComputeOptions;
import dev.pawl.server.compute.ComputeServer;
import dev.pawl.server.compute.Contracts;
import dev.pawl.server.compute.Fault;
import dev.pawl.server.compute.RhinoOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;

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
                + " mock solver or Rhino.Compute.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(CONTRACTS, Up.PORT, Up.HOST, Up.INSECURE, SEATS, FAULT);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        ServerOptions listening = call.configuration().server();
        Up.requireLocal(listening, call.has(Up.INSECURE));
        Optional<RhinoOptions> rhino = call.configuration().compute().rhino();
        call.wiring().startLog(call.configuration(), true);
        Contracts contracts = contracts(call, rhino);
        var stop = new CountDownLatch(1);
        try (var server = server(call, contracts, rhino, options(call, listening));
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
                            "pawl computes on http://%s:%d (%s, %d contracts)"
                                    .formatted(
                                            listening.host(),
                                            server.port(),
                                            solver(rhino),
                                            contracts.all().size()));
            stop.await();
        }
        return ExitCode.SUCCEEDED;
    }

    /** A server that solves with what the configuration says; it listens to nothing yet. */
    static ComputeServer server(
            Call call, Contracts contracts, Optional<RhinoOptions> rhino, ComputeOptions options) {
        Time time = call.outside().time();
        RandomGenerator random = call.outside().random();
        return rhino.map(there -> new ComputeServer(contracts, there, options, time, random))
                .orElseGet(() -> new ComputeServer(contracts, options, time, random));
    }

    /** What solves, for people. */
    static String solver(Optional<RhinoOptions> rhino) {
        return rhino.map(RhinoOptions::toString).orElse("mock solver");
    }

    /**
     * The contracts of the folder that is named; what is wrong with them is told.
     *
     * @param rhino what has to solve them; empty where that may be anything
     */
    static Contracts contracts(Call call, Optional<RhinoOptions> rhino) {
        Contracts contracts = read(call, rhino);
        contracts.problems().forEach(problem -> call.screen().note("pawl: " + problem));
        return contracts;
    }

    /** The same, and nothing is told. */
    static Contracts read(Call call, Optional<RhinoOptions> rhino) {
        Path folder =
                call.get(CONTRACTS)
                        .or(() -> call.configuration().sitefit().contracts().map(Path::of))
                        .orElseThrow(() ->
                                new PawlException(
                                        ErrorCode.INPUT_INVALID,
                                        "no folder of contracts is named; give it with"
                                                + " --contracts"));
        Contracts all = Contracts.of(call.outside().folder().resolve(folder));
        return rhino.map(all::solvedBy).orElse(all);
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
}
