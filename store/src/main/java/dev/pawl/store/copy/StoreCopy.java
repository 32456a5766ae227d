package dev.pawl.store.copy;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.store.CopiedRow;
import dev.pawl.store.CopiedTable;
import dev.pawl.store.CopiedTables;
import dev.pawl.store.Db;
import dev.pawl.store.postgres.PostgresFill;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.sqlite.SqliteMove;
import dev.pawl.store.sqlite.SqliteMove.Bite;
import dev.pawl.store.sqlite.SqliteMove.Changed;
import dev.pawl.store.sqlite.SqliteOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Moves the jobs of a SQLite file, and all that belongs to them, to a PostgreSQL database, while
 * the file serves.
 *
 * <p>Why nothing is lost, and nothing runs in both:
 *
 * <ul>
 *   <li>Before the first row is read, the file begins to note which rows change. A row that is not
 *       noted is as it was copied; a noted one is copied again, and forgotten as noted only after
 *       the target has it.
 *   <li>All rows are compared by their hashes, from one snapshot of the file, but those that are
 *       noted; what is copied after that is read back and compared at once.
 *   <li>The last changes are copied in the transaction of the file that ends its writes, while
 *       nobody else writes: it commits after the target has all of them. The target can't be opened
 *       before the file has moved, so at each moment at most one of the two serves.
 *   <li>Each step may be the last of a killed process: the next one finds what was done, by the
 *       target's rows and the file's notes, and goes on.
 * </ul>
 *
 * <p>Before that, claims rest while running attempts end, for a part of the pause. An attempt that
 * has not ended by then is running in the target too, until its lease is over there.
 */
public final class StoreCopy {
    /** From the moment in which claims rest to that in which the target may be opened. */
    public static final Duration PAUSE_MAX = Duration.ofSeconds(5);

    private static final Duration DRAIN_MAX = Duration.ofMillis(2_500);

    /** A pause that was too short is tried again so often. */
    private static final int PAUSES_MAX = 5;

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Bite BITE = new Bite(2_000, 4 << 20);

    /** Changes that are few enough for the pause. */
    private static final int FEW = 2_000;

    private static final int PASSES_MAX = 50;

    private final SqliteMove from;
    private final PostgresFill to;
    private final String target;
    private final Time time;
    private final Consumer<String> told;

    private StoreCopy(
            SqliteMove from, PostgresFill to, String target, Time time, Consumer<String> told) {
        this.from = from;
        this.to = to;
        this.target = target;
        this.time = time;
        this.told = told;
    }

    /**
     * What was copied.
     *
     * @param tables as they were compared
     * @param drained whether nothing ran any more when the file ended
     * @param pause how long claims rested
     */
    public record Done(List<Compared> tables, boolean drained, Duration pause) {
        public Done {
            tables = List.copyOf(tables);
        }
    }

    /**
     * A table in both.
     *
     * @param rows that were the same
     * @param hash the sum of their hashes, as hex digits
     */
    public record Compared(String table, long rows, String hash) {}

    /**
     * Copies until the file has moved, or goes on with a copy that was killed; blocks. Answers
     * empty where it had moved there before.
     *
     * @param told what is being done, a line at a time
     * @throws PawlException {@link ErrorCode#NOT_POSSIBLE_NOW} when the target is not empty or the
     *     file is too busy, {@link ErrorCode#STORE_MOVED} when it has moved elsewhere, {@link
     *     ErrorCode#STORE_CORRUPT} when a row is not the same in both
     */
    public static Optional<Done> run(
            SqliteOptions from, PostgresOptions to, Time time, Consumer<String> told)
            throws InterruptedException {
        return run(from, to, time, told, UnaryOperator.identity());
    }

    /** The same; both connections pass through {@code wire} first, so that a test can cut them. */
    static Optional<Done> run(
            SqliteOptions from,
            PostgresOptions to,
            Time time,
            Consumer<String> told,
            UnaryOperator<Connection> wire)
            throws InterruptedException {
        try (var source = SqliteMove.open(from, time, wire);
                var filled = PostgresFill.open(to, wire)) {
            return new StoreCopy(source, filled, to.where(), time, told).run();
        }
    }

