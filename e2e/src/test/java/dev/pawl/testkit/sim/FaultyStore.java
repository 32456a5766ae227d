package dev.pawl.testkit.sim;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Count;
import dev.pawl.core.End;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Events;
import dev.pawl.core.Found;
import dev.pawl.core.Hit;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Kept;
import dev.pawl.core.KeptEntry;
import dev.pawl.core.Lead;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LimitEntry;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewJob;
import dev.pawl.core.PastJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.Progress;
import dev.pawl.core.Pruned;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Reclaimed;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.Retention;
import dev.pawl.core.Standing;
import dev.pawl.core.Store;
import dev.pawl.core.Submitted;
import dev.pawl.core.Tally;
import dev.pawl.core.Token;
import dev.pawl.core.Upcoming;
import dev.pawl.core.WorkerEntry;
import dev.pawl.core.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A process's way to the store. Before each call other processes may get their turn; the call then
 * has one of its fates; and what it did is judged.
 */
final class FaultyStore implements Store {
    private final World world;
    private final SimProcess process;
    private final Store real;
    private final Wire wire;

    FaultyStore(World world, SimProcess process, Store real, Wire wire) {
        this.world = world;
        this.process = process;
        this.real = real;
        this.wire = wire;
    }

    <T> T write(Op<T> op) {
        if (op instanceof Op.Submit(var jobs)) world.trace.name(jobs);
        world.interleave();
        Fate fate = world.weather.fate();
        if (fate == Fate.NOT_APPLIED) throw unavailable(op, "not applied");
        if (fate == Fate.CRASH_BEFORE) throw crash(op, "crashes before");
        if (fate == Fate.FAILS_INSIDE || fate == Fate.CRASH_INSIDE)
            wire.cutAfter(world.random.nextInt(14), fate == Fate.CRASH_INSIDE);
        T result;
        try {
            result = op.on(real);
        } catch (PawlException e) {
            if (!wire.mend()) throw new Violation(Invariant.NO_BUG, Telling.of(op) + " threw " + e);
            world.say(process, () -> Telling.of(op) + ": FAILS INSIDE");
            world.judge.failed(Telling.of(op));
            throw e;
        } catch (Crash e) {
            world.say(process, () -> Telling.of(op) + ": CRASHES INSIDE");
            throw e;
        } catch (RuntimeException e) {
            throw bug(op, e);
        }
        wire.mend();
        world.say(process, () -> Telling.of(op) + " -> " + Telling.answer(result));
        world.judge.after(op, result, process.seat.time.instant());
        world.remember(op);
        if (fate == Fate.ANSWER_LOST) throw unavailable(op, "answer lost");
        if (fate == Fate.CRASH_AFTER) throw crash(op, "crashes after");
        return result;
    }

    private <T> T read(Supplier<T> read) {
        world.interleave();
        if (world.weather.readFails())
            throw new PawlException(ErrorCode.STORE_UNAVAILABLE, "read failed, simulated");
        return read.get();
    }

    private static Violation bug(Op<?> op, RuntimeException e) {
        var violation = new Violation(Invariant.NO_BUG, Telling.of(op) + " threw " + e);
        violation.initCause(e);
        return violation;
    }

    private PawlException unavailable(Op<?> op, String fate) {
        world.say(process, () -> "%s: %s".formatted(Telling.of(op), fate.toUpperCase(Locale.ROOT)));
        return new PawlException(ErrorCode.STORE_UNAVAILABLE, fate + ", simulated");
    }

    private Crash crash(Op<?> op, String fate) {
        world.say(process, () -> "%s %s".formatted(fate.toUpperCase(Locale.ROOT), Telling.of(op)));
        return new Crash(process);
    }

    @Override
    public Instant now() {
        return real.now();
    }

    @Override
    public List<Submitted> submit(List<NewJob> jobs) {
        return write(new Op.Submit(jobs));
    }

    @Override
    public Optional<Kept> kept(String tenant, String hash) {
        return read(() -> real.kept(tenant, hash));
    }

    @Override
    public List<KeptEntry> keptResults(String tool, String after, int limit) {
        return read(() -> real.keptResults(tool, after, limit));
    }

    @Override
    public Set<String> unreferenced(Set<String> sha256s) {
        return read(() -> real.unreferenced(sha256s));
    }

    @Override
    public void dropKept(String tenant, String hash, JobId job) {
        write(new Op.DropKept(tenant, hash, job));
    }

    @Override
    public int pruneKept(Instant until) {
        return write(new Op.PruneKept(until));
    }

    @Override
    public Claimed claim(Claim claim) {
        return write(new Op.Take(claim));
    }

    @Override
    public List<ClaimedJob> claimed(LeaseId lease, String worker) {
        return read(() -> real.claimed(lease, worker));
    }

    @Override
    public List<JobId> answer(List<Hit> hits) {
        return write(new Op.Answer(hits));
    }

    @Override
    public Renewed renew(Renewal renewal) {
        return write(new Op.Renew(renewal));
    }

