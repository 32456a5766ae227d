package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Why a job is where it is, as one store sees it at one moment.
 *
 * @param text one or two sentences
 * @param advice what to do; empty when nothing is to be done
 * @param jobs the jobs that it waits for or that stand in its way
 */
public record Explanation(Reason reason, String text, String advice, List<JobId> jobs) {
    // A worker that has been silent for longer counts as gone.
    private static final Duration LIVE = Duration.ofSeconds(60);
    private static final int LOOKED_AT_MAX = 1_000;

    /** What holds it, or how it ended. The names are wire format. */
    public enum Reason {
        WAITS_FOR_PARENTS,
        WAITS_FOR_LEADER,
        NOT_DUE,
        BACKOFF,
        QUEUE_PAUSED,
        NO_WORKER,
        LIMIT_FULL,
        DUE,
        RUNNING,
        STOPPING,
        SUCCEEDED,
        ANSWERED,
        DEAD,
        CANCELLED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Explanation {
        jobs = List.copyOf(jobs);
    }

    /**
     * Explains the job; empty when there is none.
     *
     * @param requires what a worker has to have to run a tool
     */
    public static Optional<Explanation> of(
            Store store, JobId id, Function<ToolId, Set<String>> requires) {
        return store.find(id).map(job -> new Asked(store, job, requires).explanation());
    }

    private static Explanation plain(Reason reason, String text) {
        return new Explanation(reason, text, "", List.of());
    }

    private record Asked(Store store, Job job, Function<ToolId, Set<String>> requires) {
        Explanation explanation() {
            return switch (job.state()) {
                case JobState.Waiting(var on, var follower) -> waiting(on, follower);
                case JobState.Queued queued -> queued(queued);
                case JobState.Running running -> running(running);
                case JobState.Succeeded _ -> succeeded();
                case JobState.Dead dead -> dead(dead);
                case JobState.Cancelled _ -> cancelled();
            };
        }

        private Explanation waiting(Set<JobId> on, boolean follower) {
            List<JobId> open =
                    store.states(on).entrySet().stream()
                            .filter(entry -> !entry.getValue().ended())
                            .map(java.util.Map.Entry::getKey)
                            .sorted()
                            .toList();
            if (follower)
                return new Explanation(
                        Reason.WAITS_FOR_LEADER,
                        "job %s runs the same input; its result will answer this one"
                                .formatted(List.copyOf(on).getFirst()),
                        "",
                        List.copyOf(on));
            return new Explanation(
                    Reason.WAITS_FOR_PARENTS,
                    "it waits for %d of %d parents to end".formatted(open.size(), on.size()),
                    "",
                    open);
        }

        private Explanation queued(JobState.Queued queued) {
            Instant now = store.now();
            if (queued.runAt().isAfter(now)) return later(queued, now);
            String queue = job.submission().queue();
            boolean paused =
                    store.queues().stream().anyMatch(q -> q.name().equals(queue) && q.paused());
            if (paused)
                return new Explanation(
                        Reason.QUEUE_PAUSED,
                        "queue \"%s\" is paused".formatted(queue),
                        "resume the queue",
                        List.of());
            ToolId tool = job.submission().tool();
            List<WorkerEntry> live = live(now);
            if (live.stream().noneMatch(worker -> serves(worker, tool))) return nobody(tool, live);
            return full().orElseGet(() -> due(now));
        }

        private Explanation later(JobState.Queued queued, Instant now) {
            Duration left = Duration.between(now, queued.runAt());
            List<AttemptEnd> history = store.history(job.id());
            if (history.isEmpty())
                return plain(
                        Reason.NOT_DUE,
                        "it is not due until %s (in %d s)"
                                .formatted(queued.runAt(), left.toSeconds()));
            AttemptEnd last = history.getLast();
            if (last.how() == AttemptEnd.How.SNOOZED)
                return plain(
                        Reason.NOT_DUE,
                        "attempt %d put it back until %s (in %d s)"
                                .formatted(last.attempt(), queued.runAt(), left.toSeconds()));
            return new Explanation(
                    Reason.BACKOFF,
                    "attempt %d ended with a %s error: %s; the next is due at %s (in %d s)"
                            .formatted(
                                    last.attempt(),
                                    last.kind().map(ErrorClass::wire).orElse("unknown"),
                                    last.message(),
                                    queued.runAt(),
                                    left.toSeconds()),
                    last.kind().map(Asked::advice).orElse(""),
                    List.of());
        }

        private static boolean serves(WorkerEntry worker, ToolId tool) {
            return worker.tools().contains(tool) && !worker.draining();
        }

        private List<WorkerEntry> live(Instant now) {
            return store.workers().stream()
                    .filter(worker -> worker.seenAt().plus(LIVE).isAfter(now))
                    .toList();
        }

        private Explanation nobody(ToolId tool, List<WorkerEntry> live) {
            var lacking = new TreeSet<String>(requires.apply(tool));
            if (!lacking.isEmpty()
                    && live.stream().noneMatch(worker -> worker.can().containsAll(lacking)))
                return new Explanation(
                        Reason.NO_WORKER,
                        "it is due, but %s requires %s, which no live worker has"
                                .formatted(tool, String.join(" and ", lacking)),
                        "start a worker with --can " + String.join(",", lacking),
                        List.of());
            var served = new TreeSet<String>();
            for (WorkerEntry worker : live)
                for (ToolId each : worker.tools()) served.add(each.toString());
            String others =
                    live.isEmpty()
                            ? "no worker is alive"
                            : "%d are alive, and serve %s"
                                    .formatted(live.size(), String.join(", ", served));
            return new Explanation(
                    Reason.NO_WORKER,
                    "it is due, but no live worker serves %s: %s".formatted(tool, others),
                    "start a worker that has this tool",
                    List.of());
        }

