package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Serves the API on one address, and each front on one of its own. Each request has a virtual
 * thread. Thread-safe; closing twice, or before the start, is fine.
 */
public final class Server implements AutoCloseable {
    private final Endings endings;
    private final EventTail tail;
    private final Claims claims;
    private final Metrics metrics;
    private final Patience patience;
    private final Routes routes;
    private final Listener listener;
    private final Map<Front, Listener> fronts = new LinkedHashMap<>();
    private volatile boolean draining;

    /** Listens to nothing yet. */
    public Server(Site site, ServerOptions options) {
        this(site, options, List.of());
    }

    /** The same, with fronts. */
    public Server(Site site, ServerOptions options, List<FrontPort> fronts) {
        this.endings = new Endings(site.engine());
        this.claims = new Claims(site.engine(), site.time());
        this.patience = new Patience(site.time(), options.idle());
        this.metrics = new Metrics(site.engine(), site.time(), patience::open);
        // Half of all connections: who only asks finds one, however many listen.
        this.tail =
                new EventTail(
                        site.engine(), site.time(), Math.max(1, options.connectionsMax() / 2));
        var health = new HealthRoutes(() -> draining);
        var identity = new Identity(site, options);
        var access = new Access(site, identity, options);
        var sessions = new SessionRoutes(identity, access);
        this.routes = new Routes(endings, tail, claims, metrics, health, sessions);
        var shared = new Listener.Shared(site, patience, tail, access, metrics);
        this.listener = new Listener(shared, options, new Native(routes));
        for (FrontPort each : fronts)
            this.fronts.put(
                    each.front(),
                    new Listener(
                            shared,
                            options.withPort(each.port()),
                            new Foreign(each.front(), identity, metrics, options.origins())));
    }

    /** This program's own way to speak. */
    private record Native(Routes routes) implements Listener.Speech {
        @Override
        public List<Listener.Way> ways() {
            return routes.all().stream().map(Native::way).toList();
        }

        private static Listener.Way way(Routes.Route route) {
            return new Listener.Way(
                    route.method(),
                    route.path(),
                    route.need(),
                    exchange -> {
                        exchange.onlyQueries(route.queries());
                        route.handler().handle(exchange);
                    });
        }

        @Override
        public void refuse(Exchange exchange, Problem problem) {
            exchange.answer(problem);
        }

        @Override
        public String name() {
            return "native";
        }

        @Override
        public String flag() {
            return "--port";
        }
    }

    /** A front's way to speak. */
    record Foreign(Front front, Identity identity, Metrics metrics, Origins origins)
            implements Listener.Speech {
        @Override
        public List<Listener.Way> ways() {
            return front.routes().stream()
                    .map(route ->
                            new Listener.Way(
                                    route.method(),
                                    route.path(),
                                    route.need(),
                                    exchange ->
                                            route.handler()
                                                    .handle(new FrontExchange(exchange, this))))
                    .toList();
        }

        @Override
        public List<FrontSocket> sockets() {
            return front.sockets();
        }

        @Override
        public void refuse(Exchange exchange, Problem problem) {
            exchange.refusing(problem);
            front.refuse(new FrontExchange(exchange, this), problem);
        }

        @Override
        public String name() {
            return front.name();
        }

        @Override
        public String flag() {
            return "--front " + front.name() + ":PORT";
        }
    }

    /**
     * Listens.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} when an address is taken
     */
    public Server start() {
        listener.start();
        fronts.values().forEach(Listener::start);
        tail.start();
        return this;
    }

    /** The port it listens on. */
    public int port() {
        return listener.port();
    }

    /** The port of one of its fronts. */
    public int port(Front front) {
        Listener found = fronts.get(front);
        if (found == null) throw new IllegalArgumentException(front.name() + " is not served here");
        return found.port();
    }

    /** How many connections are open, of all addresses. */
    int connections() {
        return patience.open();
    }

    /** Every route of the native API. */
    List<Routes.Route> routes() {
        return routes.all();
    }

    /** How many claims wait for jobs. */
    int waitingClaims() {
        return claims.waiting();
    }

    /** Goes on to serve, but is not ready any more: nobody new should be sent here. */
    public void drain() {
        draining = true;
    }

    /** Ends open requests after a second. */
    @Override
    public void close() {
        endings.close();
        claims.close();
        metrics.close();
        tail.close();
        var all = new ArrayList<>(fronts.values());
        all.add(listener);
        all.forEach(Listener::close);
    }
}