    @Override
    public Written progress(Token token, Progress progress) {
        return write(new Op.SetProgress(token, progress));
    }

    @Override
    public Written log(Token token, List<LogLine> lines) {
        return write(new Op.AddLog(token, lines));
    }

    @Override
    public List<Written> end(List<End> ends) {
        return write(new Op.Ends(ends));
    }

    @Override
    public Written stopped(Token token) {
        return write(new Op.Stopped(token));
    }

    @Override
    public Upcoming upcoming() {
        return read(real::upcoming);
    }

    @Override
    public Lead lead(String duty, String holder, Duration ttl, Optional<Lead> stale) {
        return write(new Op.TakeLead(duty, holder, ttl, stale));
    }

    @Override
    public void resign(String holder) {
        write(new Op.Resign(holder));
    }

    @Override
    public int promote(int max) {
        return write(new Op.Promote(max));
    }

    @Override
    public int expire(int max) {
        return write(new Op.Expire(max));
    }

    @Override
    public List<Lease> leases() {
        List<Lease> leases = read(real::leases);
        world.seen(leases);
        return leases;
    }

    @Override
    public void forfeit(String worker) {
        write(new Op.Forfeit(worker));
    }

    @Override
    public int reclaim(Lease seen, Function<Reclaimed, JobState> decide) {
        return write(new Op.Reclaim(seen, decide));
    }

    @Override
    public int sweep(int max) {
        return write(new Op.Sweep(max));
    }

    @Override
    public Optional<JobState> cancel(JobId id) {
        return write(new Op.Cancel(id));
    }

    @Override
    public Optional<JobState> redrive(JobId id, Instant notBefore) {
        return write(new Op.Redrive(id, notBefore));
    }

    @Override
    public Optional<JobState> discard(JobId id) {
        return write(new Op.Discard(id));
    }

    /** Nobody calls it here: everything is kept for ever. So it has no fate and isn't judged. */
    @Override
    public Pruned prune(Map<JobState.Name, Instant> until, String after, int max) {
        return real.prune(until, after, max);
    }

    @Override
    public void keepHistory(Retention retention) {
        real.keepHistory(retention);
    }

    /** Nobody calls it here: only {@code pawl import} does. So it has no fate and isn't judged. */
    @Override
    public Set<JobId> adopt(List<PastJob> jobs) {
        return real.adopt(jobs);
    }

    @Override
    public Optional<Job> find(JobId id) {
        return read(() -> real.find(id));
    }

    @Override
    public Map<JobId, JobState> states(Collection<JobId> ids) {
        return read(() -> real.states(ids));
    }

    @Override
    public List<Job> list(JobFilter filter, String after, int limit) {
        return read(() -> real.list(filter, after, limit));
    }

    @Override
    public Found search(JobFilter filter, String after, int limit, int lookMax) {
        return read(() -> real.search(filter, after, limit, lookMax));
    }

    @Override
    public Tally count(JobFilter filter, int max, int lookMax) {
        return read(() -> real.count(filter, max, lookMax));
    }

    @Override
    public List<AttemptEnd> history(JobId id) {
        return read(() -> real.history(id));
    }

    @Override
    public List<LogLine> logs(JobId id, int afterAttempt, long afterSeq, int limit) {
        return read(() -> real.logs(id, afterAttempt, afterSeq, limit));
    }

    @Override
    public List<Artifact> artifacts(JobId id) {
        return read(() -> real.artifacts(id));
    }

    @Override
    public Set<JobId> children(JobId id) {
        return read(() -> real.children(id));
    }

    @Override
    public List<Count> counts() {
        return read(real::counts);
    }

    @Override
    public Events events(long after, int limit) {
        return read(() -> real.events(after, limit));
    }

    @Override
    public Events events(JobId id, long after, int limit) {
        return read(() -> real.events(id, after, limit));
    }

    @Override
    public long latestEvent() {
        return read(real::latestEvent);
    }

    @Override
    public Optional<Standing> standing(JobId id) {
        return read(() -> real.standing(id));
    }

    @Override
    public boolean pruneEvents(Instant until, long most, int max) {
        return write(new Op.PruneEvents(until, most, max));
    }

    @Override
    public List<QueueEntry> queues() {
        return read(real::queues);
    }

    @Override
    public Map<String, Instant> oldestDue() {
        return read(real::oldestDue);
    }

    @Override
    public List<LimitEntry> limits() {
        return read(real::limits);
    }

    @Override
    public void setQueue(QueueEntry queue) {
        write(new Op.SetQueue(queue));
    }

    @Override
    public void register(WorkerEntry worker) {
        write(new Op.Register(worker));
    }

    /** Nobody calls it here. So it has no fate and isn't judged. */
    @Override
    public boolean drain(String worker) {
        return real.drain(worker);
    }

    @Override
    public void unregister(String worker) {
        write(new Op.Unregister(worker));
    }

    @Override
    public List<WorkerEntry> workers() {
        return read(real::workers);
    }

    @Override
    public void close() {
        real.close();
    }
}
