package dev.pawl.store.postgres;

import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Retention;
import dev.pawl.store.Db;
import dev.pawl.store.IdRange;
import dev.pawl.store.Rows;
import dev.pawl.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes history's periods ahead of time and drops those that have been kept long enough.
 *
 * <p>Both change tables that everybody uses. They wait for no lock longer than a fifth of a second,
 * so that nobody waits behind them for longer; what wasn't got is tried again at the next call. One
 * process does it at a time, and what a crash leaves is ended by the next.
 *
 * <p>Thread-safe; a second caller has nothing to do.
 */
final class History {
    private static final Logger log = LoggerFactory.getLogger(History.class);

    /** What is kept for less is removed to the moment, a bite at a time. */
    static final Duration SHORT = Duration.ofDays(2);

    /** How long before its beginning a period is made at the latest. */
    private static final Duration AHEAD = Duration.ofDays(2);

    private static final String PATIENCE = "200ms";

    /** What a statement may take while everybody waits. */
    private static final String HURRY = "1s";

    /** What one may take while only what ends or is redriven waits. */
    static final String COUNTING = "10s";

    /** Waiting for a lock that nobody else's work waits behind. */
    private static final String PATIENCE_ASIDE = "5s";

    /** What is read while a period is attached, unless it is known to hold none of its rows. */
    private static final long REST_BYTES_MAX = 16L << 20;

    /** This often something wasn't got before it is said. */
    private static final int TRIES_UNTOLD = 5;

    /** Before a period is looked at again that too many jobs of stay. */
    private static final Duration REST = Duration.ofHours(6);

    private static final Pattern RANGE =
            Pattern.compile("FROM \\((?:MINVALUE|'([-0-9a-f]+)')\\) TO \\('([-0-9a-f]+)'\\)");

    private final PostgresStore store;
    private final long restBytesMax;
    private final String patience;

    /** Guards what follows, but for {@link #whole}. */
    private final ReentrantLock alone = new ReentrantLock();

    private final Set<String> said = new HashSet<>();

    /** Periods that more jobs of stay than are copied, and when they are looked at again. */
    private final Map<String, Instant> stuck = new HashMap<>();

    private int tries;

    private volatile IdRange whole = IdRange.NONE;

    History(PostgresStore store) {
        this(store, REST_BYTES_MAX, PATIENCE);
    }

    /**
     * @param patience how long a lock is waited for; others wait behind it meanwhile
     */
    History(PostgresStore store, long restBytesMax, String patience) {
        this.store = store;
        this.restBytesMax = restBytesMax;
        this.patience = patience;
    }

    /**
     * What there is.
     *
     * @param left names of periods that are to go
     */
    private record Found(
            List<Period> periods, List<String> left, List<String> checked, Owner owner) {}

    /** Whose tables they are, and whether this user is as good. */
    private record Owner(String owner, String user, boolean same) {}

    /** Whose jobs go with their periods: what ended there is not to be removed before. */
    IdRange whole() {
        return whole;
    }

    /** Does what is due: at most one period is dropped. Blocks for the store. */
    void keep(Retention retention) {
        if (!alone.tryLock()) return;
        try {
            turn(retention);
        } catch (PawlException e) {
            if (PostgresErrors.forbidden(e)) {
                whole = IdRange.NONE;
                say("owner", e.getMessage() + "; what has ended is removed row by row until then");
                return;
            }
            if (PostgresErrors.away(e)) throw e;
            if (!PostgresErrors.busy(e) && !PostgresErrors.tooSlow(e)) {
                // Whatever it is, time brings other things that have to be done.
                whole = IdRange.NONE;
                say(
                        "failed",
                        "history's tables can't be made or dropped: %s; what has ended is removed row by row until then"
                                .formatted(e.getMessage()));
                return;
            }
            tries++;
            if (tries >= TRIES_UNTOLD)
                say(
                        "busy",
                        "history's tables are in use for long (%s); what is old is dropped when they are not"
                                .formatted(e.getMessage()));
        } finally {
            alone.unlock();
        }
    }

    private void turn(Retention retention) {
        Found found = store.read(History::look);
        Duration kept = retention.kept().get(JobState.Name.SUCCEEDED);
        if (!found.owner().same()) {
            whole = IdRange.NONE;
            if (kept != null && kept.compareTo(SHORT) >= 0)
                say(
                        "owner",
                        "user \"%s\" may not make or drop history's tables: what has ended is removed row by row; GRANT \"%s\" TO \"%1$s\""
                                .formatted(found.owner().user(), found.owner().owner()));
            return;
        }
        for (String table : found.checked()) uncheck(table);
        for (String name : found.left()) finishWhatIsLeft(name);
        if (kept == null) {
            whole = IdRange.NONE;
            return;
        }
        // Also when nothing can be made or dropped at the moment.
        whole = taken(found.periods(), kept);
        Instant now = store.now();
        if (kept.compareTo(SHORT) >= 0) makeAhead(found.periods(), now, kept);
        List<Period> there = store.read(History::periods);
        Optional<Period> due =
                there.stream()
                        .filter(p -> !p.end().plus(kept).isAfter(now))
                        .filter(p -> !now.isBefore(stuck.getOrDefault(p.name(), now)))
                        .findFirst();
        if (due.isPresent()) drop(due.get(), retention, now);
        // Without those that turned out to stay.
        whole = taken(there, kept);
        tries = 0;
        said.remove("busy");
    }