        private Optional<Explanation> full() {
            Submission s = job.submission();
            var mine = new ArrayList<String>(List.of(QueueEntry.of(s.queue()).limitName()));
            if (!s.limit().name().isEmpty()) mine.add(s.limit().name());
            if (s.limit().keyed()) mine.add(s.limit().keyName());
            return store.limits().stream()
                    .filter(limit -> mine.contains(limit.name()) && limit.full())
                    .findFirst()
                    .map(Asked::full);
        }

        private static Explanation full(LimitEntry limit) {
            List<JobId> holders = limit.holders().stream().map(LimitEntry.Holder::job).toList();
            String text =
                    holders.size() >= limit.max()
                            ? "limit \"%s\" is full: %d of %d are running"
                                    .formatted(limit.shown(), holders.size(), limit.max())
                            : "limit \"%s\" lets %d start in %d ms, and %d have"
                                    .formatted(
                                            limit.shown(),
                                            limit.rate().max(),
                                            limit.rate().period().toMillis(),
                                            limit.started());
            return new Explanation(Reason.LIMIT_FULL, text, "", holders);
        }

        private Explanation due(Instant now) {
            JobFilter queued =
                    JobFilter.ALL
                            .withStates(Set.of(JobState.Name.QUEUED))
                            .withQueue(job.submission().queue());
            List<Job> lookedAt = store.list(queued, "", LOOKED_AT_MAX);
            long before = lookedAt.stream().filter(other -> goesBefore(other, now)).count();
            if (lookedAt.size() == LOOKED_AT_MAX)
                return plain(
                        Reason.DUE,
                        "it is due: of the newest %d jobs of its queue %d go first, older ones were not looked at"
                                .formatted(LOOKED_AT_MAX, before));
            String others =
                    before == 0
                            ? "a worker takes it when it has a free slot"
                            : "%d due jobs of its queue go first".formatted(before);
            return plain(Reason.DUE, "it is due: " + others);
        }

        private boolean goesBefore(Job other, Instant now) {
            if (other.id().equals(job.id())) return false;
            if (!other.submission().queue().equals(job.submission().queue())) return false;
            if (!(other.state() instanceof JobState.Queued(var runAt, _, _))) return false;
            if (!(job.state() instanceof JobState.Queued(var mine, _, _))) return false;
            if (runAt.isAfter(now)) return false;
            int priority =
                    Integer.compare(job.submission().priority(), other.submission().priority());
            if (priority != 0) return priority < 0;
            int time = runAt.compareTo(mine);
            return time != 0 ? time < 0 : other.id().compareTo(job.id()) < 0;
        }

        private Explanation running(JobState.Running running) {
            Lease lease = running.lease();
            String since = job.startedAt().map(at -> " since " + at).orElse("");
            if (lease.until().isBefore(store.now()))
                return plain(
                        Reason.RUNNING,
                        "attempt %d ran on worker %s%s, whose lease ended at %s: it is taken back soon"
                                .formatted(
                                        running.attempt(), lease.worker(), since, lease.until()));
            return plain(
                    Reason.RUNNING,
                    "attempt %d runs on worker %s%s; its lease lasts until %s"
                            .formatted(running.attempt(), lease.worker(), since, lease.until()));
        }

        private Explanation succeeded() {
            return job.cachedFrom()
                    .map(from ->
                            new Explanation(
                                    Reason.ANSWERED,
                                    "job %s had the same input; its result answered this one"
                                            .formatted(from),
                                    "",
                                    List.of(from)))
                    .orElseGet(() ->
                            plain(
                                    Reason.SUCCEEDED,
                                    "attempt %d succeeded".formatted(job.state().attempt())));
        }

        private Explanation dead(JobState.Dead dead) {
            String text =
                    dead.attempt() == 0
                            ? "it never ran; %s: %s".formatted(dead.kind().wire(), job.output())
                            : "attempt %d ended it with a %s error: %s"
                                    .formatted(dead.attempt(), dead.kind().wire(), job.output());
            List<JobId> from = job.cachedFrom().map(List::of).orElse(List.of());
            return new Explanation(Reason.DEAD, text, advice(dead.kind()), from);
        }

        private Explanation cancelled() {
            if (job.stopping())
                return new Explanation(
                        Reason.STOPPING,
                        "it was cancelled while it ran; its handler has not been seen to stop yet",
                        "a redrive is possible once it has",
                        List.of());
            Set<JobId> parents = job.submission().parents();
            List<JobId> unsuccessful =
                    store.states(parents).entrySet().stream()
                            .filter(p -> p.getValue().ended())
                            .filter(p -> !(p.getValue() instanceof JobState.Succeeded))
                            .map(java.util.Map.Entry::getKey)
                            .sorted()
                            .toList();
            if (unsuccessful.isEmpty() || job.submission().goOn())
                return new Explanation(
                        Reason.CANCELLED,
                        "it was cancelled",
                        "redrive runs it after all",
                        List.of());
            return new Explanation(
                    Reason.CANCELLED,
                    "it was cancelled because a parent did not succeed",
                    "redrive runs it after all",
                    unsuccessful);
        }

        private static String advice(ErrorClass kind) {
            return switch (kind) {
                case USER -> "the input is at fault: submit it again with another";
                case PERMANENT -> "read its log; redrive it once the cause is gone";
                case CONFIGURATION -> "install or set up what the message names; it runs then";
                case INFRASTRUCTURE -> "give the machine what it lacks, as disk; it runs then";
                case TRANSIENT, TIMEOUT, LEASE_LOST -> "redrive it once the cause is gone";
                case EXPIRED -> "nobody started it in time: start more workers, then redrive it";
            };
        }
    }
}
