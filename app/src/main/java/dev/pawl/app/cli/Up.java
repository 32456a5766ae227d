package dev.pawl.app.cli;

import dev.pawl.app.config.Configuration;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Role;
import dev.pawl.core.ToolId;
import dev.pawl.core.User;
import dev.pawl.server.FrontPort;
import dev.pawl.server.Server;
import dev.pawl.server.ServerOptions;
import dev.pawl.server.Site;
import dev.pawl.server.webhook.WebhookFeed;
import dev.pawl.server.webhook.WebhookSender;
import dev.pawl.tool.ToolProblem;
import dev.pawl.tool.Tools;
import dev.pawl.worker.Served;
import dev.pawl.worker.Serving;
import dev.pawl.worker.Slot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * {@code pawl up}: server and worker in this process, until it is told to stop; {@code pawl
 * server}: the server alone.
 */
public final class Up implements Command {
    static final Flag<Integer> PORT =
            Flag.number("--port", "N", "Port to listen on; 0 for any that is free.");
    static final Flag<String> HOST =
            Flag.text("--host", "HOST", "Interface to listen on (default: localhost).");
    static final Flag<Boolean> INSECURE =
            Flag.on("--insecure", "Listen on another address than localhost without keys.");
    private final boolean works;

    /**
     * @param works whether it also runs jobs
     */
    public Up(boolean works) {
        this.works = works;
    }

    @Override
    public String name() {
        return works ? "up" : "server";
    }

    @Override
    public String summary() {
        String what = works ? ", and runs jobs" : "; workers run the jobs";
        return "Serves the HTTP API and a start page%s: SIGTERM or Ctrl-C drains, a second one"
                .formatted(what)
                .concat(" stops at once.");
    }

    @Override
    public List<Flag<?>> flags() {
        var flags = new ArrayList<Flag<?>>(List.of(PORT, HOST, INSECURE));
        if (works) flags.addAll(List.of(Work.SLOTS, Work.CAN));
        // A server alone has no worker that would know the tools that a front brings.
        if (works) flags.addAll(Fronts.FLAGS);
        return flags;
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        ServerOptions options = options(call);
        call.configuration()
                .remote()
                .ifPresent(server -> {
                    throw new PawlException(
                            ErrorCode.CONFIGURATION_INVALID,
                            "%s serves a data folder, not server %s; leave --server out"
                                    .formatted(name(), server));
                });
        call.wiring().startLog(call.configuration(), true);
        try (Fronts fronts = Fronts.of(call)) {
            serve(call, options, fronts);
        }
        return ExitCode.SUCCEEDED;
    }

    private void serve(Call call, ServerOptions options, Fronts fronts)
            throws InterruptedException {
        Tools tools = call.wiring().tools(call.configuration(), fronts.tools(), fronts.sources());
        for (ToolProblem problem : tools.problems()) call.screen().note("pawl: " + problem);
        var stop = new CountDownLatch(1);
        try (Opened opened = call.wiring().open(call.configuration());
                var sender = sender(call, opened);
                Workshop workshop =
                        call.wiring()
                                .workshop(
                                        call.configuration(),
                                        opened,
                                        tools,
                                        all -> serving(all, sender));
                var server = new Server(site(call, opened, tools), options, fronts.ports());
                var feed =
                        new WebhookFeed(opened.engine(), opened.webhooks(), call.outside().time());
                var _ =
                        call.outside()
                                .signals()
                                .watch(count -> {
                                    if (count == 1) stop.countDown();
                                    else workshop.worker().closeNow();
                                })) {
            requireSafe(options, opened, call);
            server.start();
            workshop.start();
            feed.start();
            call.screen().line("pawl serves http://%s:%d".formatted(options.host(), server.port()));
            for (FrontPort each : fronts.ports())
                call.screen()
                        .line(
                                "pawl serves front %s at http://%s:%d"
                                        .formatted(
                                                each.front().name(),
                                                options.host(),
                                                server.port(each.front())));
            stop.await();
            // Callers may go on asking while running jobs end.
            server.drain();
            workshop.drain(call.screen());
        }
    }

    /**
     * A server alone runs nothing but deliveries to webhooks, and does what time brings: due jobs,
     * leases nobody renews.
     */
    private Serving serving(Serving all, WebhookSender sender) {
        var tools = new HashMap<ToolId, Served>(works ? all.tools() : Map.of());
        tools.put(WebhookSender.TOOL, new Served(sender, Slot.HANDLER, Duration.ZERO));
        return Serving.all(Map.copyOf(tools)).withCan(works ? all.can() : Set.of());
    }

    private static WebhookSender sender(Call call, Opened opened) {
        return new WebhookSender(
                opened.webhooks(),
                opened.store(),
                call.configuration().webhooks(),
                call.outside().time());
    }

    private static ServerOptions options(Call call) {
        ServerOptions options = call.configuration().server();
        return call.has(INSECURE) ? options.withAnonymous(Optional.of(Role.ADMIN)) : options;
    }

    /** Whoever can reach the port can run every tool: without keys that is this machine only. */
    private static void requireSafe(ServerOptions options, Opened opened, Call call) {
        if (call.has(INSECURE) || Configuration.LOCAL.contains(options.host())) return;
        if (options.jwt().accepts()) return;
        Instant now = call.outside().time().instant();
        if (opened.keys().all().stream().anyMatch(key -> key.holds(now))) return;
        if (opened.users().all().stream().anyMatch(User::enabled)) return;
        throw new PawlException(
                ErrorCode.CONFIGURATION_INVALID,
                "host %s would let nobody in, for there is no key and no user; make one with `pawl keys create` or `pawl users create`, listen on localhost, or say --insecure"
                        .formatted(options.host()));
    }

    /** As {@link #requireSafe}, for a server that knows no keys. */
    static void requireLocal(ServerOptions options, boolean insecure) {
        if (!insecure && !Configuration.LOCAL.contains(options.host()))
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "host %s would let everybody on its network run every tool; listen on localhost, or say --insecure"
                            .formatted(options.host()));
    }

    private static Site site(Call call, Opened opened, Tools tools) {
        return new Site(
                opened.engine(),
                opened.artifacts(),
                opened.keys(),
                opened.users(),
                tools,
                call.wiring().requests(opened),
                call.outside().time(),
                call.outside().random(),
                opened.desk(),
                call.outside().version());
    }
}