    /**
     * The newest periods that will go as a whole. What is older than one that won't is taken row by
     * row with it.
     */
    private IdRange taken(List<Period> periods, Duration kept) {
        if (kept.compareTo(SHORT) < 0) return IdRange.NONE;
        IdRange range = IdRange.NONE;
        for (Period period : periods.reversed()) {
            // Of a time when more was to be kept: it would stay for too long.
            boolean tooLong = period.end().isAfter(Period.from(period.begin(), kept).end());
            if (period.past() || tooLong || stuck.containsKey(period.name())) return range;
            Instant end = range.equals(IdRange.NONE) ? period.end() : range.until();
            range = new IdRange(period.begin(), end);
        }
        return range;
    }

    // ---- Looking

    private static Found look(Db db) throws SQLException {
        var left = new ArrayList<String>();
        try (Rows rows = db.stmt(PeriodSql.LEFT).query()) {
            while (rows.next()) left.add(rows.text(1).split("_", -1)[1]);
        }
        List<String> checked = List.copyOf(checked(db, false));
        try (Rows rows = db.stmt(PeriodSql.OWNER).query()) {
            rows.next();
            var owner = new Owner(rows.text(1), rows.text(2), rows.flag(3));
            return new Found(periods(db), left, checked, owner);
        }
    }

    private static Set<String> checked(Db db, boolean valid) throws SQLException {
        var tables = new HashSet<String>();
        try (Rows rows = db.stmt(PeriodSql.CHECKED).query()) {
            while (rows.next()) if (!valid || rows.flag(2)) tables.add(rows.text(1));
        }
        return tables;
    }

    /** In their order. What somebody else has attached under another name is none. */
    static List<Period> periods(Db db) throws SQLException {
        var periods = new ArrayList<Period>();
        try (Rows rows = db.stmt(PeriodSql.PERIODS).query()) {
            while (rows.next()) {
                Matcher range = RANGE.matcher(rows.text(2));
                String name = rows.text(1).replaceFirst("^job_", "");
                if (range.find() && name.matches(Period.PAST + "|[0-9]+"))
                    periods.add(new Period(name, at(range.group(1)), at(range.group(2))));
            }
        }
        periods.sort(Comparator.comparing(Period::end));
        return periods;
    }

    private static Instant at(@Nullable String id) {
        return id == null
                ? Instant.EPOCH
                : Instant.ofEpochMilli(UUID.fromString(id).getMostSignificantBits() >>> 16);
    }

    // ---- Making

    private void makeAhead(List<Period> periods, Instant now, Duration kept) {
        Instant at = Period.midnightAfter(now);
        for (Period period : periods) if (period.end().isAfter(now)) at = period.end();
        while (at.isBefore(now.plus(AHEAD))) {
            Period period = Period.from(at, kept);
            make(period);
            at = period.end();
        }
    }

    /** A period that rows are in already stays without tables of its own. */
    private void make(Period period) {
        if (Period.TABLES.stream().anyMatch(table -> restHas(table, period))) return;
        List<String> large = Period.TABLES.stream().filter(this::restIsLarge).toList();
        try {
            for (String table : large) check(table, period);
            store.write(tx -> {
                if (!begin(tx, patience) || periods(tx.db()).contains(period)) return false;
                for (String table : large)
                    if (!checked(tx.db(), true).contains(table + "_rest")) return false;
                for (String table : Period.TABLES) create(tx, table, period);
                lock(tx, PeriodSql.lockRest(), patience);
                for (String table : Period.TABLES) attach(tx, table, period);
                return true;
            });
        } catch (PawlException e) {
            // A job of a clock that is ahead has come meanwhile.
            if (!PostgresErrors.checkFails(e)) throw e;
        } finally {
            for (String table : large) uncheck(table + "_rest");
        }
    }

    private boolean restHas(String table, Period period) {
        return store.read(db -> {
            try (Rows rows =
                    db.stmt(PeriodSql.REST_HAS.formatted(table))
                            .set("from", period.from())
                            .set("until", period.until())
                            .query()) {
                return rows.next();
            }
        });
    }

    private boolean restIsLarge(String table) {
        return store.read(db -> {
            try (Rows rows = db.stmt(PeriodSql.REST_BYTES.formatted(table)).query()) {
                rows.next();
                return rows.number(1) > restBytesMax;
            }
        });
    }

