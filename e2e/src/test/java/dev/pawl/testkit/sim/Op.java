package dev.pawl.testkit.sim;

import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.End;
import dev.pawl.core.Hit;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lead;
import dev.pawl.core.Lease;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewJob;
import dev.pawl.core.Progress;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Reclaimed;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.Store;
import dev.pawl.core.Submitted;
import dev.pawl.core.Token;
import dev.pawl.core.WorkerEntry;
import dev.pawl.core.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One call of the store that writes, so that it can be judged, and made again later. */
sealed interface Op<T> {
    T on(Store store);

    record Submit(List<NewJob> jobs) implements Op<List<Submitted>> {
        @Override
        public List<Submitted> on(Store store) {
            return store.submit(jobs);
        }
    }

    record DropKept(String tenant, String hash, JobId job) implements Op<Boolean> {
        @Override
        public Boolean on(Store store) {
            store.dropKept(tenant, hash, job);
            return true;
        }
    }

    record PruneKept(Instant until) implements Op<Integer> {
        @Override
        public Integer on(Store store) {
            return store.pruneKept(until);
        }
    }

    record Take(Claim claim) implements Op<Claimed> {
        @Override
        public Claimed on(Store store) {
            return store.claim(claim);
        }
    }

    record Answer(List<Hit> hits) implements Op<List<JobId>> {
        @Override
        public List<JobId> on(Store store) {
            return store.answer(hits);
        }
    }

    record Renew(Renewal renewal) implements Op<Renewed> {
        @Override
        public Renewed on(Store store) {
            return store.renew(renewal);
        }
    }

    record SetProgress(Token token, Progress progress) implements Op<Written> {
        @Override
        public Written on(Store store) {
            return store.progress(token, progress);
        }
    }

    record AddLog(Token token, List<LogLine> lines) implements Op<Written> {
        @Override
        public Written on(Store store) {
            return store.log(token, lines);
        }
    }

    record Ends(List<End> ends) implements Op<List<Written>> {
        @Override
        public List<Written> on(Store store) {
            return store.end(ends);
        }
    }

    record Stopped(Token token) implements Op<Written> {
        @Override
        public Written on(Store store) {
            return store.stopped(token);
        }
    }

    record TakeLead(String duty, String holder, Duration ttl, Optional<Lead> stale)
            implements Op<Lead> {
        @Override
        public Lead on(Store store) {
            return store.lead(duty, holder, ttl, stale);
        }
    }

    record Resign(String holder) implements Op<Boolean> {
        @Override
        public Boolean on(Store store) {
            store.resign(holder);
            return true;
        }
    }

    record Promote(int max) implements Op<Integer> {
        @Override
        public Integer on(Store store) {
            return store.promote(max);
        }
    }

    record Expire(int max) implements Op<Integer> {
        @Override
        public Integer on(Store store) {
            return store.expire(max);
        }
    }

    record Sweep(int max) implements Op<Integer> {
        @Override
        public Integer on(Store store) {
            return store.sweep(max);
        }
    }

    record PruneEvents(Instant until, long most, int max) implements Op<Boolean> {
        @Override
        public Boolean on(Store store) {
            return store.pruneEvents(until, most, max);
        }
    }

    record Forfeit(String worker) implements Op<Boolean> {
        @Override
        public Boolean on(Store store) {
            store.forfeit(worker);
            return true;
        }
    }

    record Reclaim(Lease seen, Function<Reclaimed, JobState> decide) implements Op<Integer> {
        @Override
        public Integer on(Store store) {
            return store.reclaim(seen, decide);
        }
    }

    record Cancel(JobId id) implements Op<Optional<JobState>> {
        @Override
        public Optional<JobState> on(Store store) {
            return store.cancel(id);
        }
    }

    record Redrive(JobId id, Instant notBefore) implements Op<Optional<JobState>> {
        @Override
        public Optional<JobState> on(Store store) {
            return store.redrive(id, notBefore);
        }
    }

    record Discard(JobId id) implements Op<Optional<JobState>> {
        @Override
        public Optional<JobState> on(Store store) {
            return store.discard(id);
        }
    }

    record SetQueue(QueueEntry queue) implements Op<Boolean> {
        @Override
        public Boolean on(Store store) {
            store.setQueue(queue);
            return true;
        }
    }

    record Register(WorkerEntry worker) implements Op<Boolean> {
        @Override
        public Boolean on(Store store) {
            store.register(worker);
            return true;
        }
    }

    record Unregister(String worker) implements Op<Boolean> {
        @Override
        public Boolean on(Store store) {
            store.unregister(worker);
            return true;
        }
    }
}
