package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the API on one address. Each request has a virtual thread. Thread-safe; closing twice, or
 * before the start, is fine.
 */
public final class Server implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private final Site site;
    private final ServerOptions options;
    private final Endings endings;
    private final EventTail tail;
    private final Claims claims;
    private final Patience patience;
    private final Metrics metrics;
    private final Routes routes;
    private final WebServer web;
    private volatile boolean draining;

    /** Listens to nothing yet. */
    public Server(Site site, ServerOptions options) {
        this.site = site;
        this.options = options;
        this.endings = new Endings(site.engine());
        this.claims = new Claims(site.engine(), site.time());
        this.patience = new Patience(site.time(), options.idle());
        this.metrics = new Metrics(site.engine(), site.time(), patience::open);
        // Half of all connections: who only asks finds one, however many listen.
        this.tail =
                new EventTail(
                        site.engine(), site.time(), Math.max(1, options.connectionsMax() / 2));
        this.routes = new Routes(endings, tail, claims, metrics, new HealthRoutes(() -> draining));
        this.web =
                WebServer.builder()
                        .host(options.host())
                        .port(options.port())
                        .maxTcpConnections(options.connectionsMax())
                        .idleConnectionTimeout(options.idle())
                        .idleConnectionPeriod(options.idle().dividedBy(2).plusSeconds(1))
                        .shutdownGracePeriod(Duration.ofSeconds(1))
                        .shutdownHook(false)
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(patience)
                        .routing(this::route)
                        .build();
    }

    private void route(HttpRouting.Builder routing) {
        for (Routes.Route route : routes.all())
            routing.route(
                    route.method(),
                    route.path(),
                    (request, response) -> handle(route, request, response));
        routing.any((request, response) -> notThere(request, response));
        routing.error(Throwable.class, this::bug);
    }

    private void handle(Routes.Route route, ServerRequest request, ServerResponse response) {
        var exchange = new Exchange(site, options, patience, request, response);
        try {
            exchange.onlyQueries(route.queries());
            route.handler().handle(exchange);
        } catch (Refused e) {
            exchange.answer(e.problem());
        } catch (PawlException e) {
            if (e.code().blame() == ErrorCode.Blame.SERVER)
                log.warn("{} {}: {}", route.method(), route.path(), e.getMessage());
            exchange.answer(Problem.of(e.code(), String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.answer(Problem.of(503, "stopping", "The server stops", "ask again soon"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        patience.hangUp();
    }

    /** Nothing is there for this method, or for this path at all. */
    private void notThere(ServerRequest request, ServerResponse response) {
        String path = request.path().path();
        var methods = new TreeSet<String>();
        for (Routes.Route route : routes.all())
            if (io.helidon.http.PathMatchers.create(route.path()).match(request.path()).accepted())
                methods.add(route.method().text());
        var exchange = new Exchange(site, options, patience, request, response);
        if (methods.isEmpty()) {
            exchange.answer(
                    Problem.of(404, "not_found", "There is nothing here", "no route is " + path));
            return;
        }
        response.headers().set(HeaderNames.ALLOW, String.join(", ", methods));
        exchange.answer(
                Problem.of(
                        405,
                        "method_not_allowed",
                        "Not with this method",
                        "%s takes %s"
                                .formatted(path, String.join(" and ", new ArrayList<>(methods)))));
    }

    private void bug(ServerRequest request, ServerResponse response, Throwable e) {
        var exchange = new Exchange(site, options, patience, request, response);
        if (e instanceof HttpException http) {
            int status = http.status().code();
            exchange.answer(
                    Problem.of(
                            Math.max(400, status),
                            "bad_request",
                            "The request can't be read",
                            String.valueOf(e.getMessage())));
            return;
        }
        log.error("{} {} hit a bug", request.prologue().method(), request.path().path(), e);
        exchange.answer(
                Problem.of(
                        500,
                        "bug",
                        "A bug in Pawl",
                        "the server's log says more; please report it"));
    }

    /**
     * Listens.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} when the address is taken
     */
    public Server start() {
        requireFree();
        web.start();
        // It logs why, and throws nothing.
        if (!web.isRunning()) throw taken("the log says why", new IOException("not running"));
        tail.start();
        return this;
    }

    /** The web server would say less clearly what is wrong. */
    private void requireFree() {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(options.host(), options.port()));
        } catch (IOException e) {
            throw taken(String.valueOf(e.getMessage()), e);
        }
    }

    private PawlException taken(String why, Throwable cause) {
        return new PawlException(
                ErrorCode.CONFIGURATION_INVALID,
                "%s:%d can't be listened on (%s); is it in use? Choose another with --port"
                        .formatted(options.host(), options.port(), why),
                cause);
    }

    /** The port it listens on. */
    public int port() {
        return web.port();
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
        web.stop();
    }
}