    /** So that it needn't be read while nobody can use it. */
    private void check(String table, Period period) {
        store.write(tx -> {
            if (!begin(tx, patience)) return false;
            tx.db().execute(PeriodSql.CHECK_ADD.formatted(table, period.from(), period.until()));
            return true;
        });
        store.write(tx -> {
            // Nobody's rows wait for this one.
            if (!begin(tx, PATIENCE_ASIDE)) return false;
            if (checked(tx.db(), false).contains(table + "_rest"))
                tx.db().execute(PeriodSql.CHECK_VALIDATE.formatted(table));
            return true;
        });
    }

    private void uncheck(String rest) {
        store.write(tx -> {
            if (!begin(tx, patience)) return false;
            tx.db().execute(PeriodSql.CHECK_DROP.formatted(rest));
            return true;
        });
    }

    private static void create(Tx tx, String table, Period period) throws SQLException {
        String name = table + "_" + period.name();
        tx.db().execute(PeriodSql.CREATE.formatted(table, period.name()));
        var likened = new ArrayList<String>();
        try (Rows rows = tx.stmt(PeriodSql.LIKEN).text("name", name).text("table", table).query()) {
            while (rows.next()) likened.add(rows.text(1));
        }
        for (String sql : likened) tx.db().execute(sql);
    }

    private static void attach(Tx tx, String table, Period period) throws SQLException {
        tx.db()
                .execute(
                        PeriodSql.ATTACH.formatted(
                                table, period.name(), period.from(), period.until()));
        tx.db().execute(PeriodSql.CHECK_DROP.formatted(table + "_rest"));
    }

    /** Whether this transaction may change tables now: no other is about to. */
    static boolean begin(Tx tx, String patience) throws SQLException {
        try (Rows rows = tx.stmt(PeriodSql.ALONE).query()) {
            if (!rows.next() || rows.isNull(1)) return false;
        }
        try (Rows rows = tx.stmt(PeriodSql.PATIENCE).text("wait", patience).query()) {
            return rows.next();
        }
    }

    /**
     * Locks tables all at once, so that others wait no longer than this for all of them together;
     * what follows may take {@link #HURRY} a statement.
     */
    static void lock(Tx tx, String sql, String patience) throws SQLException {
        most(tx, patience);
        try {
            tx.db().execute(sql);
        } catch (SQLException e) {
            if (!PostgresErrors.tooSlow(e)) throw e;
            throw new SQLException(e.getMessage(), PostgresErrors.LOCKED, e);
        }
        most(tx, HURRY);
    }

    static void most(Tx tx, String time) throws SQLException {
        try (Rows rows = tx.stmt(PeriodSql.HURRY).text("most", time).query()) {
            rows.next();
        }
    }

    // ---- Dropping

    private void drop(Period period, Retention retention, Instant now) {
        PeriodDrop.Done done;
        try {
            done =
                    store.write(tx ->
                            new PeriodDrop(tx, period, retention.until(tx.now)).detach(patience));
        } catch (PawlException e) {
            // Everybody waited, and would again.
            if (!PostgresErrors.tooSlow(e)) throw e;
            rest(period, now, String.valueOf(e.getMessage()));
            return;
        }
        switch (done) {
            case PeriodDrop.NotNow _ -> {}
            case PeriodDrop.Stays(int most) ->
                    rest(period, now, "more than " + most + " jobs, or rows of theirs, stay");
            case PeriodDrop.Gone(long gone, int stay) -> {
                stuck.remove(period.name());
                log.info(
                        "what was submitted before {} is dropped: {} jobs; {} stay",
                        period.end(),
                        gone,
                        stay);
                finish(period.name());
            }
        }
    }

    /** Its rows are removed one by one meanwhile. */
    private void rest(Period period, Instant now, String why) {
        stuck.put(period.name(), now.plus(REST));
        say(
                period.name(),
                "what was submitted from %s to %s is not dropped as a whole but row by row: %s"
                        .formatted(period.begin(), period.end(), why));
    }

    /** What keeps these from being dropped, as a table of somebody's that refers to one, stays. */
    private void finishWhatIsLeft(String name) {
        try {
            finish(name);
        } catch (PawlException e) {
            if (PostgresErrors.away(e)) throw e;
            say(
                    "left " + name,
                    "tables of a period that is over can't be dropped (pawl.*_%s_gone): %s"
                            .formatted(name, e.getMessage()));
        }
    }

    private void finish(String name) {
        store.write(tx -> PeriodDrop.finish(tx, name, patience));
    }

    /** What it has had to say, by what that is about. */
    Set<String> said() {
        alone.lock();
        try {
            return Set.copyOf(said);
        } finally {
            alone.unlock();
        }
    }

    private void say(String what, String text) {
        if (said.add(what)) log.warn("{}", text);
    }
}
