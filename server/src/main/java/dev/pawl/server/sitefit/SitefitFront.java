package dev.pawl.server.sitefit;

import dev.pawl.api.Problem;
import dev.pawl.core.Job;
import dev.pawl.core.PastJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.ToolId;
import dev.pawl.server.Caller;
import dev.pawl.server.Front;
import dev.pawl.server.FrontExchange;
import dev.pawl.server.FrontRoute;
import dev.pawl.server.Need;
import dev.pawl.server.Refused;
import dev.pawl.server.compute.Contract;
import dev.pawl.server.compute.Contracts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The HTTP surface of the site-fit jobs: submit, status, result. Every route is here. */
public final class SitefitFront implements Front {
    private static final String CORRELATION = "x-correlation-id";
    private static final String LINK_SECRET = "artifact-links";
    private static final Duration LINK_LIFETIME = Duration.ofHours(1);

    private final Contracts contracts;
    private final RunRoute run;
    private final ResultRoutes results;

    /**
     * A front for jobs of these contracts, whose {@linkplain ContractTools tools} the site has.
     *
     * @param random makes the correlation ids of requests that bring none; thread-safe
     * @param linkSecret signs the links to files; empty for one that is made and kept in the store
     */
    public SitefitFront(Contracts contracts, RandomGenerator random, Optional<String> linkSecret) {
        this.contracts = contracts;
        this.run = new RunRoute(contracts, random);
        this.results =
                new ResultRoutes(
                        new SignedLinks(LINK_LIFETIME),
                        exchange -> linkSecret.orElseGet(() -> exchange.secret(LINK_SECRET)));
    }

    @Override
    public String name() {
        return "sitefit";
    }

    @Override
    public List<FrontRoute> routes() {
        return List.of(
                FrontRoute.post("/jobs/run", "Submit inputs of a contract", run::handle)
                        .needs(Need.USER),
                FrontRoute.get("/jobs/status/{id}", "Where a job is", this::status)
                        .needs(Need.VIEWER),
                FrontRoute.get("/jobs/result/{id}", "Its outputs", this::result).needs(Need.VIEWER),
                FrontRoute.get(
                                SignedLinks.ROUTE + "/{id}/{+name}",
                                "A file that it made, by a link of the result",
                                results::file)
                        .needs(Need.NOTHING),
                FrontRoute.get("/health", "Whether the store can be read", this::health)
                        .needs(Need.NOTHING),
                FrontRoute.get("/ready", "Whether jobs are taken", SitefitFront::ready)
                        .needs(Need.NOTHING),
                FrontRoute.get("/", "What this is", this::about).needs(Need.NOTHING));
    }

    /** As the original's web framework answers: {@code detail} says what is wrong. */
    @Override
    public void refuse(FrontExchange exchange, Problem problem) {
        exchange.header(CORRELATION).ifPresent(flow -> exchange.set(CORRELATION, flow));
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("detail", problem.detail()).put("code", problem.code());
        if (!problem.errors().isEmpty()) {
            var errors = node.putArray("errors");
            for (Problem.FieldProblem error : problem.errors())
                errors.addObject().put("path", error.pointer()).put("message", error.message());
        }
        exchange.answer(problem.status(), node);
    }

    private void status(FrontExchange exchange) {
        Job job = find(exchange);
        exchange.answer(200, JobDocument.status(job, store(exchange).history(job.id())));
    }

    private void result(FrontExchange exchange) {
        Job job = find(exchange);
        results.result(exchange, job);
    }

    /** The job that the path names, if it is one of this front's. */
    private Job find(FrontExchange exchange) {
        Job job =
                PastJob.find(store(exchange), ContractTools.QUEUE, exchange.path("id"))
                        .filter(this::isOurs)
                        .filter(found -> isOf(exchange.caller(), found))
                        .orElseThrow(() ->
                                new Refused(
                                        Problem.of(
                                                404,
                                                "job_not_found",
                                                "There is no such job",
                                                "Job not found")));
        exchange.set(CORRELATION, job.submission().correlationId());
        return job;
    }

    /** The same inputs are one job for all of a tenant, so that it belongs to no one of them. */
    private static boolean isOf(Caller caller, Job job) {
        return caller.tenant().isEmpty() || caller.tenant().equals(job.submission().tenant());
    }

    private boolean isOurs(Job job) {
        ToolId tool = job.submission().tool();
        return contracts.find(tool.name(), tool.version()).isPresent()
                || job.submission().idempotencyKey().startsWith(RunRoute.KEY)
                || (job.submission().queue().equals(ContractTools.QUEUE)
                        && PastJob.original(job).isPresent());
    }

    private void health(FrontExchange exchange) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        try {
            long jobs =
                    store(exchange).counts().stream()
                            .filter(c -> c.queue().equals(ContractTools.QUEUE))
                            .mapToLong(c -> c.jobs())
                            .sum();
            node.put("status", "ok").put("service", "sitefit").put("storage", "connected");
            node.put("jobs_count", jobs);
        } catch (PawlException e) {
            node.put("status", "degraded").put("service", "sitefit").put("storage", "away");
            node.put("error", e.getMessage());
        }
        exchange.answer(200, node);
    }

    private static void ready(FrontExchange exchange) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        try {
            var _ = store(exchange).queues();
            exchange.answer(200, node.put("status", "ready"));
        } catch (PawlException e) {
            exchange.answer(503, node.put("status", "not_ready").put("reason", e.getMessage()));
        }
    }

    private void about(FrontExchange exchange) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("service", "sitefit").put("version", exchange.site().version());
        var names = node.putArray("contracts");
        for (Contract contract : contracts.all()) names.add(contract.name());
        var paths = node.putArray("endpoints");
        for (FrontRoute route : routes()) paths.add(route.method().text() + " " + route.path());
        exchange.answer(200, (JsonNode) node);
    }

    private static Store store(FrontExchange exchange) {
        return exchange.site().engine().store();
    }
}
