package dev.pawl.worker;

import dev.pawl.core.LeaseId;
import dev.pawl.core.Leases;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.Time;
import dev.pawl.core.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the leases in use, and stops what the store says must stop.
 *
 * <p>A renewal holds from the moment it was <i>sent</i>: the store may have received it then. Where
 * none gets through, {@link Watch} stops the handlers before their lease can be taken back.
 *
 * <p>A suspended machine's monotonic clock stands still while leases run out. So both clocks are
 * compared: where the wall clock has gone further, the leases are renewed at once, and if that
 * doesn't get through, the missing time is counted as passed.
 */
final class Heartbeat implements Loop {
    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LAPSE_MIN = Duration.ofSeconds(2);

    private final Leases leases;
    private final String worker;
    private final WorkerOptions options;
    private final Held held;
    private final Drain drain;
    private final Time time;

    private long lookedAt;
    private Instant wallAt;
    private Duration lapse = Duration.ZERO;
    private boolean due = true;
    private long sentAt;

    Heartbeat(
            Leases leases,
            String worker,
            WorkerOptions options,
            Held held,
            Drain drain,
            Time time) {
        this.leases = leases;
        this.worker = worker;
        this.options = options;
        this.held = held;
        this.drain = drain;
        this.time = time;
        this.lookedAt = time.nanos();
        this.wallAt = time.instant();
        this.sentAt = lookedAt;
    }

    @Override
    public String name() {
        return "heartbeat";
    }

    @Override
    public Duration step() {
        look();
        drain.look();
        long rest = sentAt + options.heartbeat().toNanos() - time.nanos();
        if (!due && rest > 0) return shorter(Duration.ofNanos(rest), LOOK);
        due = true;
        renew();
        due = false;
        return shorter(options.heartbeat(), LOOK);
    }

    private void look() {
        long now = time.nanos();
        Instant wall = time.instant();
        Duration missing = Duration.between(wallAt, wall).minusNanos(now - lookedAt);
        lookedAt = now;
        wallAt = wall;
        if (missing.compareTo(LAPSE_MIN) < 0) return;
        log.warn("the machine was suspended for {}, or its clock was set: renewing", missing);
        lapse = lapse.plus(missing);
        due = true;
    }

    private void renew() {
        Set<LeaseId> names = held.leases();
        long sent = time.nanos();
        Renewed answer;
        try {
            answer = leases.renew(new Renewal(worker, names, options.lease()));
        } catch (RuntimeException e) {
            held.age(lapse);
            throw e;
        } finally {
            lapse = Duration.ZERO;
        }
        sentAt = sent;
        if (answer.drain()) drain.want();
        held.renewed(answer.leases(), sent);
        var lost = new HashSet<>(names);
        lost.removeAll(answer.leases());
        if (!lost.isEmpty()) {
            int stopped = held.stop(Stop.LOST, run -> lost.contains(run.lease.id));
            if (stopped > 0)
                log.warn("{} leases are lost: {} attempts stopped", lost.size(), stopped);
        }
        // In order, so that a simulation with the same seed is the same run.
        answer.stop().stream().sorted(Comparator.comparing(Token::job)).forEach(this::stop);
    }

    private void stop(Token token) {
        // What isn't here any more has stopped: it ended while its job was being cancelled.
        if (held.find(token).isEmpty()) leases.stopped(token);
        else held.stop(Stop.CANCELLED, run -> run.job().token().equals(token));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