    /** Ends a copy that has not moved the file: it serves on, and notes nothing any more. */
    public static void abandon(SqliteOptions from, Time time) {
        try (var source = SqliteMove.open(from, time, UnaryOperator.identity())) {
            Optional<SqliteMove.State> state = source.state();
            if (state.isPresent() && state.get().moved()) throw moved(state.get());
            source.abandon();
        }
    }

    private static PawlException moved(SqliteMove.State state) {
        return new PawlException(
                ErrorCode.STORE_MOVED,
                "its jobs have moved to %s already".formatted(state.target()));
    }

    private Optional<Done> run() throws InterruptedException {
        Optional<SqliteMove.State> before = from.state();
        if (before.isPresent() && before.get().moved()) {
            if (!before.get().target().equals(target)) throw moved(before.get());
            // Killed between the two commits, or run once more.
            if (!to.filledBy(before.get().id())) to.full(before.get().id());
            return Optional.empty();
        }
        String copy = from.begin(target).id();
        to.begin(copy);
        copyAll();
        catchUp();
        List<Compared> compared = from.snapshot(this::compareAll);
        catchUp();
        return Optional.of(move(copy, compared));
    }

    // ---- While it serves

    private void copyAll() {
        if (!to.given(CopiedTables.NAMES.getLast())) {
            var _ = from.snapshot(db -> copy(db, CopiedTables.NAMES));
            CopiedTables.NAMES.forEach(to::setGiven);
        }
        for (CopiedTable table : CopiedTables.ALL) {
            if (to.given(table)) continue;
            boolean said = false;
            Optional<CopiedRow> after = to.last(table);
            for (boolean more = true; more; ) {
                Optional<CopiedRow> position = after;
                List<CopiedRow> page = from.snapshot(db -> page(db, table, position, false));
                more = !page.isEmpty();
                if (more && !said) told.accept("copying " + table.name());
                said = true;
                to.put(table, page);
                if (more) after = Optional.of(page.getLast());
            }
            to.setGiven(table);
        }
    }

    private boolean copy(Db db, List<CopiedTable> tables) throws SQLException {
        for (CopiedTable table : tables) {
            Optional<CopiedRow> after = Optional.empty();
            for (boolean more = true; more; ) {
                List<CopiedRow> page = page(db, table, after, false);
                to.put(table, page);
                more = !page.isEmpty();
                if (more) after = Optional.of(page.getLast());
            }
        }
        return true;
    }

    private static List<CopiedRow> page(
            Db db, CopiedTable table, Optional<CopiedRow> after, boolean settled)
            throws SQLException {
        return SqliteMove.page(db, table, after, settled, BITE);
    }

    /** Copies what has changed until little is left: what comes while it does is more to do. */
    private void catchUp() {
        for (int pass = 0; pass < PASSES_MAX && from.changes() > 0; pass++) {
            told.accept("catching up with %d changes".formatted(from.changes()));
            long copied = pass();
            if (copied < FEW) return;
        }
    }

    /** Copies what has changed by now. */
    private long pass() {
        var bitten = new ArrayList<Copied>();
        long rows = from.snapshot(db -> tail(db, bitten, () -> {}));
        for (Copied part : bitten) from.copied(part.table(), part.after(), part.upTo());
        return rows;
    }

    /** Changes of a table that the target has. */
    private record Copied(CopiedTable table, long after, long upTo) {}

    /** What is asked before each bite. */
    private interface Check {
        void between();
    }

    private long tail(Db db, List<Copied> copied, Check check) throws SQLException {
        long upTo = SqliteMove.lastChange(db);
        long rows = 0;
        for (CopiedTable table : CopiedTables.ALL) {
            long after = 0;
            for (Changed some = changed(db, table, after, upTo);
                    some.size() > 0;
                    some = changed(db, table, after, upTo)) {
                check.between();
                to.remove(table, some.gone());
                to.put(table, some.there());
                requireSame(table, some);
                copied.add(new Copied(table, after, some.upTo()));
                after = some.upTo();
                rows += some.size();
            }
        }
        return rows;
    }

    private static Changed changed(Db db, CopiedTable table, long after, long upTo)
            throws SQLException {
        return SqliteMove.changed(db, table, after, upTo, BITE);
    }

