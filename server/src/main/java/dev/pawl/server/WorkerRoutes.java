package dev.pawl.server;

import dev.pawl.core.Engine;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.WorkerEntry;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What an operator does with workers. */
public final class WorkerRoutes {
    private WorkerRoutes() {}

    static void drain(Exchange exchange) {
        exchange.answer(drained(exchange.site().engine(), exchange.path("worker")));
    }

    static void reap(Exchange exchange) {
        var body = new Body(exchange.json(), "seen_at");
        Optional<Instant> seenAt =
                body.has("seen_at")
                        ? Optional.of(body.moment("seen_at", Instant.EPOCH))
                        : Optional.empty();
        body.check();
        exchange.answer(reaped(exchange.site().engine(), exchange.path("worker"), seenAt));
    }

    /** Tells a worker to drain; answers the worker. */
    public static ObjectNode drained(Engine engine, String worker) {
        if (!engine.store().drain(worker)) throw none(worker);
        return Documents.worker(find(engine, worker));
    }

    /**
     * Ends the leases of a worker that is gone, and forgets it; answers how many jobs have moved.
     *
     * @param seenAt when it was heard of last, as the caller has seen it: one that was heard of
     *     since is left alone; empty for one that is known to be dead
     */
    public static ObjectNode reaped(Engine engine, String worker, Optional<Instant> seenAt) {
        WorkerEntry found = find(engine, worker);
        if (seenAt.isPresent() && !found.seenAt().equals(seenAt.get()))
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "worker %s was heard of at %s: it lives".formatted(worker, found.seenAt()));
        int moved = engine.forfeit(worker);
        return JsonNodeFactory.instance.objectNode().put("worker", worker).put("moved", moved);
    }

    private static WorkerEntry find(Engine engine, String worker) {
        return engine.store().workers().stream()
                .filter(each -> each.id().equals(worker))
                .findFirst()
                .orElseThrow(() -> none(worker));
    }

    private static PawlException none(String worker) {
        return new PawlException(
                ErrorCode.WORKER_NOT_FOUND,
                "there is no worker %s; `pawl workers list` shows who there is".formatted(worker));
    }
}
