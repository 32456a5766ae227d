package dev.pawl.server;

import dev.pawl.api.LeaseJson;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Engine;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.Token;
import dev.pawl.core.WorkerEntry;
import dev.pawl.tool.ToolPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes of the worker protocol that are about workers and their leases. */
record LeaseRoutes(Claims claims) {
    private static final Duration TTL = Duration.ofSeconds(30);
    private static final Duration TTL_MIN = Duration.ofSeconds(1);
    private static final Duration TTL_MAX = Duration.ofHours(1);
    private static final Duration WAIT_MAX = Duration.ofMinutes(1);
    private static final int WANTS_MAX = 100;
    private static final int JOBS_MAX = 1_024;

    /**
     * Kept apart from the hosts of workers that share this store: whether a process of a remote
     * worker is alive can't be seen from here, whatever its machine is called.
     */
    private static final String REMOTE = "/http";

    static void register(Exchange exchange) {
        var body =
                new Body(
                        exchange.json(),
                        "worker",
                        "host",
                        "pid",
                        "started_at",
                        "tools",
                        "slots",
                        "can");
        Engine engine = exchange.site().engine();
        Instant now = engine.now();
        Set<String> can = body.words("can");
        if (!can.stream().allMatch(word -> word.matches(ToolPolicy.CAPABILITY)))
            body.wrong("can", "want words of lower-case letters, digits, - _ .");
        String host = body.text("host", "unknown");
        if (host.isBlank() || host.length() > 200) body.wrong("host", "want 1 to 200 characters");
        var entry =
                new WorkerEntry(
                        body.word("worker"),
                        host + REMOTE,
                        body.number("pid", 0, 0, Long.MAX_VALUE),
                        body.moment("started_at", Instant.EPOCH),
                        body.tools("tools"),
                        (int) body.number("slots", 1, 1, 200_000),
                        now,
                        now,
                        can,
                        false);
        body.check();
        engine.register(entry);
        exchange.answer(Documents.worker(entry));
    }

    static void unregister(Exchange exchange) {
        String worker = exchange.path("worker");
        exchange.site().engine().unregister(worker);
        exchange.answer(JsonNodeFactory.instance.objectNode().put("worker", worker));
    }

    void claim(Exchange exchange) throws InterruptedException {
        var body =
                new Body(exchange.json(), "worker", "lease", "wants", "ttl_ms", "wait_ms", "spent");
        var wants = new ArrayList<Claim.Want>();
        for (Body want : body.list("wants", WANTS_MAX, "tools", "queues", "jobs", "max"))
            wants.add(
                    new Claim.Want(
                            want.tools("tools"),
                            want.words("queues"),
                            want.jobs("jobs"),
                            (int) want.number("max", 1, 0, JOBS_MAX)));
        Duration wait = body.millis("wait_ms", Duration.ZERO, Duration.ZERO, WAIT_MAX);
        var claim =
                new Claim(
                        body.lease("lease"),
                        body.word("worker"),
                        ttl(body),
                        wants,
                        body.leases("spent"));
        body.check();
        BooleanSupplier there = wait.isZero() ? () -> true : exchange.listening();
        List<ClaimedJob> jobs = claims.claim(claim, wait, there);
        exchange.answer(LeaseJson.leased(claim.lease(), claim.worker(), claim.ttl(), jobs));
    }

    private static Duration ttl(Body body) {
        return body.millis("ttl_ms", TTL, TTL_MIN, TTL_MAX);
    }

    void recover(Exchange exchange) {
        var body = new Body(exchange.json(), "worker", "lease");
        String worker = body.word("worker");
        LeaseId lease = body.lease("lease");
        body.check();
        exchange.answer(LeaseJson.leased(lease, worker, TTL, claims.claimed(lease, worker)));
    }

    static void renew(Exchange exchange) {
        var body = new Body(exchange.json(), "worker", "leases", "ttl_ms");
        var renewal = new Renewal(body.word("worker"), body.leases("leases"), ttl(body));
        body.check();
        Renewed renewed = exchange.site().engine().renew(renewal);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("ttl_ms", renewal.ttl().toMillis());
        var leases = answer.putArray("leases");
        renewed.leases().forEach(lease -> leases.add(lease.toString()));
        var lost = answer.putArray("lost");
        for (LeaseId lease : renewal.held())
            if (!renewed.leases().contains(lease)) lost.add(lease.toString());
        var stop = answer.putArray("stop");
        for (Token token : renewed.stop()) stop.add(LeaseJson.token(token));
        exchange.answer(answer.put("drain", renewed.drain()));
    }

    void watch(Exchange exchange) throws InterruptedException {
        var body = new Body(exchange.json(), "after", "wait_ms");
        long after = body.number("after", 0, 0, Long.MAX_VALUE);
        Duration wait = body.millis("wait_ms", Duration.ZERO, Duration.ZERO, WAIT_MAX);
        body.check();
        Hints.After hints = claims.hints().after(after, wait.toNanos());
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("next", hints.next()).put("ready", hints.ready());
        var stop = answer.putArray("stop");
        for (JobId job : hints.stop()) stop.add(job.toString());
        exchange.answer(answer);
    }
}
