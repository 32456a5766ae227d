package dev.pawl.store;

import dev.pawl.core.JobId;
import dev.pawl.core.KeptEntry;
import dev.pawl.core.ToolId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** One page of kept results. */
final class KeptList {
    private KeptList() {}

    static List<KeptEntry> page(Db db, String tool, String after, int limit, Instant now)
            throws SQLException {
        var newest = new Newest(db, after, limit);
        if (tool.isEmpty()) newest.add(newest.stmt(StoreSql.KEPT_NEWEST).set("now", now));
        else
            for (int lane : Newest.lanes(db, tool, ""))
                newest.add(
                        newest.stmt(StoreSql.KEPT_NEWEST_OF_LANE)
                                .set("lane", lane)
                                .set("now", now));
        var page = new ArrayList<KeptEntry>();
        for (UUID id : newest.ids()) add(page, db, new JobId(id));
        return page;
    }

    /** Nothing when it was forgotten since. */
    private static void add(List<KeptEntry> page, Db db, JobId id) throws SQLException {
        try (Rows rows = db.stmt(StoreSql.KEPT_ENTRY).set("id", id.value()).query()) {
            if (!rows.next()) return;
            page.add(
                    new KeptEntry(
                            id,
                            new ToolId(rows.text(1), rows.text(2)),
                            rows.text(3),
                            rows.hex(4),
                            Reading.artifacts(db, id),
                            rows.instant(5)));
        }
    }
}
