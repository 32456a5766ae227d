package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.ToolId;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolProblem;
import dev.pawl.tool.Tools;
import dev.pawl.worker.Served;
import dev.pawl.worker.Serving;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/** {@code pawl worker}: runs jobs until it is told to stop. */
public final class Work implements Command {
    static final Flag<Integer> SLOTS =
            Flag.number("--slots", "N", "Commands at once (default: one per processor).");
    static final Flag<String> CAN =
            Flag.text(
                    "--can",
                    "WORDS",
                    "What this worker has that some tools require, as gpu,large-memory.");
    private static final Flag<String> QUEUES =
            Flag.text("--queues", "QUEUE", "Only from this queue; may be repeated.").repeated();
    private static final Flag<String> TOOLS_ONLY =
            Flag.text("--tools-only", "TOOL", "Only of this tool; may be repeated.").repeated();

    @Override
    public String name() {
        return "worker";
    }

    @Override
    public String summary() {
        return "Runs jobs until it is stopped: SIGTERM or Ctrl-C drains, a second one stops at"
                + " once.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(SLOTS, CAN, QUEUES, TOOLS_ONLY);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        call.wiring().startLog(call.configuration(), true);
        Tools tools = call.wiring().tools(call.configuration());
        for (ToolProblem problem : tools.problems()) call.screen().note("pawl: " + problem);
        // Asked again whenever tool files change.
        UnaryOperator<Serving> restriction =
                serving -> restricted(serving, only(call, tools), call);
        Optional<URI> server = call.configuration().remote();
        if (server.isEmpty()) {
            try (Opened opened = call.wiring().open(call.configuration());
                    Workshop workshop =
                            call.wiring()
                                    .workshop(call.configuration(), opened, tools, restriction)) {
                serve(call, workshop);
            }
            return ExitCode.SUCCEEDED;
        }
        try (Remote remote = call.wiring().connect(call.configuration(), server.get());
                Workshop workshop =
                        call.wiring().workshop(call.configuration(), remote, tools, restriction)) {
            serve(call, workshop);
        }
        return ExitCode.SUCCEEDED;
    }

    private static void serve(Call call, Workshop workshop) throws InterruptedException {
        var stop = new CountDownLatch(1);
        try (var _ =
                call.outside()
                        .signals()
                        .watch(count -> {
                            if (count == 1) stop.countDown();
                            else workshop.worker().closeNow();
                        })) {
            workshop.worker().onDrained(stop::countDown);
            workshop.start();
            stop.await();
            // Within the watch, so that a second signal is heard while it drains.
            workshop.drain(call.screen());
        }
    }

    private static Set<ToolId> only(Call call, Tools tools) {
        var only = new LinkedHashSet<ToolId>();
        for (String name : call.all(TOOLS_ONLY)) {
            Tool newest = ToolFlags.find(tools, name);
            for (Tool tool : tools.all()) {
                boolean named = tool.id().equals(newest.id());
                boolean versionOf = !name.contains("@") && tool.id().name().equals(name);
                if (named || versionOf) only.add(tool.id());
            }
        }
        return only;
    }

    private static Serving restricted(Serving serving, Set<ToolId> only, Call call) {
        Map<ToolId, Served> served = new HashMap<>(serving.tools());
        if (!only.isEmpty()) served.keySet().retainAll(only);
        if (served.isEmpty())
            throw new PawlException(
                    ErrorCode.TOOL_NOT_FOUND,
                    "there is no tool to serve; name a folder of tool files with --tools");
        return new Serving(served, Set.copyOf(call.all(QUEUES)), serving.can(), serving.only());
    }
}
