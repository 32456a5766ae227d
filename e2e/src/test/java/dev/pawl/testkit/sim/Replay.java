package dev.pawl.testkit.sim;

import dev.pawl.core.JobId;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Listens to the file's events, and knows from them alone where every job is. */
final class Replay implements AutoCloseable {
    private static final int NOWHERE = 15;

    /** A state's code, as counters have it, and the last attempt's number. */
    private record Told(int state, int attempt) {}

    private final PreparedStatement newer;
    private final Map<JobId, Told> told = new HashMap<>();
    private long last;

    Replay(Connection connection) throws SQLException {
        this.newer =
                connection.prepareStatement(
                        "SELECT number, moves FROM event WHERE number > ? ORDER BY number");
    }

    void judge(Picture now) throws SQLException {
        newer.setLong(1, last);
        try (ResultSet row = newer.executeQuery()) {
            while (row.next()) {
                var moves = ByteBuffer.wrap(row.getBytes(2));
                if (row.getLong(1) - moves.capacity() / 24 != last)
                    throw new Violation(
                            Invariant.EVENTS_TELL,
                            "row %d follows event %d".formatted(row.getLong(1), last));
                while (moves.hasRemaining()) replay(moves);
            }
        }
        var seen = new HashMap<JobId, Told>();
        now.places.forEach((id, place) -> seen.put(id, new Told(place.state(), place.attempt())));
        if (told.equals(seen)) return;
        told.forEach((id, is) -> {
            if (!is.equals(seen.get(id)))
                throw new Violation(
                        Invariant.EVENTS_TELL,
                        "%s is told to be %s, and is %s".formatted(id, is, now.places.get(id)));
        });
        throw new Violation(Invariant.EVENTS_TELL, "jobs that were never told of: " + seen);
    }

    private void replay(ByteBuffer moves) {
        var id = new JobId(new UUID(moves.getLong(), moves.getLong()));
        moves.getInt();
        int move = moves.getInt();
        int from = move >>> 28;
        int to = move >>> 24 & 15;
        Told was = told.remove(id);
        last++;
        if ((was == null ? NOWHERE : was.state) != from)
            throw new Violation(
                    Invariant.EVENTS_TELL,
                    "event %d tells of %s that it was in state %d; told was %s"
                            .formatted(last, id, from, was));
        if (to != NOWHERE) told.put(id, new Told(to, move & 0xFFFFFF));
    }

    @Override
    public void close() throws SQLException {
        newer.close();
    }
}
