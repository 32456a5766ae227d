package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.server.Server;
import dev.pawl.server.ServerOptions;
import dev.pawl.server.Site;
import dev.pawl.tool.ToolProblem;
import dev.pawl.tool.Tools;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** {@code pawl up}: server and worker in this process, until it is told to stop. */
public final class Up implements Command {
    static final Flag<Integer> PORT =
            Flag.number("--port", "N", "Port to listen on; 0 for any that is free.");
    static final Flag<String> HOST =
            Flag.text("--host", "HOST", "Interface to listen on (default: localhost).");
    private static final Flag<Boolean> INSECURE =
            Flag.on("--insecure", "Listen on another address than localhost without keys.");
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "::1");

    @Override
    public String name() {
        return "up";
    }

    @Override
    public String summary() {
        return "Serves the HTTP API and a start page, and runs jobs: SIGTERM or Ctrl-C drains, a"
                + " second one stops at once.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(PORT, HOST, INSECURE, Work.SLOTS);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        ServerOptions options = call.configuration().server();
        requireSafe(options, call.has(INSECURE));
        call.wiring().startLog(call.configuration(), true);
        Tools tools = call.wiring().tools(call.configuration());
        for (ToolProblem problem : tools.problems()) call.screen().note("pawl: " + problem);
        var stop = new CountDownLatch(1);
        try (Opened opened = call.wiring().open(call.configuration());
                Workshop workshop =
                        call.wiring()
                                .workshop(call.configuration(), opened, tools, serving -> serving);
                var server = new Server(site(call, opened, tools), options);
                var _ =
                        call.outside()
                                .signals()
                                .watch(count -> {
                                    if (count == 1) stop.countDown();
                                    else workshop.worker().closeNow();
                                })) {
            server.start();
            workshop.start();
            call.screen().line("pawl serves http://%s:%d".formatted(options.host(), server.port()));
            stop.await();
            // Callers may go on asking while running jobs end.
            workshop.drain();
        }
        return ExitCode.SUCCEEDED;
    }

    /** Whoever can reach the port can run every tool: without keys that is this machine only. */
    private static void requireSafe(ServerOptions options, boolean insecure) {
        if (!insecure && !LOCAL.contains(options.host()))
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "host %s would let everybody on its network run every tool; listen on localhost, or say --insecure"
                            .formatted(options.host()));
    }

    private static Site site(Call call, Opened opened, Tools tools) {
        return new Site(
                opened.engine(),
                opened.artifacts(),
                tools,
                call.wiring().requests(opened),
                call.outside().time(),
                call.outside().version());
    }
}
