package dev.pawl.testkit.sim;

import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.Limit;
import dev.pawl.core.Submission;
import java.util.HashMap;
import java.util.Map;

/** What must hold at every moment, whatever was called. */
final class Standing {
    private final Ledger ledger;
    private final Picture now;

    Standing(Ledger ledger, Picture now) {
        this.ledger = ledger;
        this.now = now;
    }

    void judge() {
        onePlace();
        limits();
        leases();
        flights();
        kept();
        counters();
        keys();
    }

    private void onePlace() {
        if (!now.doubled.isEmpty())
            throw new Violation(Invariant.ONE_PLACE, now.doubled + " are in several places");
        for (JobId id : now.lanes.keySet())
            if (!now.places.containsKey(id))
                throw new Violation(Invariant.NO_JOB_LOST, id + " is nowhere");
        for (JobId id : ledger.jobs.keySet())
            if (!now.lanes.containsKey(id) && now.places.containsKey(id))
                throw new Violation(Invariant.NO_JOB_LOST, id + " has lost what was asked");
    }

    private void limits() {
        var taken = new HashMap<String, Integer>();
        now.places.forEach((id, place) -> {
            if (!place.running() && !now.stopping.containsKey(id)) return;
            Limit limit = ledger.submission(id).limit();
            take(taken, limit.name(), limit.max());
            if (limit.keyed()) take(taken, limit.keyName(), limit.key().max());
        });
    }

    private static void take(Map<String, Integer> taken, String name, int max) {
        int count = taken.merge(name, 1, Integer::sum);
        if (count > max)
            throw new Violation(
                    Invariant.LIMITS_HELD,
                    "limit \"%s\" of %d is taken %d times".formatted(name, max, count));
    }

    private void leases() {
        now.places.forEach((id, place) -> {
            if (place.running() && !now.leases.containsKey(place.lease()))
                throw new Violation(Invariant.FENCED, id + " runs without a lease: " + place);
        });
        now.stopping.forEach((id, row) -> {
            if (!now.leases.containsKey(row.lease()))
                throw new Violation(Invariant.FENCED, id + " stops without a lease: " + row);
        });
    }

    private void flights() {
        now.flights.forEach((flight, leader) -> {
            Place place = now.places.get(leader);
            if (place == null || place.ended() || place.follows())
                throw new Violation(
                        Invariant.SINGLE_FLIGHT, flight + " is led by " + leader + ", " + place);
        });
        now.places.forEach((id, place) -> {
            if (!place.follows()) return;
            Submission s = ledger.submission(id);
            JobId leader = now.flights.get(new Picture.Flight(s.tenant(), s.key().hash()));
            if (!java.util.Objects.equals(leader, place.other()))
                throw new Violation(
                        Invariant.SINGLE_FLIGHT,
                        "%s follows %s; the leader is %s".formatted(id, place.other(), leader));
        });
    }

    private void kept() {
        now.kept.forEach((flight, row) -> {
            Place place = now.places.get(row.job());
            boolean answers =
                    place != null
                            && (place.succeeded()
                                    || (place.end() == Place.DEAD
                                            && place.kind().equals(ErrorClass.USER.wire())
                                            && ledger.submission(row.job()).reuse().userErrors()));
            if (!answers)
                throw new Violation(
                        Invariant.KEPT_WHOLE, flight + " is kept by " + row.job() + ", " + place);
        });
    }

    private void counters() {
        Map<Picture.Cell, Long> recount = new HashMap<>();
        now.places.forEach((id, place) -> {
            Integer lane = now.lanes.get(id);
            if (lane == null) throw new Violation(Invariant.NO_JOB_LOST, id + " has no job row");
            recount.merge(new Picture.Cell(lane, place.state()), 1L, Long::sum);
        });
        var kept = new HashMap<>(now.counters);
        kept.values().removeIf(count -> count == 0);
        if (!kept.equals(recount))
            throw new Violation(
                    Invariant.COUNTERS_EXACT, "counters are " + kept + ", a recount " + recount);
    }

    private void keys() {
        now.keys.forEach((key, id) -> {
            if (!now.lanes.containsKey(id) && !ledger.discarded.contains(id))
                throw new Violation(Invariant.IDEMPOTENT, "key " + key + " names no job: " + id);
        });
        for (JobId id : now.lanes.keySet())
            Ledger.key(ledger.submission(id))
                    .ifPresent(key -> {
                        if (!id.equals(now.keys.get(key)))
                            throw new Violation(
                                    Invariant.IDEMPOTENT,
                                    "key %s of %s names %s".formatted(key, id, now.keys.get(key)));
                    });
    }
}
