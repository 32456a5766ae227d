package dev.pawl.store.postgres;

import dev.pawl.core.JobState;
import dev.pawl.store.Delta;
import dev.pawl.store.Rows;
import dev.pawl.store.Stmt;
import dev.pawl.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The end of a period, in one transaction but for its tables' own, which a second one drops.
 *
 * <p>First no job of it can end any more or go back to its queue; its rows are read and counted
 * meanwhile. Then, for a moment, nobody can use the tables: what still needs its jobs is asked
 * again, the tables are taken out of the whole, and the rows of jobs that stay are put back where
 * rows are that have no period.
 */
final class PeriodDrop {
    /** More jobs that stay are not copied while everybody waits. */
    static final int STAY_MAX = 10_000;

    /** Nor more log lines, attempts and artifacts of theirs. */
    private static final int ROWS_MAX = 100_000;

    private final Tx tx;
    private final Period period;
    private final Map<JobState.Name, Instant> until;

    /**
     * @param until by the state they ended in, before which moment those have ended that go
     */
    PeriodDrop(Tx tx, Period period, Map<JobState.Name, Instant> until) {
        this.tx = tx;
        this.period = period;
        this.until = until;
    }

    sealed interface Done {}

    /** Somebody else is at it. */
    record NotNow() implements Done {}

    /** More jobs than this stay, or more rows of theirs, so that all do. */
    record Stays(int most) implements Done {}

    record Gone(long jobs, int stay) implements Done {}

    Done detach(String patience) throws SQLException {
        if (!History.begin(tx, patience) || !History.periods(tx.db()).contains(period))
            return new NotNow();
        tx.db().execute(PeriodSql.HOLD.formatted(period.name()));
        History.most(tx, History.COUNTING);
        set(tx.stmt(PeriodSql.WHOLE));
        List<Delta> ends = ends(tx.stmt(PeriodSql.ENDS.formatted(period.name())));
        Set<UUID> late = late();
        Set<UUID> few = with(late, needed());
        if (few.size() > STAY_MAX) return new Stays(STAY_MAX);
        if (rowsOf(List.copyOf(few)) > ROWS_MAX) return new Stays(ROWS_MAX);
        range(tx.stmt(PeriodSql.KEPT_DROP)).set("now", tx.now).update();

        History.lock(tx, PeriodSql.lockAll(period), patience);
        // Jobs that have got a child since, by transactions that the locks have waited for.
        List<UUID> stay = List.copyOf(with(late, needed()));
        if (stay.size() > STAY_MAX) return new Stays(STAY_MAX);
        for (String table : Period.TABLES) {
            tx.db().execute(PeriodSql.DETACH.formatted(table, period.name()));
        }
        return gone(ends, stay);
    }

    private Done gone(List<Delta> ends, List<UUID> stay) throws SQLException {
        long gone = 0;
        for (Delta delta : ends) {
            gone += delta.jobs();
            tx.counted(delta.negated());
        }
        for (Delta delta :
                ends(
                        tx.stmt(PeriodSql.ENDS_STAYING.formatted(period.name()))
                                .set("ids", "uuid", stay))) {
            gone -= delta.jobs();
            tx.counted(delta);
        }
        for (String table : Period.TABLES) {
            tx.db().execute(PeriodSql.RENAME.formatted(table, period.name()));
            if (!stay.isEmpty())
                tx.stmt(PeriodSql.STAY.formatted(table, period.name(), columns(table)))
                        .set("ids", "uuid", stay)
                        .update();
        }
        return new Gone(gone, stay.size());
    }

    /** Drops the tables of one that is out of the whole; false when somebody else is at it. */
    static boolean finish(Tx tx, String name, String patience) throws SQLException {
        if (!History.begin(tx, patience)) return false;
        try (Rows rows = tx.stmt(PeriodSql.LEFT).query()) {
            boolean there = false;
            while (rows.next()) there |= rows.text(1).equals("outcome_" + name + PeriodSql.GONE);
            if (!there) return false;
        }
        set(tx.stmt(PeriodSql.WHOLE));
        for (String sql : PeriodSql.LEAVINGS) tx.stmt(sql.formatted(name)).update();
        for (String table : Period.TABLES) tx.db().execute(PeriodSql.DROP.formatted(table, name));
        return true;
    }

    /** How many of its jobs have ended, as the counters have them. */
    private static List<Delta> ends(Stmt stmt) throws SQLException {
        var ends = new ArrayList<Delta>();
        try (Rows rows = stmt.query()) {
            while (rows.next())
                ends.add(
                        Delta.ended(
                                rows.integer(1),
                                rows.integer(2),
                                rows.integer(3),
                                rows.number(4),
                                rows.number(5)));
        }
        return ends;
    }

    private long rowsOf(List<UUID> stay) throws SQLException {
        Stmt stmt = tx.stmt(PeriodSql.STAYING.formatted(period.name()));
        try (Rows rows = stmt.set("ids", "uuid", stay).set("max", ROWS_MAX + 1).query()) {
            rows.next();
            return rows.number(1);
        }
    }

    private Set<UUID> late() throws SQLException {
        return ids(
                tx.stmt(PeriodSql.LATE.formatted(period.name()))
                        .set("succeeded", before(JobState.Name.SUCCEEDED))
                        .set("dead", before(JobState.Name.DEAD))
                        .set("cancelled", before(JobState.Name.CANCELLED))
                        .set("max", STAY_MAX + 1));
    }

    /** Nothing has ended before 0. */
    private long before(JobState.Name state) {
        Instant moment = until.get(state);
        return moment == null ? 0 : moment.toEpochMilli();
    }

    private Set<UUID> needed() throws SQLException {
        return ids(range(tx.stmt(PeriodSql.NEEDED)).set("now", tx.now).set("max", STAY_MAX + 1));
    }

    private Stmt range(Stmt stmt) throws SQLException {
        return stmt.set("from", period.from()).set("until", period.until());
    }

    private static Set<UUID> with(Set<UUID> some, Set<UUID> others) {
        var all = new LinkedHashSet<>(some);
        all.addAll(others);
        return all;
    }

    private static Set<UUID> ids(Stmt stmt) throws SQLException {
        var ids = new LinkedHashSet<UUID>();
        try (Rows rows = stmt.query()) {
            while (rows.next()) ids.add(rows.uuid(1));
        }
        return ids;
    }

    private String columns(String table) throws SQLException {
        try (Rows rows = tx.stmt(PeriodSql.COLUMNS).text("table", table).query()) {
            rows.next();
            return rows.text(1);
        }
    }

    /** A statement that sets what the transaction goes by. */
    private static void set(Stmt stmt) throws SQLException {
        try (Rows rows = stmt.query()) {
            rows.next();
        }
    }
}
