package dev.pawl.store;

import dev.pawl.core.JobId;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;

/** Single flight: which unfinished job runs an input for all who asked for the same. */
final class Flights {
    /** What equal jobs have in common. */
    record Key(String tenant, String hash) {
        byte[] bytes() {
            return HexFormat.of().parseHex(hash);
        }
    }

    private Flights() {}

    static Optional<JobId> leader(Tx tx, Key key) throws SQLException {
        try (Rows rows =
                tx.stmt(StoreSql.FLIGHT_FIND)
                        .set("tenant", key.tenant)
                        .set("hash", key.bytes())
                        .query()) {
            return rows.next() ? Optional.of(new JobId(rows.uuid(1))) : Optional.empty();
        }
    }

    /** Makes the job its input's leader, unless another is; says whether it did. */
    static boolean lead(Tx tx, Key key, JobId id) throws SQLException {
        return tx.stmt(StoreSql.FLIGHT_ADD)
                        .set("tenant", key.tenant)
                        .set("hash", key.bytes())
                        .set("id", id.value())
                        .update()
                > 0;
    }

    /** Ends the flight if the job leads it; says whether it did. */
    static boolean land(Tx tx, Key key, JobId id) throws SQLException {
        return tx.stmt(StoreSql.FLIGHT_DROP)
                        .set("tenant", key.tenant)
                        .set("hash", key.bytes())
                        .set("id", id.value())
                        .update()
                > 0;
    }

    /** The job whose kept result answers this input at this moment. */
    static Optional<JobId> kept(Tx tx, Key key) throws SQLException {
        try (Rows rows =
                tx.stmt(StoreSql.KEPT_BY)
                        .set("tenant", key.tenant)
                        .set("hash", key.bytes())
                        .set("now", tx.now)
                        .query()) {
            return rows.next() ? Optional.of(new JobId(rows.uuid(1))) : Optional.empty();
        }
    }
}
