package dev.pawl.testkit.sim;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.InputKey;
import dev.pawl.core.JobId;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitKey;
import dev.pawl.core.PawlException;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Those who submit, cancel, redrive and discard, through any process. */
final class Callers {
    static final ToolId QUICK = new ToolId("quick", "1");
    static final ToolId SLOW = new ToolId("slow", "1");
    static final ToolId COMMAND = new ToolId("command", "2");

    /** Nobody ever serves it. */
    static final ToolId UNSERVED = new ToolId("unserved", "1");

    static final List<ToolId> SERVED = List.of(QUICK, SLOW, COMMAND);
    private static final List<String> QUEUES = List.of("default", "mail", "night");
    private static final int JOBS_MAX = 60;
    private static final Limit KEYED =
            new Limit("keys", 2).per("same", new LimitKey("a", 1, Rate.NONE));

    private final World world;
    private final RandomGenerator random;
    private final List<JobId> known = new ArrayList<>();
    private int made;

    Callers(World world) {
        this.world = world;
        this.random = world.random;
    }

    /** The queues that were ever paused go on. */
    void resumeAll(SimProcess process) {
        for (String queue : QUEUES)
            process.store.setQueue(new QueueEntry(queue, false, Integer.MAX_VALUE));
    }

    void act(SimProcess process) {
        int dice = random.nextInt(100);
        try {
            if (dice < 50) submit(process);
            else if (dice < 66) process.engine.cancel(any());
            else if (dice < 78) redrive(process);
            else if (dice < 83) process.store.discard(any());
            else if (dice < 93) world.again(process);
            else if (dice < 96) world.reclaimLate(process);
            else if (dice < 97) process.store.setQueue(queue());
            else if (dice < 99) child(process);
            else process.store.pruneKept(process.store.now());
        } catch (PawlException e) {
            world.say(process, () -> "caller gives up: " + e.getMessage());
        }
    }

    /** At once, or as one of many that come back at a rate. */
    private void redrive(SimProcess process) {
        JobId id = unsuccessful();
        if (random.nextInt(3) > 0) process.engine.redrive(id);
        else
            process.engine.redrive(
                    id, process.store.now().plusMillis(random.nextInt(-1_000, 60_000)));
    }

    private QueueEntry queue() {
        int depth = random.nextInt(3) == 0 ? 3 + random.nextInt(10) : Integer.MAX_VALUE;
        return new QueueEntry(any(QUEUES), random.nextInt(3) == 0, depth);
    }

    /** A job that was answered; now and then one that nobody knows. */
    private JobId any() {
        if (known.isEmpty() || random.nextInt(50) == 0)
            return new JobId(new java.util.UUID(0x7000L, random.nextLong()));
        // Recent ones more often.
        int back = Math.min(known.size(), 1 + random.nextInt(12));
        return random.nextBoolean()
                ? known.get(known.size() - back)
                : known.get(random.nextInt(known.size()));
    }

    /** Most often one that can be redriven. */
    private JobId unsuccessful() {
        var ended = new ArrayList<JobId>();
        world.judge
                .picture()
                .places
                .forEach((id, place) -> {
                    if (place.ended() && !place.succeeded()) ended.add(id);
                });
        // The handlers of some are still running.
        var stopping = new ArrayList<JobId>();
        for (SimProcess any : world.living())
            any.handlers.jobs().filter(ended::contains).forEach(stopping::add);
        if (!stopping.isEmpty() && random.nextInt(3) == 0) return any(stopping);
        // Those whose error answers others have the most to take back.
        for (var kept : world.judge.picture().kept.values())
            if (ended.contains(kept.job()) && random.nextBoolean()) return kept.job();
        return ended.isEmpty() || random.nextInt(4) == 0 ? any() : any(ended);
    }

    private void submit(SimProcess process) {
        int count = random.nextInt(4) == 0 ? 2 + random.nextInt(3) : 1;
        var jobs = new ArrayList<Submission>();
        for (int i = 0; i < count; i++) jobs.add(submission(process).build());
        submit(process, jobs);
    }

    /** The handler of a job submits another, whether or not the job is still its own. */
    private void child(SimProcess process) {
        List<ClaimedJob> parents = process.handlers.running().toList();
        if (!parents.isEmpty())
            submit(process, List.of(submission(process).causedBy(any(parents)).build()));
    }

    private void submit(SimProcess process, List<Submission> jobs) {
        if (known.size() >= JOBS_MAX) return;
        for (Submitted answer : process.engine.submit(jobs))
            if (answer instanceof Submitted.Accepted(var id, var _)) {
                known.add(id);
                world.judge.requireThere(id);
            } else if (answer instanceof Submitted.Existing(var id)) {
                world.judge.requireThere(id);
            }
    }

    private Submission.Builder submission(SimProcess process) {
        ToolId tool = random.nextInt(25) == 0 ? UNSERVED : any(SERVED);
        int same = random.nextInt(3);
        boolean shared = random.nextInt(3) == 0;
        String input = shared ? "{\"same\": " + same + "}" : "{\"n\": " + made++ + "}";
        var job = Submission.of(tool, input).queue(any(QUEUES)).retry(policy());
        if (random.nextInt(4) == 0) job.priority(random.nextInt(5) - 2);
        if (shared) {
            Duration ttl = random.nextBoolean() ? Duration.ofHours(1) : Duration.ofSeconds(5);
            job.key(new InputKey("%063x%d".formatted(tool.name().length(), same), "{}"))
                    .reuse(new Reuse(ttl, random.nextInt(4) > 0));
            if (random.nextInt(6) == 0) job.tenant("other");
        }
        if (!shared || random.nextInt(6) == 0) {
            if (random.nextInt(5) == 0) job.runAt(soon(process.store.now()));
            if (random.nextInt(3) == 0) job.parents(parents()).goOn(random.nextBoolean());
        }
        if (random.nextInt(7) == 0) job.ttl(Duration.ofMillis(500 + random.nextInt(15_000)));
        if (random.nextInt(6) == 0) job.idempotencyKey("key" + random.nextInt(5));
        if (tool.equals(QUICK)) job.limit(new Limit("tool:quick", 2));
        else if (random.nextInt(3) == 0) job.limit(same == 0 ? KEYED : new Limit("one", 1));
        if (random.nextInt(10) == 0) job.tags(Set.of("a", "b"));
        return job;
    }

    private Instant soon(Instant now) {
        return now.plusMillis(random.nextInt(20_000));
    }

    private Set<JobId> parents() {
        var parents = new HashSet<JobId>();
        if (known.isEmpty()) return parents;
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) parents.add(any());
        return parents;
    }

    private RetryPolicy policy() {
        var policy =
                new RetryPolicy(
                        1 + random.nextInt(3),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(5),
                        Map.of());
        if (random.nextInt(8) > 0) return policy;
        return new RetryPolicy(
                2,
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Map.of(
                        ErrorClass.TRANSIENT,
                        ErrorClass.Treatment.WAIT,
                        ErrorClass.USER,
                        ErrorClass.Treatment.RETRY));
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
