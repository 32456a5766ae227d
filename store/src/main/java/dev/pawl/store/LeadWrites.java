package dev.pawl.store;

import dev.pawl.core.Lead;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Who leads what, and who is told to drain. */
final class LeadWrites {
    private static final String LEAD_FIND =
            "SELECT holder, valid_until, pawl.now_ms() FROM pawl.lead WHERE duty = :duty";

    /** Nobody's, its holder's own, one that is over, or one that is as it was seen long ago. */
    private static final String LEAD_TAKE =
            """
            INSERT INTO pawl.lead (duty, holder, valid_until) VALUES (:duty, :holder, :until)
                ON CONFLICT (duty) DO UPDATE SET holder = excluded.holder,
                                                 valid_until = excluded.valid_until
                    WHERE lead.holder = excluded.holder OR lead.valid_until <= :now
                       OR (lead.holder = :stale_holder AND lead.valid_until = :stale_until)
            """;

    private static final String LEAD_DROP = "DELETE FROM pawl.lead WHERE holder = :holder";

    static final String WORKER_DRAIN =
            "UPDATE pawl.worker SET drain_at = coalesce(drain_at, :now) WHERE id = :worker";

    private LeadWrites() {}

    /** Who leads; empty when nobody does. */
    static Optional<Lead> find(Db db, String duty, Supplier<Instant> clock) throws SQLException {
        try (Rows rows = db.stmt(LEAD_FIND).text("duty", duty).clock(clock).query()) {
            if (!rows.next()) return Optional.empty();
            Instant until = rows.instant(2);
            Duration left = Duration.between(rows.instant(3), until);
            return Optional.of(new Lead(rows.text(1), until, left));
        }
    }

    /** Whether {@link #take} can change who leads, or until when. */
    static boolean free(Lead lead, String holder, Optional<Lead> stale) {
        return lead.holder().equals(holder)
                || !lead.left().isPositive()
                || stale.filter(lead::unchangedSince).isPresent();
    }

    static Lead take(Tx tx, String duty, String holder, Duration ttl, Optional<Lead> stale)
            throws SQLException {
        tx.stmt(LEAD_TAKE)
                .text("duty", duty)
                .text("holder", holder)
                .set("until", tx.now.plus(ttl))
                .set("now", tx.now)
                .text("stale_holder", stale.map(Lead::holder).orElse(""))
                .set("stale_until", stale.map(Lead::until).orElse(Instant.EPOCH))
                .update();
        return find(tx.db(), duty, () -> tx.now).orElseThrow();
    }

    static int resign(Tx tx, String holder) throws SQLException {
        return tx.stmt(LEAD_DROP).text("holder", holder).update();
    }
}