    // ---- Comparing

    private void requireSame(CopiedTable table, Changed some) {
        requireSame(some.there(), to.find(table, some.there()));
        for (CopiedRow left : to.find(table, some.gone()).values())
            throw differs(left, "is there, and should not be");
    }

    private static void requireSame(
            List<CopiedRow> rows, Map<List<@Nullable Object>, CopiedRow> found) {
        for (CopiedRow row : rows) {
            CopiedRow other = found.get(row.key());
            if (other == null) throw differs(row, "is missing");
            if (!row.same(other)) throw differs(row, "is not the same");
        }
    }

    private static PawlException differs(CopiedRow row, String how) {
        return new PawlException(
                ErrorCode.STORE_CORRUPT,
                "after copying %s %s in the target; copy to another, empty database"
                        .formatted(row, how));
    }

    private List<Compared> compareAll(Db db) throws SQLException {
        var compared = new ArrayList<Compared>();
        for (CopiedTable table : CopiedTables.ALL) compared.add(compare(db, table));
        return compared;
    }

    /** All rows that are not noted as changed; the target has no others but noted ones. */
    private Compared compare(Db db, CopiedTable table) throws SQLException {
        var sum = new HashSum();
        Optional<CopiedRow> after = Optional.empty();
        for (boolean more = true; more; ) {
            List<CopiedRow> page = page(db, table, after, true);
            if (after.isEmpty() && !page.isEmpty()) told.accept("comparing " + table.name());
            requireSame(page, to.find(table, page));
            page.forEach(sum::add);
            more = !page.isEmpty();
            if (more) after = Optional.of(page.getLast());
        }
        long noted = 0;
        long upTo = SqliteMove.lastChange(db);
        long at = 0;
        for (Changed some = changed(db, table, at, upTo);
                some.size() > 0;
                some = changed(db, table, at, upTo)) {
            noted += to.find(table, some.there()).size() + to.find(table, some.gone()).size();
            at = some.upTo();
        }
        long there = to.count(table) - noted;
        if (there != sum.rows())
            throw new PawlException(
                    ErrorCode.STORE_CORRUPT,
                    "after copying, %s has %d rows in the target, want %d; copy to another, empty database"
                            .formatted(table.name(), there, sum.rows()));
        return new Compared(table.name(), sum.rows(), sum.hex());
    }

    // ---- The pause

    private Done move(String copy, List<Compared> compared) throws InterruptedException {
        for (int tried = 1; ; tried++) {
            told.accept("pausing");
            long begun = time.nanos();
            from.pause(PAUSE_MAX);
            try {
                boolean drained = drain(begun);
                from.last(db -> {
                    long _ = tail(db, new ArrayList<>(), () -> requireTime(begun));
                    to.settle();
                    requireTime(begun);
                    return true;
                });
                to.full(copy);
                return new Done(compared, drained, since(begun));
            } catch (TookTooLong e) {
                from.goOn();
                if (tried == PAUSES_MAX) throw tooBusy();
                catchUp();
            }
        }
    }

    /** Waits until nothing runs, copying meanwhile; says whether that came in time. */
    private boolean drain(long begun) throws InterruptedException {
        while (since(begun).compareTo(DRAIN_MAX) < 0) {
            boolean idle = from.running() == 0;
            long _ = pass();
            if (idle) return true;
            time.sleep(LOOK);
        }
        return false;
    }

    private void requireTime(long begun) {
        if (since(begun).compareTo(PAUSE_MAX) > 0) throw new TookTooLong();
    }

    private Duration since(long begun) {
        return Duration.ofNanos(time.nanos() - begun);
    }

    private static PawlException tooBusy() {
        return new PawlException(
                ErrorCode.NOT_POSSIBLE_NOW,
                "its last changes could not be copied within %s; it serves on; end some work and run this again"
                        .formatted(PAUSE_MAX));
    }

    /** The pause is over; what was done in it is undone. */
    private static final class TookTooLong extends RuntimeException {
        private static final long serialVersionUID = 1;

        TookTooLong() {
            super("the pause is over", null, false, false);
        }
    }
}
